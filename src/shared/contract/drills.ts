import * as z from 'zod'
import { drillPhaseNames } from '../domain/drill.ts'
import { base } from './base.ts'
import { backupId, count, durationMs, id, sizeBytes, time } from './values.ts'
import { started } from './verify.ts'

export const drillPhase = z.object({
  name: z.enum(drillPhaseNames),
  tookMs: durationMs,
  bytes: sizeBytes,
})

export const drillOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('restored') }),
  z.object({ kind: z.literal('readable'), because: z.string() }),
  z.object({ kind: z.literal('failed'), at: z.enum(drillPhaseNames), because: z.string() }),
])

/** A restore for trial: what it found, and how long each part took. */
export const drill = z.object({
  /** Of the job, the run of a runbook, or the command that did it. */
  id: z.string(),
  by: z.enum(['job', 'command', 'runbook']),
  backupId,
  /** When the backup was made. */
  createdAt: time.nullable(),
  startedAt: time,
  finishedAt: time,
  outcome: drillOutcome,
  items: count,
  files: count,
  plainBytes: sizeBytes,
  phases: z.array(drillPhase),
  /** The measured parts together, without the clean-up; null where nothing came out that the system can load. */
  rtoMs: durationMs.nullable(),
  /** Whether they alone keep the target that the cluster has now. */
  against: z.enum(['within', 'over', 'noTarget', 'notMeasured']),
  /** What a restore takes besides, a sentence each. */
  notMeasured: z.array(z.string()),
  folder: z.string(),
  folderStands: z.boolean(),
})
export type DrillView = z.infer<typeof drill>

export const drillHistory = z.object({
  /** How long a restore may take; null: no target is set. */
  targetMs: durationMs.nullable(),
  /** Newest first; at most 200. */
  drills: z.array(drill),
  trend: z.object({
    direction: z.enum(['faster', 'slower', 'steady', 'tooFew']),
    sentence: z.string(),
  }),
})
export type DrillHistory = z.infer<typeof drillHistory>

export const drillCost = z.object({
  backupId,
  /** Why a drill of it would show nothing, as a sentence; then it cannot be started. */
  refused: z.string().nullable(),
  /** Bytes that are read first, because nobody has proved them yet. */
  proveBytes: sizeBytes,
  /** Stored bytes that the restore reads. */
  readBytes: sizeBytes,
  /** Where the scratch folder is made unless another place is named. */
  usualFolder: z.string(),
  estimateMs: durationMs.nullable(),
  /** Where the estimate comes from, or why there is none. */
  estimateSource: z.string(),
  /** What it shows, and what it does not, a sentence each. */
  says: z.array(z.string()),
  commandLine: z.string(),
})
export type DrillCost = z.infer<typeof drillCost>

const ofCluster = z.strictObject({ clusterId: id })

export const drills = {
  /** From memory; no master and no repository is asked. */
  list: base.input(ofCluster).output(drillHistory),
  /** What a drill would read and write; nothing is read to tell. Left out, `backupId` is the newest that can be drilled. */
  cost: base.input(z.strictObject({ clusterId: id, backupId: backupId.optional() })).output(drillCost),
  /** `folder`: an absolute path of this machine in which the scratch folder is made. */
  start: base
    .input(
      z.strictObject({
        clusterId: id,
        /** Any unambiguous beginning of its id. */
        backupId,
        folder: z.string().min(1).max(4096).optional(),
      }),
    )
    .output(started),
}
