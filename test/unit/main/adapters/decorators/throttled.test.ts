import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { throttled } from '../../../../../src/main/adapters/decorators/throttled.ts'
import type { Clock } from '../../../../../src/main/ports/clock.ts'
import { collect, failure, inPieces, read, sha256 } from '../../../../conformance/store-helpers.ts'
import { fakeClock } from '../../../../fakes/fake-clock.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { seededBytes } from '../../../../fakes/seeded-bytes.ts'
import { tries } from '../../../../support/tries.ts'

interface Passed {
  readonly atMs: number
  readonly bytes: number
}

async function noted(pieces: AsyncIterable<Uint8Array>, clock: Clock, passed: Passed[]): Promise<number> {
  let total = 0
  for await (const piece of pieces) {
    total += piece.byteLength
    passed.push({ atMs: clock.now(), bytes: piece.byteLength })
  }
  return total
}

/** The most bytes in any second, both its ends included; a busiest second begins with a piece. */
function busiestSecond(passed: readonly Passed[]): number {
  return Math.max(
    0,
    ...passed.map(({ atMs }) =>
      passed.reduce((sum, one) => (one.atMs >= atMs && one.atMs <= atMs + 1000 ? sum + one.bytes : sum), 0),
    ),
  )
}

describe('a throttled store', () => {
  test('is never above its rate in any second, whatever the pieces, pauses and readers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3_000 }),
        fc.array(
          fc.record({
            sizeBytes: fc.nat(4_000),
            pieceBytes: fc.integer({ min: 1, max: 5_000 }),
            startMs: fc.nat(3_000),
          }),
          {
            minLength: 1,
            maxLength: 3,
          },
        ),
        async (bytesPerSecond, readers) => {
          const clock = fakeClock(0)
          const passed: Passed[] = []
          const limit = 40 * bytesPerSecond
          // One store for all: they share the rate.
          const store = throttled(memoryStore(), { bytesPerSecond, clock })
          const work = readers.map(async ({ sizeBytes, pieceBytes, startMs }, index) => {
            const size = Math.min(sizeBytes, limit)
            await clock.wait(startMs)
            const inner = memoryStore({ pieceBytes })
            await inner.put('x', seededBytes('x', size))
            const key = `x${index}`
            const source = (await inner.get('x')).pieces
            await store.putStream(key, source)
            expect(await noted((await store.get(key)).pieces, clock, passed)).toBe(size)
          })
          await clock.run(Promise.all(work))
          expect(busiestSecond(passed)).toBeLessThanOrEqual(bytesPerSecond)
        },
      ),
      { numRuns: tries(60), seed: 3 },
    )
  })

  test('counts what is read and written together', async () => {
    const clock = fakeClock(0)
    const passed: Passed[] = []
    const inner = memoryStore()
    await inner.put('x', seededBytes('x', 2_000))
    const store = throttled(
      {
        ...inner,
        putStream: async (key, body) => {
          await noted(body, clock, passed)
          return inner.put(key, new Uint8Array())
        },
      },
      { bytesPerSecond: 500, clock },
    )
    const reading = (async () => noted((await store.get('x')).pieces, clock, passed))()
    await clock.run(Promise.all([reading, store.putStream('y', inPieces(seededBytes('y', 2_000), 700))]))
    expect(passed.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(4_000)
    expect(busiestSecond(passed)).toBeLessThanOrEqual(500)
  })

  test('comes close to its rate, evenly', async () => {
    const clock = fakeClock(0)
    const inner = memoryStore({ pieceBytes: 1_000_000 })
    const body = seededBytes('x', 1_000_000)
    await inner.put('x', body)
    const store = throttled(inner, { bytesPerSecond: 100_000, clock })
    const passed: Passed[] = []
    await clock.run(noted((await store.get('x')).pieces, clock, passed))
    const seconds = clock.now() / 1000
    expect(1_000_000 / seconds).toBeGreaterThan(95_000)
    const gaps = passed.slice(1).map(({ atMs }, index) => atMs - (passed[index]?.atMs ?? 0))
    expect(Math.max(...gaps)).toBeLessThan(100)
    expect(sha256(await clock.run(read(store, 'x')))).toBe(sha256(body))
  })

  test('a small put waits for its bytes too', async () => {
    const clock = fakeClock(0)
    const store = throttled(memoryStore(), { bytesPerSecond: 100, clock })
    await clock.run(store.put('x', new Uint8Array(1_000)))
    expect(clock.now()).toBeGreaterThanOrEqual(9_000)
    expect((await store.head('x'))?.sizeBytes).toBe(1_000)
  })

  test('a wait ends with cancelled, and the next one goes on', async () => {
    const clock = fakeClock(0)
    const inner = memoryStore()
    await inner.put('x', new Uint8Array(1_000))
    const store = throttled(inner, { bytesPerSecond: 10, clock })
    const stop = new AbortController()
    const reading = (async () => collect((await store.get('x', { signal: stop.signal })).pieces))()
    setImmediate(() => stop.abort())
    await failure(reading, 'cancelled')
    await clock.run(store.put('y', new Uint8Array(20)))
    expect((await inner.head('y'))?.sizeBytes).toBe(20)
  })
})
