import { isHoldfastError } from '../../../shared/domain/error.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ObjectInfo, ObjectStore } from '../../ports/object-store.ts'
import { resumedRead } from './resumed-read.ts'

/** One range of an object while it is read into memory: by one request, or by two where the first is slow. */
export interface PartReading {
  readonly startedAtMs: number
  /** Null until the last byte is there. */
  readonly tookMs: number | null
  readonly isHedged: boolean
  /** The next piece that is there; null where there is none yet, or no more. Throws where the part cannot be read. */
  take(): Uint8Array | null
  /** Asks a second time for what is missing. Of both, each byte is taken from the one that brings it first. */
  hedge(): void
  stop(): void
}

export interface PartOptions {
  readonly store: ObjectStore
  readonly info: ObjectInfo
  readonly startByte: number
  /** Exclusive. */
  readonly endByte: number
  readonly clock: Clock
  /** Called when there is more to take, the last byte came, or the part failed. */
  readonly onChange: () => void
}

export function startPart({ store, info, startByte, endByte, clock, onChange }: PartOptions): PartReading {
  const ended = new AbortController()
  const startedAtMs = clock.now()
  const ready: Uint8Array[] = []
  /** Everything before it is in `ready` or was taken. */
  let goodByte = startByte
  let tookMs: number | null = null
  let failure: { readonly error: unknown } | null = null
  let requests = 0
  let isHedged = false

  async function request(): Promise<void> {
    requests += 1
    let at = goodByte
    const options = { clock, signal: ended.signal }
    try {
      for await (const piece of resumedRead(store, info, { startByte: at, endByte }, options)) {
        at += piece.byteLength
        if (at <= goodByte) continue
        const newBytes = at - goodByte
        // Copied where only its end is new: a piece is its reader's, with all of its memory.
        ready.push(newBytes === piece.byteLength ? piece : piece.slice(-newBytes))
        goodByte = at
        onChange()
      }
      tookMs ??= clock.now() - startedAtMs
      ended.abort()
    } catch (error) {
      requests -= 1
      const isOver = tookMs !== null || failure !== null
      if (isOver || (requests > 0 && !isHoldfastError(error, 'object.changed'))) return
      failure = { error }
      ended.abort()
    }
    onChange()
  }

  void request()
  return {
    startedAtMs,
    get tookMs() {
      return tookMs
    },
    get isHedged() {
      return isHedged
    },
    take() {
      if (failure !== null) throw failure.error
      return ready.shift() ?? null
    },
    hedge() {
      isHedged = true
      void request()
    },
    stop: () => ended.abort(),
  }
}
