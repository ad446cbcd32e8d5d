import { throwIfCancelled, untilCancelled } from '../../src/shared/domain/cancelled.ts'
import { createSlots } from '../../src/shared/streams/slots.ts'
import { readSource } from '../../src/shared/streams/source-reader.ts'
import type { ByteWork, OpeningKey, Walker } from '../../src/main/ports/byte-work.ts'
import { inspectObject } from '../../src/main/engine/envelope/inspect-object.ts'
import { openAuthentic } from '../../src/main/engine/envelope/open-segments.ts'
import { sealSegments } from '../../src/main/engine/envelope/seal-segments.ts'

type Transform = (source: AsyncIterable<Uint8Array>, opening: OpeningKey) => AsyncIterable<Uint8Array>

/** Byte work on the caller's own thread: it keeps all promises of the port. */
export function inProcessByteWork(
  walkers: ReadonlyMap<string, Walker>,
  { parallel = 2 }: { readonly parallel?: number } = {},
): ByteWork {
  const slots = createSlots(parallel)
  const closing = new AbortController()

  function stopOf(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal])
  }

  async function* transform(
    how: Transform,
    source: AsyncIterable<Uint8Array>,
    opening: OpeningKey,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Uint8Array, void, void> {
    const stop = stopOf(signal)
    const reader = readSource(source)
    try {
      await slots.take(stop)
      try {
        for await (const piece of how(untilStopped(reader, stop), opening)) {
          throwIfCancelled(stop)
          yield piece
        }
      } finally {
        slots.free()
      }
    } finally {
      await reader.close()
    }
  }

  return {
    parallel,
    async inspect(source, task, signal) {
      const stop = stopOf(signal)
      const reader = readSource(source)
      try {
        await slots.take(stop)
        try {
          return await untilCancelled(inspectObject(untilStopped(reader, stop), task, walkers), stop)
        } finally {
          slots.free()
        }
      } finally {
        await reader.close()
      }
    },
    open: (source, opening, signal) => transform(openAuthentic, source, opening, signal),
    seal: (source, opening, signal) => transform(sealSegments, source, opening, signal),
    close() {
      closing.abort()
      return Promise.resolve()
    },
  }
}

/** The same pieces, until the signal aborts: then `cancelled`, also for a read that is pending. */
async function* untilStopped(
  pieces: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const iterator = pieces[Symbol.asyncIterator]()
  for (;;) {
    const step = await untilCancelled(iterator.next(), signal)
    if (step.done === true) return
    yield step.value
  }
}
