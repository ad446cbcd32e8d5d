import type { Clock } from '../../ports/clock.ts'
import type { GetOptions, ObjectReading, ObjectStore } from '../../ports/object-store.ts'

export interface ThrottleOptions {
  /** At least 1. */
  readonly bytesPerSecond: number
  readonly clock: Clock
}

/** Pieces are cut so that a second has about this many, evenly spread. */
const slicesPerSecond = 32
const windowMs = 1000

/**
 * The same store, but that the bytes that pass through it, read and written together, are never more than
 * `bytesPerSecond` in any second (no matter where the second begins). Pieces are split for it. It counts what passes
 * here; what a store below gathers before it sends, or reads ahead, goes at that store's own pace.
 */
export function throttled(store: ObjectStore, options: ThrottleOptions): ObjectStore {
  const pass = rateGate(options)
  const sliceBytes = Math.max(1, Math.floor(options.bytesPerSecond / slicesPerSecond))

  async function* slowly(
    pieces: AsyncIterable<Uint8Array>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      for (let at = 0; at < piece.byteLength; at += sliceBytes) {
        // Copied: a piece is its reader's, who may move its memory away.
        const slice = piece.byteLength > sliceBytes ? piece.slice(at, at + sliceBytes) : piece
        await pass(slice.byteLength, signal)
        yield slice
      }
    }
  }

  return {
    capabilities: store.capabilities,
    list: (listing) => store.list(listing),
    head: (key, heading) => store.head(key, heading),
    async get(key, getting: GetOptions = {}): Promise<ObjectReading> {
      const { info, pieces } = await store.get(key, getting)
      return { info, pieces: slowly(pieces, getting.signal) }
    },
    async put(key, body, putting = {}) {
      for (let at = 0; at < body.byteLength; at += sliceBytes) {
        await pass(Math.min(sliceBytes, body.byteLength - at), putting.signal)
      }
      return store.put(key, body, putting)
    },
    putStream: (key, body, putting = {}) => store.putStream(key, slowly(body, putting.signal), putting),
    delete: (key, deleting) => store.delete(key, deleting),
    ...(store.facts && { facts: store.facts.bind(store) }),
    close: () => store.close(),
  }
}

/**
 * Lets bytes pass one call after the other: each waits until the last second has room for it, and for its turn in an
 * even spread.
 */
function rateGate({ bytesPerSecond, clock }: ThrottleOptions) {
  let passed: { readonly at: number; readonly bytes: number }[] = []
  let evenlyAt = 0
  let turn: Promise<unknown> = Promise.resolve()

  async function waitForRoom(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      const now = clock.now()
      passed = passed.filter(({ at }) => now - at <= windowMs)
      const used = passed.reduce((sum, one) => sum + one.bytes, 0)
      const oldest = passed[0]
      const roomAt = oldest !== undefined && used + bytes > bytesPerSecond ? oldest.at + windowMs + 1 : now
      const waitMs = Math.ceil(Math.max(roomAt, evenlyAt) - now)
      if (waitMs <= 0) {
        passed.push({ at: now, bytes })
        evenlyAt = Math.max(now, evenlyAt) + (bytes * 1000) / bytesPerSecond
        return
      }
      await clock.wait(waitMs, signal)
    }
  }

  return async (bytes: number, signal: AbortSignal | undefined): Promise<void> => {
    const mine = turn.then(() => waitForRoom(bytes, signal))
    turn = mine.catch(() => undefined)
    await mine
  }
}
