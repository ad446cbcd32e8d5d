import { join } from 'node:path'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { inTurn } from '../../../shared/domain/in-turn.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { SecretVault } from '../../ports/secret-vault.ts'
import { deriveKeys, newKdfHeader, wipe, type SealKeys } from './kdf.ts'
import { fileName, readSealed, writeSealed } from './sealed-disk.ts'
import {
  newNonceBytes,
  openRecord,
  readDocument,
  sealRecord,
  writeDocument,
  type SealedDocument,
} from './sealed-document.ts'
import * as failures from './sealed-errors.ts'

export interface SealedFileOptions {
  /** The state folder: of this account alone, made where it is missing. */
  readonly folder: string
  /** How long without use before it locks itself; asked anew at each use. */
  readonly autoLockMs: () => number
  /** Called when it has locked itself. */
  readonly onAutoLock: () => void
  readonly clock: Clock
  readonly random: Random
}

const shortestPassphrase = 8

/**
 * Secrets in one file, `vault.sealed`, under a passphrase. Of the file nothing is kept in memory but the keys that open
 * it: each call reads it anew.
 */
export function sealedFileVault(options: SealedFileOptions): SecretVault {
  const { folder, clock, random } = options
  const path = join(folder, fileName)
  let open: Opened | null = null
  /** A save is a read and a write. */
  const turn = inTurn()

  async function alone<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await turn(work)
    } catch (error) {
      throw failures.asVaultError(error, path)
    }
  }

  function forget(): void {
    if (open === null) return
    open.timer.abort()
    wipe(open.keys)
    open = null
  }

  function keep(keys: SealKeys, generation: number): void {
    forget()
    const opened: Opened = { keys, timer: new AbortController(), usedAt: clock.now(), generation }
    open = opened
    void lockWhenIdle(opened)
  }

  async function lockWhenIdle(opened: Opened): Promise<void> {
    const { signal } = opened.timer
    while (!signal.aborted) {
      const leftMs = idleLeftMs(opened)
      // In its turn: keys are not wiped while a save uses them.
      if (leftMs <= 0) await alone(async () => lockIfIdle(opened))
      else await clock.wait(leftMs, signal).catch(() => undefined)
    }
  }

  function lockIfIdle(opened: Opened): void {
    if (open !== opened || idleLeftMs(opened) > 0) return
    forget()
    options.onAutoLock()
  }

  /** A clock that was set back does not lengthen it. */
  function idleLeftMs({ usedAt }: Opened): number {
    return options.autoLockMs() - Math.max(0, clock.now() - usedAt)
  }

  function opened(): Opened {
    // Timers stand still while a computer sleeps.
    if (open !== null) lockIfIdle(open)
    if (open === null) throw failures.locked(path)
    return open
  }

  async function readOpen(): Promise<{ readonly document: SealedDocument; readonly opened: Opened }> {
    const now = opened()
    const bytes = await readSealed(folder)
    if (bytes === null) throw failures.notThere(path)
    const file = readDocument(bytes)
    if (!file.isOpenedBy(now.keys)) {
      forget()
      throw failures.locked(path)
    }
    const { generation } = file.document
    if (generation < now.generation) throw failures.olderFile(path, generation, now.generation)
    now.generation = generation
    now.usedAt = clock.now()
    return { document: file.document, opened: now }
  }

  async function save(document: SealedDocument, now: Opened): Promise<void> {
    await writeSealed(folder, writeDocument(document, now.keys), { isNew: false })
    now.generation = document.generation
  }

  return {
    backend: 'sealedFile',
    name: path,
    get generation() {
      return open?.generation ?? null
    },
    state: async () => {
      try {
        return await alone(async () => {
          const bytes = await readSealed(folder)
          if (bytes === null) return { state: 'empty' }
          readDocument(bytes)
          return open === null || idleLeftMs(open) <= 0
            ? { state: 'locked', reason: 'It opens with its passphrase.' }
            : { state: 'open' }
        })
      } catch (error) {
        if (!(error instanceof HoldfastError)) throw error
        const { what, why } = error.text
        return { state: 'unavailable', reason: why === undefined ? what : `${what} ${why}` }
      }
    },
    create: (passphrase) =>
      alone(async () => {
        if (passphrase === null || passphrase.length < shortestPassphrase) {
          throw new HoldfastError('usage', {
            what: 'The passphrase is too short.',
            why: `A sealed file takes one of at least ${shortestPassphrase} characters.`,
            unchanged: 'Nothing was written.',
            next: 'Take a longer one; six random words are best.',
          })
        }
        if ((await readSealed(folder)) !== null) throw failures.alreadyThere(path)
        const kdf = newKdfHeader(random.bytes(32))
        const keys = await deriveKeys(passphrase, kdf)
        try {
          const header = {
            format: 'holdfast sealed file',
            version: 1,
            kdf,
            commitment: keys.commitment.toString('base64'),
          } as const
          const bytes = writeDocument({ header, generation: 1, records: [] }, keys)
          if (!(await writeSealed(folder, bytes, { isNew: true }))) throw failures.alreadyThere(path)
        } catch (error) {
          wipe(keys)
          throw error
        }
        keep(keys, 1)
      }),
    unlock: (passphrase) =>
      alone(async () => {
        const bytes = await readSealed(folder)
        if (bytes === null) throw failures.notThere(path)
        const file = readDocument(bytes)
        if (passphrase === null) throw failures.locked(path)
        const keys = await deriveKeys(passphrase, file.document.header.kdf)
        try {
          if (!file.isOpenedBy(keys)) throw failures.wrongPassphrase(path)
        } catch (error) {
          wipe(keys)
          throw error
        }
        keep(keys, file.document.generation)
      }),
    lock: () => alone(async () => forget()),
    put: (id, secret) =>
      alone(async () => {
        const { document, opened: now } = await readOpen()
        const generation = document.generation + 1
        const { header } = document
        const record = sealRecord(
          secret,
          { header, id, generation },
          { keys: now.keys, nonce: random.bytes(newNonceBytes) },
        )
        const others = document.records.filter((other) => other.id !== id)
        await save({ header, generation, records: [...others, record] }, now)
      }),
    get: (id) =>
      alone(async () => {
        const { document, opened: now } = await readOpen()
        const record = document.records.find((one) => one.id === id)
        if (record === undefined) throw failures.lost(path)
        return openRecord(record, document.header, now.keys)
      }),
    has: (id) => alone(async () => (await readOpen()).document.records.some((one) => one.id === id)),
    remove: (id) =>
      alone(async () => {
        const { document, opened: now } = await readOpen()
        const records = document.records.filter((one) => one.id !== id)
        if (records.length === document.records.length) return
        await save({ header: document.header, generation: document.generation + 1, records }, now)
      }),
    close: () => alone(async () => forget()),
  }
}

interface Opened {
  readonly keys: SealKeys
  readonly timer: AbortController
  usedAt: number
  /** The newest that was seen since it was opened. */
  generation: number
}
