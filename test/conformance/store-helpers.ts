import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { HoldfastError, type ErrorCode } from '../../src/shared/domain/error.ts'
import type { GetOptions, ListEntry, ObjectStore } from '../../src/main/ports/object-store.ts'

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return new Uint8Array(Buffer.concat(all))
}

export async function read(store: ObjectStore, key: string, options?: GetOptions): Promise<Uint8Array> {
  return collect((await store.get(key, options)).pieces)
}

/** Each entry as one word: a key, or a prefix, which ends in `/`. */
export async function names(
  store: ObjectStore,
  options?: Parameters<ObjectStore['list']>[0],
): Promise<readonly string[]> {
  const seen: string[] = []
  for await (const entry of store.list(options)) seen.push(nameOf(entry))
  return seen
}

export function nameOf(entry: ListEntry): string {
  return entry.kind === 'object' ? entry.key : entry.prefix
}

export function byUtf8(keys: readonly string[]): readonly string[] {
  return [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

/** The failure of a promise, which must be an expected one with this code. */
export async function failure(promise: Promise<unknown>, code: ErrorCode): Promise<HoldfastError> {
  const error: unknown = await promise.then(
    () => new Error(`it succeeded, where ${code} was due`),
    (reason: unknown) => reason,
  )
  if (!(error instanceof HoldfastError)) throw error
  expect(error.code).toBe(code)
  return error
}

/** Runs work on every item, a few at once. */
export async function eachOf<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const queue = items[Symbol.iterator]()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of queue) await work(item)
    }),
  )
}

/** A source that delivers one piece, then never another. */
export async function* stuckAfter(first: Uint8Array): AsyncGenerator<Uint8Array> {
  yield first
  await new Promise<never>(() => undefined)
}

/** A source that delivers one piece, then fails. */
export async function* failingAfter(first: Uint8Array, error: Error): AsyncGenerator<Uint8Array> {
  yield first
  throw error
}

export async function* inPieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) yield bytes.slice(at, at + pieceBytes)
}
