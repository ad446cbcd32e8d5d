import type { Clock } from '../../ports/clock.ts'
import type { ObjectInfo, ObjectStore } from '../../ports/object-store.ts'
import { resumedRead } from './resumed-read.ts'

/** Pieces of which some can be left out. */
export interface JumpingPieces extends AsyncIterable<Uint8Array> {
  /** Leaves out up to so many of the bytes behind the last piece; tells how many it left out, none where it is not worth it. */
  readonly jump: (bytes: number) => number
}

export interface JumpSizes {
  /** What is read at first, and behind a jump. */
  readonly leastBytes: number
  /** Where nothing is jumped over each reading is twice the one before, up to this. */
  readonly mostBytes: number
  /** A shorter jump costs more than it saves: a request for each, where the bytes come along anyway. */
  readonly worthBytes: number
}

const usualSizes: JumpSizes = {
  leastBytes: 64 * 1024,
  mostBytes: 8 * 1024 * 1024,
  worthBytes: 1024 * 1024,
}

/** One version of an object by ranges, one after the other. A request is made for each jump and each range, and none is for less than a jump is worth or a range has. */
export function jumpingRead(
  store: ObjectStore,
  info: ObjectInfo,
  { clock, signal }: { readonly clock: Clock; readonly signal?: AbortSignal },
  { leastBytes, mostBytes, worthBytes }: JumpSizes = usualSizes,
): JumpingPieces {
  let at = 0
  let rangeBytes = leastBytes
  return {
    jump(bytes) {
      const jumped = Math.min(bytes, info.sizeBytes - at)
      if (jumped < worthBytes) return 0
      at += jumped
      rangeBytes = leastBytes
      return jumped
    },
    async *[Symbol.asyncIterator]() {
      while (at < info.sizeBytes) {
        const range = { startByte: at, endByte: Math.min(at + rangeBytes, info.sizeBytes) }
        // As one piece: a jump is from the end of what was asked for.
        const pieces: Uint8Array[] = []
        for await (const piece of resumedRead(store, info, range, { clock, ...(signal && { signal }) }))
          pieces.push(piece)
        at = range.endByte
        rangeBytes = Math.min(mostBytes, rangeBytes * 2)
        yield Buffer.concat(pieces)
      }
    },
  }
}
