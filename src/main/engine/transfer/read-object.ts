import { throwIfCancelled, untilCancelled } from '../../../shared/domain/cancelled.ts'
import { upperMedian } from '../../../shared/domain/median.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ObjectInfo, ObjectStore } from '../../ports/object-store.ts'
import { startPart, type PartReading } from './part-reading.ts'
import { resumedRead } from './resumed-read.ts'

export interface ReadWholeOptions {
  readonly clock: Clock
  /** Size of a range, 8 to 16 MiB; 8 where left out. */
  readonly partBytes?: number
  /** Ranges at once; never more than the store finds useful. */
  readonly parallel?: number
  readonly signal?: AbortSignal
}

const defaultPartBytes = 8 * 1024 * 1024
/** What may wait in memory to be taken, whatever is asked for; a slow range that is asked for twice adds one part. */
const maxWindowBytes = 64 * 1024 * 1024
/** A range is slow when it takes so many times what the others took, and not less than `slowAfterMs`. */
const slowFactor = 3
const slowAfterMs = 1_000
/** So many ranges must have come to know what is usual. */
const knownAfter = 2

/**
 * One whole object, from its first byte to its last, exactly as many bytes as `info` says and all of that version.
 *
 * Where the store has use for parallel reads, ranges are fetched side by side in a bounded window and given out in
 * order; each is resumed from its last good byte after a failure that may pass, and the one that holds up the others
 * for long is asked for a second time. Elsewhere one stream is read, and resumed in the same way. The store should not
 * be wrapped in a retry of its own.
 *
 * Throws `object.changed` (replaced or removed parts of it: nothing more is delivered), `object.missing`,
 * `repository.badAnswer`, `cancelled`, or the last failure after five in a row without a new byte.
 */
export async function* readWhole(
  store: ObjectStore,
  info: ObjectInfo,
  { clock, partBytes = defaultPartBytes, parallel = Infinity, signal }: ReadWholeOptions,
): AsyncGenerator<Uint8Array> {
  const windowParts = Math.min(
    parallel,
    store.capabilities.parallelReads,
    Math.floor(maxWindowBytes / partBytes),
  )
  if (windowParts <= 1 || info.sizeBytes <= partBytes) {
    yield* resumedRead(
      store,
      info,
      { startByte: 0, endByte: info.sizeBytes },
      { clock, ...(signal && { signal }) },
    )
    return
  }
  yield* readInParts({ store, info, clock, partBytes, windowParts, signal })
}

interface InParts {
  readonly store: ObjectStore
  readonly info: ObjectInfo
  readonly clock: Clock
  readonly partBytes: number
  readonly windowParts: number
  readonly signal: AbortSignal | undefined
}

async function* readInParts(reading: InParts): AsyncGenerator<Uint8Array> {
  const { store, info, clock, partBytes, windowParts, signal } = reading
  const parts: PartReading[] = []
  const bell = newBell()
  let callOff: (() => void) | null = null
  const tookMs: number[] = []
  let nextByte = 0
  const fillWindow = (): void => {
    while (parts.length < windowParts && nextByte < info.sizeBytes) {
      const endByte = Math.min(nextByte + partBytes, info.sizeBytes)
      parts.push(startPart({ store, info, clock, startByte: nextByte, endByte, onChange: bell.ring }))
      nextByte = endByte
    }
  }
  try {
    fillWindow()
    for (let first = parts[0]; first !== undefined; first = parts[0]) {
      throwIfCancelled(signal)
      const piece = first.take()
      if (piece !== null) {
        yield piece
      } else if (first.tookMs !== null) {
        tookMs.push(first.tookMs)
        parts.shift()
        callOff?.()
        callOff = null
        fillWindow()
      } else {
        const change = bell.next()
        if (callOff === null) {
          const others = parts.flatMap((part) => (part.tookMs === null ? [] : [part.tookMs]))
          const known = [...tookMs.slice(-windowParts), ...others]
          const usualMs = known.length < knownAfter ? null : upperMedian(known)
          if (usualMs !== null) callOff = hedgeWhenSlow(first, usualMs, clock)
        }
        await untilCancelled(change, signal)
      }
    }
  } finally {
    callOff?.()
    for (const part of parts) part.stop()
  }
}

/** Asks for the part a second time once it is slow beside the others; until it is called off. */
function hedgeWhenSlow(part: PartReading, usualMs: number, clock: Clock): () => void {
  const slowAtMs = part.startedAtMs + Math.max(slowAfterMs, slowFactor * usualMs)
  const calledOff = new AbortController()
  clock.wait(Math.max(0, slowAtMs - clock.now()), calledOff.signal).then(
    () => {
      if (part.tookMs === null) part.hedge()
    },
    () => undefined,
  )
  return () => calledOff.abort()
}

/** Tells the one who waits that something happened since it began to wait. */
function newBell() {
  let ring = (): void => undefined
  return {
    ring: () => ring(),
    next: () =>
      new Promise<void>((resolve) => {
        ring = resolve
      }),
  }
}
