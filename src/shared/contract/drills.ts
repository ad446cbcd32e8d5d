import * as z from 'zod'
import { drillPhaseNames } from '../domain/drill.ts'
import { drillStandings } from '../domain/drill-standing.ts'
import { base } from './base.ts'
import { backupId, count, durationMs, id, sizeBytes, systemName, time } from './values.ts'
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
  /** What the restored thing said of itself, a sentence each; empty where it is no program that answers. */
  seen: z.array(z.string()),
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

export const clusterDrills = z.object({
  id,
  name: z.string(),
  system: systemName,
  /** `never`, `failed`, `old` and `slow` ask for somebody. */
  standing: z.object({ state: z.enum(drillStandings), sentence: z.string() }),
  /** How old the last drill may be. */
  dueAfterDays: count,
  ...drillHistory.shape,
})
export type ClusterDrills = z.infer<typeof clusterDrills>

export const drillCost = z.object({
  backupId,
  /** Why a drill of it would show nothing, as a sentence; then it cannot be started. */
  refused: z.string().nullable(),
  /** Bytes that are read first, because nobody has proved them yet. */
  proveBytes: sizeBytes,
  /** Stored bytes that the restore reads. */
  readBytes: sizeBytes,
  /** Where the scratch folder is made unless another place is named; empty where one has to be named. */
  usualFolder: z.string(),
  /** Of what the system's own tool restores on a host: where, unless another one is named. Null: it is drilled on this machine. */
  onHost: z.object({ usual: z.string(), confirm: z.string() }).nullable(),
  estimateMs: durationMs.nullable(),
  /** Where the estimate comes from, or why there is none. */
  estimateSource: z.string(),
  /** What it shows, and what it does not, a sentence each. */
  says: z.array(z.string()),
  commandLine: z.string(),
})
export type DrillCost = z.infer<typeof drillCost>

/** A drill of the newest good backup that this console makes by itself, while it runs. */
export const drillSchedule = z.strictObject({
  everyDays: z.number().int().min(1).max(365),
  /** The time of day. */
  at: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/),
  /** IANA name. */
  zone: z.string().min(1).max(64),
  /** As of `drills.start`; null: the usual folder, the usual host. */
  folder: z.string().min(1).max(4096).nullable(),
  host: z.string().min(1).max(1024).nullable(),
})

/** `firstAt`: the days are counted from it. */
export const savedDrillSchedule = z.strictObject({ ...drillSchedule.shape, firstAt: time })
export type SavedDrillSchedule = z.infer<typeof savedDrillSchedule>

export const drillSchedulePlan = z.object({
  schedule: savedDrillSchedule.nullable(),
  next: z.array(time),
  /** The last one that was due and is no drill; null where it was made, is under way, or none was due yet. */
  missed: z.object({ at: time, because: z.string() }).nullable(),
})
export type DrillSchedulePlan = z.infer<typeof drillSchedulePlan>

const ofCluster = z.strictObject({ clusterId: id })

export const drills = {
  /** From memory; no master and no repository is asked. */
  list: base.input(ofCluster).output(drillHistory),
  /** Of every saved cluster, in no order; from memory, too. `dueAfterDays`: instead of what the settings say. */
  fleet: base
    .input(z.strictObject({ dueAfterDays: count.min(1).max(3650).optional() }))
    .output(z.array(clusterDrills)),
  /** What a drill would read and write; nothing is read to tell. Left out, `backupId` is the newest that can be drilled. */
  cost: base.input(z.strictObject({ clusterId: id, backupId: backupId.optional() })).output(drillCost),
  /** From memory. */
  schedule: base.input(ofCluster).output(drillSchedulePlan),
  /** Null ends it. `confirm`: the cluster's name, where the drills are made on a host that serves it. */
  setSchedule: base
    .input(
      z.strictObject({
        clusterId: id,
        schedule: drillSchedule.nullable(),
        confirm: z.string().optional(),
        reason: z.string().max(500).optional(),
      }),
    )
    .output(drillSchedulePlan),
  /**
   * `folder`: an absolute path in which the scratch folder is made: of this machine, or of the host where the drill is one by the
   * system's own tool. `confirm`: the cluster's name, where that host serves the cluster. Refused while a runbook's run of the cluster
   * is open.
   */
  start: base
    .input(
      z.strictObject({
        clusterId: id,
        /** Any unambiguous beginning of its id. */
        backupId,
        folder: z.string().min(1).max(4096).optional(),
        host: z.string().min(1).max(1024).optional(),
        confirm: z.string().optional(),
      }),
    )
    .output(started),
}
