import * as z from 'zod'
import { base } from './base.ts'
import { backupId, count, durationMs, id, sizeBytes, time, verifiableLevel } from './values.ts'

export const selection = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('latest') }),
  z.strictObject({ kind: z.literal('some'), backupIds: z.array(backupId).min(1).max(10_000) }),
])
export type Selection = z.infer<typeof selection>

const request = z.strictObject({
  clusterId: id,
  selection,
  /** Null: as far as the format allows. */
  level: verifiableLevel.nullable(),
  /** Read again what an earlier run has read. */
  recheck: z.boolean(),
  /** Have the system's own tool verify what it keeps first, on its host. */
  byTool: z.boolean().default(false),
})

export const verifyCost = z.object({
  backups: count,
  /** Distinct objects and bytes that would be read now. */
  objects: count,
  bytes: sizeBytes,
  /** Objects whose facts are known and stand. */
  remembered: count,
  oldestRemembered: time.nullable(),
  /** From the speed of the last run on this repository; null where there was none. */
  estimateMs: durationMs.nullable(),
  /** The level that will be aimed at. */
  level: verifiableLevel,
  /** Levels that the format cannot prove, or that lack a key. */
  notes: z.array(z.string()),
  /** The tool that can verify its own backups on a host of the cluster; null where none can. */
  tool: z
    .object({
      name: z.string(),
      /** What it does and costs there, what it proves and what not. */
      says: z.array(z.string()),
    })
    .nullable(),
  /** The equivalent on the command line. */
  commandLine: z.string(),
})
export type VerifyCost = z.infer<typeof verifyCost>

export const started = z.object({ jobId: id })

export const verify = {
  cost: base.input(request).output(verifyCost),
  start: base.input(request).output(started),
  /** A few KiB of every distinct object: does the key open it? */
  startKeyCheck: base.input(z.strictObject({ clusterId: id })).output(started),
  startCopy: base
    .input(
      z.strictObject({
        clusterId: id,
        backupId,
        /** A saved repository of the same system. */
        toRepositoryId: id,
      }),
    )
    .output(started),
}
