import * as z from 'zod'
import { retentionRules } from '../../shared/contract/retention.ts'
import { backupId, id, sha256, verifiableLevel } from '../../shared/contract/values.ts'
import { selection } from '../../shared/contract/verify.ts'

/** What the works of jobs are told, as it stands in the journal: read back by a later process, so checked again. */

export const verifyRequest = z.object({
  clusterId: id,
  selection,
  level: verifiableLevel.nullable(),
  recheck: z.boolean(),
  /** Left out by versions that asked no tool. */
  byTool: z.boolean().default(false),
})

export const snapshotRequest = z.object({ clusterId: id, way: z.string() })

export const pruneRequest = z.object({
  clusterId: id,
  rules: retentionRules,
  sweepsOrphans: z.boolean(),
  hash: sha256,
  reason: z.string().nullable(),
})
export type PruneJob = z.infer<typeof pruneRequest>

export const keyCheckRequest = z.object({ clusterId: id })

export const copyRequest = z.object({ clusterId: id, backupId, toRepositoryId: id })

export const drillRequest = z.object({
  clusterId: id,
  backupId,
  /** Null: the usual place. */
  folder: z.string().nullable(),
  /** Of a drill by the system's own tool: where; left out by versions that had none. */
  host: z.string().nullable().default(null),
})
export type DrillJob = z.infer<typeof drillRequest>

export const restoreRequest = z.object({
  clusterId: id,
  backupId,
  targetDir: z.string(),
  planHash: sha256,
  confirm: z.string(),
  reason: z.string().nullable(),
})
export type RestoreJob = z.infer<typeof restoreRequest>

export const rollbackRequest = z.object({
  targetDir: z.string(),
  reason: z.string().nullable(),
})
export type RollbackJob = z.infer<typeof rollbackRequest>
