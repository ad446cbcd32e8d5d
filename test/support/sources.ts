import { setImmediate } from 'node:timers/promises'

export interface WatchedSource {
  readonly pieces: AsyncIterable<Uint8Array>
  readonly givenBytes: () => number
  readonly isOpened: () => boolean
  readonly isClosed: () => boolean
  /** Resolves once a piece was asked for that `stallAfterBytes` keeps back. */
  readonly stalled: Promise<void>
}

/** A source that tells what is done to it; after `stallAfterBytes` it gives nothing more and does not end either. */
export function watchedSource(
  bytes: Uint8Array,
  {
    pieceBytes = 100_000,
    stallAfterBytes = Infinity,
  }: { readonly pieceBytes?: number; readonly stallAfterBytes?: number } = {},
): WatchedSource {
  let givenBytes = 0
  let isOpened = false
  let isClosed = false
  let markStalled = (): void => undefined
  const stalled = new Promise<void>((resolve) => {
    markStalled = resolve
  })
  return {
    givenBytes: () => givenBytes,
    isOpened: () => isOpened,
    isClosed: () => isClosed,
    stalled,
    pieces: {
      [Symbol.asyncIterator]: () => ({
        async next() {
          isOpened = true
          if (isClosed || givenBytes >= bytes.byteLength) {
            isClosed = true
            return { done: true, value: undefined }
          }
          if (givenBytes >= stallAfterBytes) {
            markStalled()
            return new Promise(() => undefined)
          }
          const value = bytes.slice(givenBytes, givenBytes + pieceBytes)
          givenBytes += value.byteLength
          return { done: false, value }
        },
        async return() {
          isClosed = true
          return { done: true, value: undefined }
        },
      }),
    },
  }
}

/** Waits until a number has not changed for many turns of the event loop. */
export async function settled(read: () => number): Promise<number> {
  let last = read()
  for (let calmTurns = 0; calmTurns < 2000; calmTurns += 1) {
    await setImmediate()
    if (read() === last) continue
    last = read()
    calmTurns = 0
  }
  return last
}

/** Waits until a fact has come true; a fact that never does is the test's time limit. */
export async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await setImmediate()
}
