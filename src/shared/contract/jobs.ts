import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { jobStates } from '../domain/job-state.ts'
import { base } from './base.ts'
import { drillOutcome, drillPhase } from './drills.ts'
import { backupId, count, durationMs, failure, id, level, sizeBytes, time, verdict } from './values.ts'

export const jobKind = z.enum([
  'verify',
  'keyCheck',
  'restore',
  'rollback',
  'copy',
  'snapshot',
  'prune',
  'drill',
])
export type JobKind = z.infer<typeof jobKind>

/**
 * `interrupted`: its process ended before it did; it can be resumed or dismissed. A restore that was killed in its swap has
 * left its target between.
 */
export const jobState = z.enum(jobStates)

export const jobPhase = z.object({
  name: z.string(),
  state: z.enum(['toCome', 'running', 'done', 'failed']),
  tookMs: durationMs.nullable(),
})

export const jobResult = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('verify'),
    backups: count,
    good: count,
    warning: count,
    bad: count,
    unknown: count,
    objectsRead: count,
    bytesRead: sizeBytes,
    /** Backups that are not good, newest first; at most 200. */
    notGood: z.array(z.object({ backupId, verdict, level, code: z.string(), message: z.string() })),
    /** What the system's own tool said of what it keeps; null where it was not asked. Journals of earlier versions have none. */
    tool: z
      .object({
        name: z.string(),
        state: z.enum(['whole', 'bad', 'unknown']),
        sentence: z.string(),
        /** At most 100. */
        lines: z.array(z.string()),
        next: z.string().nullable(),
      })
      .nullable()
      .default(null),
  }),
  z.object({
    kind: z.literal('keyCheck'),
    opens: count,
    refused: count,
    other: count,
    backups: z.array(z.object({ backupId, proof: z.string(), reason: z.string() })),
  }),
  z.object({
    kind: z.literal('restore'),
    targetDir: z.string(),
    backupId,
    planHash: z.string(),
    sizeBytes,
    items: z.array(z.object({ name: z.string(), files: count, sizeBytes })),
    movedAside: z.array(z.object({ name: z.string(), to: z.string() })),
    recovered: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('rollback'),
    targetDir: z.string(),
    backupId,
    returned: z.array(z.string()),
    movedAside: z.array(z.object({ name: z.string(), to: z.string() })),
  }),
  z.object({
    kind: z.literal('copy'),
    to: z.string(),
    backupId,
    objects: count,
    written: count,
    writtenBytes: sizeBytes,
  }),
  z.object({
    kind: z.literal('snapshot'),
    way: z.string(),
    /** What the cluster said of it; what the repository says is the backup and its verdict. */
    clusterSaid: z.enum(['made', 'onlyLogged', 'unknown']),
    backupId: backupId.nullable(),
    verdict: verdict.nullable(),
    facts: z.array(z.object({ name: z.string(), value: z.string() })),
  }),
  z.object({
    kind: z.literal('prune'),
    planHash: z.string(),
    backups: count,
    /** Objects that went. */
    objects: count,
    freedBytes: sizeBytes,
    /** Objects that somebody else had deleted in the meantime. */
    goneBefore: count,
    /** Keys that the repository still lists afterwards; at most 200. */
    stillThere: z.array(z.string()),
  }),
  z.object({
    kind: z.literal('drill'),
    backupId,
    outcome: drillOutcome,
    phases: z.array(drillPhase),
    rtoMs: durationMs.nullable(),
    plainBytes: sizeBytes,
    /** What the restored thing said of itself, a sentence each. Journals of earlier versions have none. */
    seen: z.array(z.string()).default([]),
    notMeasured: z.array(z.string()),
    /** Where a scratch folder still stands; null where it is removed. */
    leftFolder: z.string().nullable(),
  }),
])
export type JobResult = z.infer<typeof jobResult>

export const job = z.object({
  id,
  kind: jobKind,
  clusterId: id.nullable(),
  /** What it works on, for people: the cluster's name, or a folder. */
  subject: z.string(),
  /** One line: "all 24 backups", the backup's id. */
  detail: z.string(),
  state: jobState,
  phases: z.array(jobPhase),
  phase: z.string().nullable(),
  doneBytes: sizeBytes,
  totalBytes: sizeBytes.nullable(),
  bytesPerSecond: z.number().nullable(),
  /** Null while it cannot be said. */
  leftMs: durationMs.nullable(),
  createdAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  /** One sentence once it has ended. */
  outcome: z.string().nullable(),
  /** Whether that is good news. */
  tone: z.enum(['good', 'attention', 'bad', 'neutral']).nullable(),
  failure: failure.nullable(),
  result: jobResult.nullable(),
  /** What cancelling does, in words; null where it cannot be cancelled now. */
  cancel: z.string().nullable(),
  canResume: z.boolean(),
  /** The number of its newest event. */
  lastEvent: count,
})
export type Job = z.infer<typeof job>

export const jobEvent = z.object({
  /** From 1, without a gap. */
  n: count,
  at: time,
  event: z.discriminatedUnion('type', [
    z.object({ type: z.literal('state'), state: jobState }),
    z.object({ type: z.literal('phase'), name: z.string() }),
    /** At most ten a second; older ones are not kept. */
    z.object({
      type: z.literal('progress'),
      doneBytes: sizeBytes,
      totalBytes: sizeBytes.nullable(),
      bytesPerSecond: z.number().nullable(),
      leftMs: durationMs.nullable(),
    }),
    z.object({ type: z.literal('log'), severity: z.enum(['info', 'warning', 'error']), text: z.string() }),
  ]),
})
export type JobEvent = z.infer<typeof jobEvent>

const one = z.strictObject({ id })

export const jobs = {
  /** Running and waiting first, then newest first; at most 500. */
  list: base.output(z.array(job)),
  get: base.input(one).output(job),
  /** What happened after event `after`, then what happens; ends when the job has ended. */
  events: base.input(z.strictObject({ id, after: count })).output(eventIterator(jobEvent)),
  /** Leaving a call never cancels a job; only this does. */
  cancel: base.input(one).output(job),
  /** Goes on with an interrupted job: a verification reads what it had not read, a restore is finished or undone first. */
  resume: base.input(one).output(job),
  /** Takes an interrupted job off the list of what needs an answer. */
  dismiss: base.input(one).output(job),
}
