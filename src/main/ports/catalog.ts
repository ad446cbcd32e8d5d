import type { ObjectFacts } from '../../shared/domain/object-facts.ts'
import type { RememberedHash } from './backup-system.ts'

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
