/**
 * A place that keeps secrets: an operating system's keychain, or a file sealed with a passphrase.
 *
 * Promises of every implementation, checked by one conformance suite:
 * - What `get` gives is, byte for byte, what was put, or it throws: a place that would cut or change a secret refuses it at
 *   `put` (`vault.damaged`), after reading it back.
 * - "Locked", "not there", "damaged" and "no such place" are different: `vault.locked`, `vault.lost`, `vault.damaged`,
 *   `vault.unavailable`. Nothing is overwritten while the place is locked.
 * - `put` is durable when it resolves and never leaves half a secret; killed at any moment, the old or the new one is there.
 * - Nothing is ever written in plain text, and no secret is in an error, a log, an argument or a file name.
 */
export interface SecretVault {
  readonly backend: 'keychain' | 'sealedFile'
  /** The place's own name, for people. */
  readonly name: string
  /** While open, how often it was saved, where it counts that; else null. An older copy put back is noticed by it. */
  readonly generation: number | null
  /** Looks anew. `reason` is a sentence. */
  state(): Promise<
    | { readonly state: 'open' }
    | { readonly state: 'locked'; readonly reason: string }
    /** It was never set up: `create` does. */
    | { readonly state: 'empty' }
    | { readonly state: 'unavailable'; readonly reason: string }
  >
  /** Sets the place up. Refused where it is set up already. A keychain takes no passphrase. */
  create(passphrase: string | null): Promise<void>
  /** `vault.wrongPassphrase` and `vault.damaged` are told apart. A keychain asks its owner itself. */
  unlock(passphrase: string | null): Promise<void>
  /** Forgets what opens the place. A keychain stays as its owner has it. */
  lock(): Promise<void>
  put(id: string, secret: Uint8Array): Promise<void>
  /** The caller overwrites it with zeros after use. */
  get(id: string): Promise<Uint8Array<ArrayBuffer>>
  has(id: string): Promise<boolean>
  remove(id: string): Promise<void>
  close(): Promise<void>
}
