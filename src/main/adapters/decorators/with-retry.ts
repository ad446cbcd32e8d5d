import { coveredBytes } from '../../../shared/domain/covered-bytes.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { isTransient, longestPauseMs, mayBeResumed } from '../../../shared/domain/transient.ts'
import { compareUtf8 } from '../../../shared/domain/utf8-order.ts'
import type { Clock } from '../../ports/clock.ts'
import type { GetOptions, ListEntry, ObjectReading, ObjectStore } from '../../ports/object-store.ts'
import type { Random } from '../../ports/random.ts'

export interface RetryOptions {
  /** Of one request, the first included; a reading or listing that gets further begins to count anew. */
  readonly attempts: number
  readonly clock: Clock
  readonly random: Random
}

/**
 * The same store, but that reads survive a repository that is unreachable for a moment. Pauses grow exponentially with
 * full jitter, so that many readers do not come back at once.
 *
 * - `head`, `facts` and the opening of `get` are asked again.
 * - A reading that breaks goes on from its last good byte with the version it began with as `expect`, so bytes of two
 *   versions never mix: a replaced object is `object.changed`.
 * - A listing that breaks is begun anew and what was delivered already is skipped, which its strict order allows.
 * - Writes and deletions are never repeated: after a lost answer nobody knows whether the first one took place, and a
 *   second one could undo what another writer did in between. Whoever knows better repeats the whole call.
 */
export function withRetry(store: ObjectStore, options: RetryOptions): ObjectStore {
  const facts = store.facts?.bind(store)
  return {
    capabilities: store.capabilities,
    list: (listing) => listAgain(store, listing ?? {}, options),
    head: (key, { signal } = {}) =>
      again(() => store.head(key, { ...(signal && { signal }) }), options, signal),
    get: (key, getting = {}) => getAgain(store, key, getting, options),
    put: (key, body, putting) => store.put(key, body, putting),
    putStream: (key, body, putting) => store.putStream(key, body, putting),
    delete: (key, deleting) => store.delete(key, deleting),
    ...(facts && {
      facts: (sample: readonly string[], { signal }: { readonly signal?: AbortSignal } = {}) =>
        again(() => facts(sample, { ...(signal && { signal }) }), options, signal),
    }),
    close: () => store.close(),
  }
}

/** A number of failures in a row, and the pause or the throw that follows from it. */
function retries({ attempts, clock, random }: RetryOptions, signal: AbortSignal | undefined) {
  let failures = 0
  return {
    gotFurther(): void {
      failures = 0
    },
    async pauseOrThrow(error: unknown, isWorthIt: boolean): Promise<void> {
      failures += 1
      if (!isWorthIt || failures >= attempts) throw error
      await clock.wait(Math.round(fraction(random) * longestPauseMs(failures)), signal)
    },
  }
}

/** Evenly in 0..1. */
function fraction(random: Random): number {
  const [a = 0, b = 0, c = 0] = random.bytes(3)
  return (a * 65_536 + b * 256 + c) / (2 ** 24 - 1)
}

async function again<T>(
  ask: () => Promise<T>,
  options: RetryOptions,
  signal: AbortSignal | undefined,
): Promise<T> {
  const retry = retries(options, signal)
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      await retry.pauseOrThrow(error, isTransient(error))
    }
  }
}

async function* listAgain(
  store: ObjectStore,
  listing: NonNullable<Parameters<ObjectStore['list']>[0]>,
  options: RetryOptions,
): AsyncGenerator<ListEntry> {
  const retry = retries(options, listing.signal)
  let last: string | null = null
  for (;;) {
    try {
      for await (const entry of store.list(listing)) {
        const name = entry.kind === 'object' ? entry.key : entry.prefix
        if (last !== null && compareUtf8(name, last) <= 0) continue
        last = name
        retry.gotFurther()
        yield entry
      }
      return
    } catch (error) {
      await retry.pauseOrThrow(error, isTransient(error))
    }
  }
}

async function getAgain(
  store: ObjectStore,
  key: string,
  getting: GetOptions,
  options: RetryOptions,
): Promise<ObjectReading> {
  const first = await again(() => store.get(key, getting), options, getting.signal)
  return { info: first.info, pieces: resumed(store, first, getting, options) }
}

async function* resumed(
  store: ObjectStore,
  first: ObjectReading,
  { range, signal }: GetOptions,
  options: RetryOptions,
): AsyncGenerator<Uint8Array> {
  const { info } = first
  const { startByte, lengthBytes } = coveredBytes(info.sizeBytes, range)
  const endByte = startByte + lengthBytes - 1
  const retry = retries(options, signal)
  let at = startByte
  let pieces: AsyncIterable<Uint8Array> | null = first.pieces
  for (;;) {
    try {
      pieces ??= (
        await store.get(info.key, {
          range: { startByte: at, endByte },
          expect: info,
          ...(signal && { signal }),
        })
      ).pieces
      for await (const piece of pieces) {
        if (piece.byteLength > 0) retry.gotFurther()
        at += piece.byteLength
        yield piece
      }
      if (at === endByte + 1) return
      throw new HoldfastError('repository.unreachable', {
        what: `The object ${JSON.stringify(info.key)} ended ${endByte + 1 - at} bytes early.`,
        why: 'The connection broke.',
      })
    } catch (error) {
      if (at > endByte) throw error
      await retry.pauseOrThrow(error, mayBeResumed(error))
      pieces = null
    }
  }
}
