import { createHash, createHmac, pbkdf2 } from 'node:crypto'
import { promisify, inspect } from 'node:util'

const derive = promisify(pbkdf2)

/**
 * A master key as it was given: bytes that never leave this object but into a derivation. Prints as its label, so that
 * it cannot reach a log, an error or a report by accident.
 */
export class MasterKey {
  readonly #bytes: Buffer
  /** Where it came from, for messages: an option's file name or an environment variable; never the key. */
  readonly label: string

  /** The key's bytes as typed: UTF-8, no trimming, no normalisation. They are copied; the caller clears its own. */
  constructor(bytes: Uint8Array, label: string) {
    // Not Buffer.from: small ones would share the pool with unrelated data.
    this.#bytes = Buffer.alloc(bytes.byteLength)
    this.#bytes.set(bytes)
    this.label = label
  }

  /** The key-encryption key of an envelope: PBKDF2-HMAC-SHA256, 32 bytes. Runs on the thread pool. */
  async deriveKek(salt: Uint8Array, iterations: number): Promise<Buffer> {
    return derive(this.#bytes, salt, iterations, 32, 'sha256')
  }

  /** SHA-256 over a label and the key, for formats that record one (chango/2). Anyone can test guesses against it. */
  sha256After(label: string): string {
    return createHash('sha256').update(label, 'utf8').update(this.#bytes).digest('hex')
  }

  /** What may be remembered of the key: keyed by a secret of this installation, so useless elsewhere. */
  fingerprint(installationSecret: Uint8Array): string {
    return createHmac('sha256', installationSecret).update(this.#bytes).digest('hex').slice(0, 32)
  }

  toString(): string {
    return `[master key from ${this.label}]`
  }

  toJSON(): string {
    return this.toString()
  }

  [inspect.custom](): string {
    return this.toString()
  }
}
