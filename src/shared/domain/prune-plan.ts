import type { ObjectVersion } from './object-facts.ts'
import type { RetentionRow, RetentionRules } from './retention.ts'

/**
 * What a clean-up will delete, as data. The run executes exactly this or stops: the operator confirms the SHA-256 of its
 * canonical text. So nothing in it depends on the moment (no ages).
 */
export interface PrunePlan {
  readonly format: 'holdfast-prune/1'
  readonly system: string
  /** Canonical repository address. */
  readonly repository: string
  readonly rules: RetentionRules
  /** True where what failed uploads and cut deletions left behind goes as well. */
  readonly sweepsOrphans: boolean
  /** Every backup, newest first. */
  readonly rows: readonly PruneRow[]
  /** Objects of no backup, by the place where they lie. */
  readonly orphans: readonly OrphanRow[]
  /** In the order in which they go. */
  readonly deletes: readonly PlannedDeletion[]
  readonly freesBytes: number
}

export interface PruneRow extends RetentionRow {
  readonly createdAt: string | null
  readonly restorability: 'restorable' | 'notRestorable' | 'notProved'
  /** Stored bytes that go with it; 0 where it is kept. */
  readonly freesBytes: number
  /** Of one that goes: objects that it points to and that stay, because backups that are kept need them. */
  readonly staysObjects: number
}

export interface OrphanRow {
  readonly name: string
  readonly fate: 'keep' | 'delete'
  /** A sentence. */
  readonly reason: string
  readonly objects: number
  readonly sizeBytes: number
}

export interface PlannedDeletion {
  readonly key: string
  readonly version: ObjectVersion
}
