import { throwIfCancelled, untilCancelled } from '../../../shared/domain/cancelled.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { longestPauseMs, mayBeResumed } from '../../../shared/domain/transient.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ObjectInfo, ObjectStore } from '../../ports/object-store.ts'

export interface ResumeOptions {
  readonly clock: Clock
  readonly signal?: AbortSignal
}

/** Failures in a row, without a new byte in between, after which a reading is given up. */
const attempts = 5

/**
 * Exactly the bytes `startByte` up to and without `endByte` of one version of an object, in order. After a failure that
 * may pass it goes on from its last good byte. Throws `object.changed` where the object is not that version any more,
 * `repository.badAnswer` where more bytes came than were asked for, else the last failure.
 */
export async function* resumedRead(
  store: ObjectStore,
  info: ObjectInfo,
  { startByte, endByte }: { readonly startByte: number; readonly endByte: number },
  { clock, signal }: ResumeOptions,
): AsyncGenerator<Uint8Array> {
  let at = startByte
  let failures = 0
  for (;;) {
    const opened = new AbortController()
    try {
      const source = await openFrom(store, info, { startByte: at, endByte }, either(opened.signal, signal))
      try {
        for (;;) {
          const next = await untilCancelled(source.next(), signal)
          if (next.done === true) break
          if (at + next.value.byteLength > endByte) throw tooLong(info, endByte)
          at += next.value.byteLength
          if (next.value.byteLength > 0) failures = 0
          yield next.value
        }
      } finally {
        // Not waited for: a source that is stuck would never answer.
        opened.abort()
        source.return?.().catch(() => undefined)
      }
      if (at === endByte) return
      throw endedEarly(info, endByte - at)
    } catch (error) {
      throwIfCancelled(signal)
      failures += 1
      if (!mayBeResumed(error) || failures >= attempts) throw error
      await clock.wait(longestPauseMs(failures), signal)
    }
  }
}

async function openFrom(
  store: ObjectStore,
  info: ObjectInfo,
  { startByte, endByte }: { readonly startByte: number; readonly endByte: number },
  signal: AbortSignal,
): Promise<AsyncIterator<Uint8Array>> {
  const whole = startByte === 0 && endByte === info.sizeBytes
  const range = whole ? {} : { range: { startByte, endByte: endByte - 1 } }
  const reading = await untilCancelled(store.get(info.key, { ...range, expect: info, signal }), signal)
  if (reading.info.sizeBytes !== info.sizeBytes) {
    throw new HoldfastError('object.changed', {
      what: `The object ${JSON.stringify(info.key)} has ${reading.info.sizeBytes} bytes, not ${info.sizeBytes}.`,
      why: 'It was replaced after it was listed.',
    })
  }
  return reading.pieces[Symbol.asyncIterator]()
}

function either(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other === undefined ? one : AbortSignal.any([one, other])
}

function tooLong(info: ObjectInfo, endByte: number): HoldfastError {
  return new HoldfastError('repository.badAnswer', {
    what: `The repository sent more of the object ${JSON.stringify(info.key)} than was asked for (up to byte ${endByte}).`,
    why: 'It does not keep to ranges, or the object grew.',
  })
}

function endedEarly(info: ObjectInfo, missingBytes: number): HoldfastError {
  return new HoldfastError('repository.unreachable', {
    what: `The reading of the object ${JSON.stringify(info.key)} ended ${missingBytes} bytes early.`,
    why: 'The connection broke.',
  })
}
