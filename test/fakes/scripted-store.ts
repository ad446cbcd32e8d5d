import { throwIfCancelled } from '../../src/shared/domain/cancelled.ts'
import { coveredBytes } from '../../src/shared/domain/covered-bytes.ts'
import { HoldfastError, type ErrorCode } from '../../src/shared/domain/error.ts'
import type { Clock } from '../../src/main/ports/clock.ts'
import type { ByteRange, GetOptions, ObjectInfo, ObjectStore } from '../../src/main/ports/object-store.ts'
import { memoryStore } from './memory-store.ts'

/** What happens in one reading, in this order; when the script is over the rest is delivered at once. */
export type Step =
  | { readonly waitMs: number }
  | { readonly bytes: number }
  | { readonly fail: ErrorCode }
  /** Never goes on. */
  | 'stall'
  /** Ends as if all had been delivered. */
  | 'end'

interface Call {
  readonly range: ByteRange | undefined
  readonly atMs: number
  /** True once its source was closed before the end, or its signal aborted. */
  cancelled: boolean
}

export interface ScriptedStore extends ObjectStore {
  readonly calls: readonly Call[]
}

export interface Script {
  readonly clock: Clock
  readonly body: Uint8Array
  readonly parallelReads?: number
  /** Steps of the reading with this number (from 0) and range. A step of failing before any other fails the opening. */
  readonly steps: (call: number, range: ByteRange | undefined) => readonly Step[]
}

/** A store with one object whose readings go as a script says, on the script's clock. */
export function scriptedStore(info: ObjectInfo, script: Script): ScriptedStore {
  const { clock, body, parallelReads = 1 } = script
  const calls: Call[] = []

  async function* pieces(
    steps: readonly Step[],
    bytes: Uint8Array,
    call: Call,
    signal: AbortSignal | undefined,
  ) {
    let at = 0
    try {
      for (const step of steps) {
        throwIfCancelled(signal)
        if (step === 'end') return
        if (step === 'stall') await clock.wait(Number.MAX_SAFE_INTEGER, signal)
        else if ('waitMs' in step) await clock.wait(step.waitMs, signal)
        else if ('fail' in step) throw scriptedFailure(step.fail)
        else {
          yield bytes.slice(at, at + step.bytes)
          at += step.bytes
        }
      }
      throwIfCancelled(signal)
      if (at < bytes.byteLength) yield bytes.slice(at)
      at = bytes.byteLength
    } finally {
      if (at < bytes.byteLength) call.cancelled = true
    }
  }

  return {
    ...memoryStore({ capabilities: { parallelReads } }),
    calls,
    async get(_key, { range, expect, signal }: GetOptions = {}) {
      throwIfCancelled(signal)
      const call: Call = { range, atMs: clock.now(), cancelled: false }
      signal?.addEventListener('abort', () => (call.cancelled = true))
      calls.push(call)
      if (expect === undefined || expect.etag !== info.etag) throw scriptedFailure('object.changed')
      const steps = script.steps(calls.length - 1, range)
      const [first] = steps
      if (typeof first === 'object' && 'fail' in first) throw scriptedFailure(first.fail)
      const { startByte, lengthBytes } = coveredBytes(body.byteLength, range)
      return { info, pieces: pieces(steps, body.subarray(startByte, startByte + lengthBytes), call, signal) }
    },
  }
}

export function scriptedFailure(code: ErrorCode): HoldfastError {
  return new HoldfastError(code, { what: `Scripted: ${code}.` })
}

export function infoOfBody(body: Uint8Array, key = 'object'): ObjectInfo {
  return { key, sizeBytes: body.byteLength, etag: 'v1', modifiedAt: null, versionId: null }
}
