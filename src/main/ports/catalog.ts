import type { Drill } from '../../shared/domain/drill.ts'
import type { ObjectFacts } from '../../shared/domain/object-facts.ts'

/** What this console remembers of an object from an earlier time. */
export interface RememberedHash {
  /** Of the stored bytes. */
  readonly sha256: string
  readonly at: string
  /** `run`: the cluster's own reply named it; `seen`: this console read it. */
  readonly source: 'run' | 'seen'
}

/**
 * What ties a repository to one cluster. Nothing in a backup is signed, and two clusters may share a master key; but a
 * cluster has one name, and one salt for each of its key versions and master keys (formats, KBE1).
 */
export interface ClusterPin {
  /** UTC ISO 8601, of the first verification. */
  readonly since: string
  /** Null where the manifests name none, or not one and the same. */
  readonly cluster: string | null
  /** True once anything here was seen sealed: a cluster that seals its backups does not stop by itself. */
  readonly seals: boolean
  /** Base64, by key id, key version and the fingerprint of the master key that opened with it. */
  readonly salts: readonly PinnedSalt[]
}

export interface PinnedSalt {
  readonly keyId: string
  readonly keyVersion: number
  readonly keyFingerprint: string
  readonly salt: string
}

/**
 * What this console remembers of one repository: the only witness that whoever can write to the bucket cannot rewrite.
 * Held in memory while it is open; `save` makes it durable in one atomic step and keeps what another process saved
 * meanwhile (the older first sight and the newer facts win).
 */
export interface RepositoryMemory {
  /** The first hash of the stored bytes ever seen or reported for a key. */
  firstHash(key: string): RememberedHash | null
  /** Kept only where nothing is remembered for the key yet. */
  sawHash(key: string, hash: RememberedHash): void
  /** Facts of the last whole reading. */
  facts(key: string): ObjectFacts | null
  remember(key: string, facts: ObjectFacts): void
  /** When an object was last proved intact, UTC ISO 8601; null where it never was. */
  intactAt(key: string): string | null
  /** Kept where nothing newer is. */
  sawIntact(key: string, at: string): void
  /** Whose backups lie here, as first seen; null before the first verification. */
  pin(): ClusterPin | null
  setPin(pin: ClusterPin): void
  /** What restores for trial have found, newest first; the newest 200 are kept. */
  drills(): readonly Drill[]
  /** In the place of what is remembered of the same drill. */
  rememberDrill(drill: Drill): void
  save(): Promise<void>
}

export interface Catalog {
  /** 32 random bytes of this installation; keys every fingerprint that is remembered. */
  installationSecret(): Promise<Uint8Array>
  /**
   * `repository` is a canonical address. A file that cannot be understood is `state.broken`: it is reported and left as
   * it is, never replaced.
   */
  openRepository(repository: string): Promise<RepositoryMemory>
}
