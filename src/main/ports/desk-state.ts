import type { HoldfastError } from '../../shared/domain/error.ts'
import type { Access, RepositoryPosture } from '../../shared/contract/repositories.ts'
import type { Look } from '../../shared/contract/clusters.ts'
import type { ConnectionValues, HostKeys } from '../../shared/contract/connection-fields.ts'
import type { SavedRetention } from '../../shared/contract/retention.ts'
import type { SavedDrillSchedule } from '../../shared/contract/drills.ts'
import type { OwnSchedule } from '../../shared/contract/masters.ts'
import type { Settings } from '../../shared/contract/settings.ts'
import type { VerificationEntry } from '../../shared/contract/backups.ts'
import type { CredentialKind } from '../../shared/contract/vault.ts'
import type { SystemName } from '../../shared/domain/system-name.ts'

export interface SavedRepository {
  readonly id: string
  readonly name: string
  /** Canonical. */
  readonly address: string
  readonly system: SystemName
  readonly access: Access
}

export interface SavedCluster {
  readonly id: string
  readonly name: string
  readonly system: SystemName
  readonly mode: 'normal' | 'protected' | 'readOnly'
  readonly repositoryId: string
  /** Credential ids, the newest key first. */
  readonly masterKeys: readonly string[]
  readonly rpoMs: number
  readonly rtoMs: number | null
  readonly addedAt: string
  /** How its masters are reached, as its system's own schema has it; null: not at all. */
  readonly connection: ConnectionValues | null
  /** Keys of its hosts that were compared and trusted where no connection is saved that could hold them. */
  readonly hostKeys: HostKeys
  /** When this console takes a snapshot by itself; null: never. */
  readonly ownSchedule: OwnSchedule | null
  /** When this console drills its newest good backup by itself; null: never. */
  readonly drillSchedule: SavedDrillSchedule | null
  /** What is kept of its backups, and which are kept whatever the rules say. */
  readonly retention: SavedRetention
}

/** What may be written down of a secret: where it is used, and a hint that helps nobody. The secret itself is in the vault. */
export interface SavedCredential {
  readonly id: string
  readonly kind: CredentialKind
  readonly label: string
  readonly hint: string
  readonly addedAt: string
  readonly usedAt: string | null
}

/** A folder that something was restored into. */
export interface SavedTarget {
  /** SHA-256 of `dir`, its first 32 digits. */
  readonly id: string
  readonly dir: string
  readonly usedAt: string
  readonly clusterId: string | null
  readonly backupId: string | null
}

/** Where secrets are kept, as the operator chose; nothing is chosen silently. */
export interface VaultChoice {
  readonly backend: 'none' | 'keychain' | 'sealedFile'
}

/** The newest head that was anchored, for pacing and display: what proves is the place itself. */
export interface LastAnchor {
  readonly last: { readonly address: string; readonly seq: number; readonly at: string } | null
}

/** What was last seen of a cluster's repository: a cache, worth nothing but time. */
export interface SavedLook {
  /** The cluster's id. */
  readonly id: string
  readonly look: Look
}

/** How well a repository was protected when it was last looked at: a cache as well. */
export interface SavedPosture {
  /** The repository's id. */
  readonly id: string
  /** Where it was, and how it was reached: of another place this says nothing. */
  readonly place: string
  readonly posture: RepositoryPosture
}

/** All that can be found of a cluster's repository, as text; of another place it says nothing. A cache as well. */
export interface SavedSearchText {
  readonly place: string
  readonly text: string
}

/** Records with an id. Reading is from memory; a change resolves once it is durable. */
export interface Collection<T extends { readonly id: string }> {
  list(): readonly T[]
  get(id: string): T | null
  /** Adds or replaces. */
  put(record: T): Promise<void>
  /** Adds or replaces all of them in one step; none where `demand` throws for what is saved when their turn comes. */
  putAll(records: readonly T[], demand?: (now: readonly T[]) => void): Promise<void>
  /**
   * Replaces one by what `change` makes of it as it is when its turn comes, so that of two changes at once both stay. Resolves with what
   * is saved now; null, and nothing is added, where it is not there any more.
   */
  change(id: string, change: (now: T) => T): Promise<T | null>
  /** One that is not there is removed already. */
  remove(id: string): Promise<void>
}

/** Each is written anew as a whole. */
export type CachedCollection<T extends { readonly id: string }> = Omit<Collection<T>, 'putAll' | 'change'>

export interface Single<T> {
  get(): T
  set(value: T): Promise<void>
}

/**
 * What this installation keeps between runs: readable JSON files with a schema version in one folder, each written
 * atomically and for its owner alone.
 *
 * Promises of every implementation, checked by one conformance suite:
 * - A file of an older schema is migrated forward; one that cannot be understood (or is of a newer schema) is reported in
 *   `problems`, stands for the empty default, and is never overwritten: changing it is `state.broken`.
 * - One running instance holds the folder; another one opens it read-only (`readOnlyBecause`), and changing anything
 *   there is `state.readOnly`. A holder that was killed holds nothing.
 * - Caches (`looks`, `postures`, `searchTexts`) may be dropped at any time, everything else is never lost by a crash at any moment.
 */
export interface DeskState {
  readonly folder: string
  /** A sentence that names the holder; null where this instance holds the folder. */
  readonly readOnlyBecause: string | null
  readonly problems: readonly HoldfastError[]
  readonly clusters: Collection<SavedCluster>
  readonly repositories: Collection<SavedRepository>
  readonly credentials: Collection<SavedCredential>
  readonly targets: Collection<SavedTarget>
  readonly settings: Single<Settings>
  readonly vaultChoice: Single<VaultChoice>
  readonly lastAnchor: Single<LastAnchor>
  readonly looks: CachedCollection<SavedLook>
  readonly postures: CachedCollection<SavedPosture>
  /** By the cluster's id. Texts of a large fleet are large: each is read when it is asked for. */
  readonly searchTexts: {
    get(id: string): Promise<SavedSearchText | null>
    put(id: string, saved: SavedSearchText): Promise<void>
    remove(id: string): Promise<void>
  }
  /** Verdicts of earlier runs, by canonical repository address; newest first. */
  readonly verifications: {
    append(
      repository: string,
      entries: readonly (VerificationEntry & { readonly backupId: string })[],
    ): Promise<void>
    list(repository: string, backupId: string): Promise<readonly VerificationEntry[]>
  }
  close(): Promise<void>
}
