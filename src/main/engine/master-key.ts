import { createHash, createHmac, pbkdf2 } from 'node:crypto'
import { promisify, inspect } from 'node:util'
import { HoldfastError } from '../../shared/domain/error.ts'
import type { MasterKey } from '../ports/master-key.ts'

const derive = promisify(pbkdf2)

/** A master key held in this process's memory; prints as its label, so it cannot reach a log or a report by accident. */
export class HeldMasterKey implements MasterKey {
  readonly #bytes: Buffer
  readonly label: string

  #isClosed = false

  /** The key's bytes as typed: UTF-8, no trimming, no normalisation. They are copied; the caller clears its own. */
  constructor(bytes: Uint8Array, label: string) {
    // Not Buffer.from: small ones would share the pool with unrelated data.
    this.#bytes = Buffer.alloc(bytes.byteLength)
    this.#bytes.set(bytes)
    this.label = label
  }

  /** Runs on the thread pool. */
  async deriveKek(salt: Uint8Array, iterations: number): Promise<Buffer> {
    return derive(this.#held(), salt, iterations, 32, 'sha256')
  }

  sha256After(label: string): string {
    return createHash('sha256').update(label, 'utf8').update(this.#held()).digest('hex')
  }

  fingerprint(installationSecret: Uint8Array): string {
    return createHmac('sha256', installationSecret).update(this.#held()).digest('hex').slice(0, 32)
  }

  reveal(): string {
    const text = textOf(this.#held())
    if (text !== null) return text
    throw new HoldfastError('key.wrong', {
      what: `The master key from ${this.label} is no text.`,
      why: 'Its bytes are no UTF-8: a program would be handed another key in its environment.',
      unchanged: 'No program was given it.',
      next: 'Look whether it is the right file. Backups can be proved and restored with it all the same.',
    })
  }

  /** Wipes the key. What is asked of it later throws: a key of zeros would be a wrong key. */
  close(): void {
    this.#isClosed = true
    this.#bytes.fill(0)
  }

  #held(): Buffer {
    if (this.#isClosed) throw new Error(`${this.toString()} is used after it was closed.`)
    return this.#bytes
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

/** One trailing line feed, with or without a carriage return before it, was the editor's and not the key's. */
export function lengthWithoutLineEnding(bytes: Uint8Array): number {
  const length = bytes.byteLength
  if (bytes[length - 1] !== 0x0a) return length
  return bytes[length - 2] === 0x0d ? length - 2 : length - 1
}

/** Null where the bytes are no UTF-8. */
function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}
