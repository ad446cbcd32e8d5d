import { describe, expect, test } from 'vitest'
import { readWhole } from '../../../../../src/main/engine/transfer/read-object.ts'
import type { ByteRange } from '../../../../../src/main/ports/object-store.ts'
import { collect, failure, sha256, utf8 } from '../../../../conformance/store-helpers.ts'
import { fakeClock, type FakeClock } from '../../../../fakes/fake-clock.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { infoOfBody, scriptedStore, type ScriptedStore, type Step } from '../../../../fakes/scripted-store.ts'
import { seededBytes } from '../../../../fakes/seeded-bytes.ts'

const part = 1_000
const body = seededBytes('whole', 10_500)
const info = infoOfBody(body)

interface Setting {
  readonly parallelReads?: number
  readonly steps?: (call: number, range: ByteRange | undefined) => readonly Step[]
}

function setting({ parallelReads = 4, steps = () => [] }: Setting): {
  clock: FakeClock
  store: ScriptedStore
} {
  const clock = fakeClock(0)
  return { clock, store: scriptedStore(info, { clock, body, parallelReads, steps }) }
}

/** The first request for a range begins at a multiple of the part size; a later one may begin anywhere. */
function startOf(range: ByteRange | undefined): number {
  return range?.startByte ?? 0
}

async function readAll({ clock, store }: { clock: FakeClock; store: ScriptedStore }): Promise<Uint8Array> {
  return clock.run(collect(readWhole(store, info, { clock, partBytes: part })))
}

describe('reading one whole object', () => {
  test('in parallel ranges delivers every byte in order', async () => {
    const under = setting({
      // Later ranges come sooner.
      steps: (_, range) => [{ waitMs: 900 - startOf(range) / 20 }, { bytes: 400 }, { waitMs: 50 }],
    })
    expect(sha256(await readAll(under))).toBe(sha256(body))
    expect(under.store.calls.map(({ range }) => range)).toEqual(
      Array.from({ length: 11 }, (_, index) => ({
        startByte: index * part,
        endByte: Math.min((index + 1) * part, body.byteLength) - 1,
      })),
    )
  })

  test('asks for no more than the window ahead of what was taken', async () => {
    const { clock, store } = setting({})
    const pieces = readWhole(store, info, { clock, partBytes: part, parallel: 3 })[Symbol.asyncIterator]()
    await clock.run(pieces.next())
    expect(store.calls).toHaveLength(3)
    await clock.run(pieces.next())
    expect(store.calls).toHaveLength(4)
    await pieces.return?.(undefined)
  })

  test('keeps at most 64 MiB in memory whatever is asked for', async () => {
    const big = { ...info, sizeBytes: 10 ** 9 }
    const clock = fakeClock(0)
    const store = scriptedStore(big, { clock, body, parallelReads: 100, steps: () => ['stall'] })
    const stop = new AbortController()
    const options = { clock, partBytes: 16 * 1024 * 1024, signal: stop.signal }
    const reading = failure(collect(readWhole(store, big, options)), 'cancelled')
    await clock.run(Promise.resolve())
    expect(store.calls).toHaveLength(4)
    stop.abort()
    await clock.run(reading)
    expect(store.calls.every((call) => call.cancelled)).toBe(true)
  })

  test('is one request where the store is best read in one stream, or the object is small', async () => {
    const single = setting({ parallelReads: 1 })
    expect(sha256(await readAll(single))).toBe(sha256(body))
    expect(single.store.calls.map(({ range }) => range)).toEqual([undefined])
    const store = memoryStore()
    for (const text of ['', 'small']) {
      const put = await store.put('x', utf8(text))
      expect(await collect(readWhole(store, put, { clock: fakeClock() }))).toEqual(utf8(text))
    }
  })

  test.each([1, 4])('goes on from the last good byte after a failure (%d at once)', async (parallelReads) => {
    const under = setting({
      parallelReads,
      steps: (_, range) =>
        startOf(range) % part === 0 ? [{ bytes: 300 }, { fail: 'repository.unreachable' }] : [],
    })
    expect(sha256(await readAll(under))).toBe(sha256(body))
    const resumed = under.store.calls.map(({ range }) => startOf(range)).filter((start) => start % part !== 0)
    expect(resumed).toEqual(
      parallelReads === 1 ? [300] : Array.from({ length: 11 }, (_, index) => index * part + 300),
    )
    expect(under.clock.now()).toBeGreaterThanOrEqual(250)
  })

  test.each([1, 4])(
    'a source that ends early without a word is resumed, never believed (%d at once)',
    async (parallelReads) => {
      const under = setting({ parallelReads, steps: (call) => (call < 3 ? [{ bytes: 100 }, 'end'] : []) })
      expect(sha256(await readAll(under))).toBe(sha256(body))
    },
  )

  test('gives up after five failures in a row without a new byte, with growing pauses', async () => {
    const under = setting({ parallelReads: 1, steps: () => [{ fail: 'repository.unreachable' }] })
    await failure(readAll(under), 'repository.unreachable')
    expect(under.store.calls.map(({ atMs }) => atMs)).toEqual([0, 250, 750, 1750, 3750])
  })

  test('does not repeat what cannot pass', async () => {
    for (const code of ['repository.accessDenied', 'object.missing', 'object.changed'] as const) {
      const under = setting({ parallelReads: 1, steps: () => [{ fail: code }] })
      await failure(readAll(under), code)
      expect(under.store.calls).toHaveLength(1)
    }
  })

  test('an object that is replaced while it is read is object.changed', async () => {
    const clock = fakeClock(0)
    const store = memoryStore({ pieceBytes: 100 })
    const old = await store.put('x', body)
    const pieces = readWhole(store, old, { clock, partBytes: part })[Symbol.asyncIterator]()
    await pieces.next()
    await store.put('x', seededBytes('another', body.byteLength))
    const rest = (async () => {
      for (;;) if ((await pieces.next()).done === true) return
    })()
    await failure(clock.run(rest), 'object.changed')
  })

  test('an object that has not the listed size is object.changed, more bytes than asked for are a bad answer', async () => {
    const clock = fakeClock(0)
    const longer = { ...info, sizeBytes: info.sizeBytes + 1 }
    const store = scriptedStore(info, { clock, body, steps: () => [] })
    await failure(clock.run(collect(readWhole(store, longer, { clock }))), 'object.changed')
    const tooMuch = { ...store, get: async () => ({ info, pieces: twice(body) }) }
    await failure(clock.run(collect(readWhole(tooMuch, info, { clock }))), 'repository.badAnswer')
  })

  test('the range that holds up the others is asked for a second time, from its last good byte', async () => {
    const under = setting({
      steps: (_, range) => (startOf(range) === 2_000 ? [{ bytes: 123 }, 'stall'] : [{ waitMs: 700 }]),
    })
    expect(sha256(await readAll(under))).toBe(sha256(body))
    const second = under.store.calls.find(({ range }) => startOf(range) === 2_123)
    // Three times the usual 700 ms after it began.
    expect(second?.atMs).toBe(2_100)
    expect(under.store.calls.filter(({ range }) => startOf(range) % part !== 0)).toHaveLength(1)
    expect(under.store.calls.find(({ range }) => startOf(range) === 2_000)?.cancelled).toBe(true)
  })

  test('a stalled first range is noticed by what the others took', async () => {
    const under = setting({ steps: (call) => (call === 0 ? ['stall'] : [{ waitMs: 10 }]) })
    expect(sha256(await readAll(under))).toBe(sha256(body))
    // Not before a second has passed: quick ranges are no reason to ask twice.
    expect(under.store.calls.filter(({ range }) => startOf(range) === 0).map(({ atMs }) => atMs)).toEqual([
      0, 1_000,
    ])
  })

  test('of two requests for one range each byte counts once, from whichever brings it first', async () => {
    const under = setting({
      steps: (call, range) => {
        if (call === 0) return [{ waitMs: 1_050 }, { bytes: 600 }, { waitMs: 1_000 }]
        if (startOf(range) === 0)
          return [{ waitMs: 30 }, { bytes: 500 }, { waitMs: 200 }, { bytes: 200 }, { waitMs: 100 }]
        return [{ waitMs: 10 }]
      },
    })
    expect(sha256(await readAll(under))).toBe(sha256(body))
    expect(under.clock.now()).toBe(1_000 + 30 + 200 + 100 + 20)
  })

  test('a slow range whose second request fails is still delivered by the first', async () => {
    const under = setting({
      steps: (call, range) => {
        if (call === 0) return [{ waitMs: 20_000 }]
        return startOf(range) === 0 ? [{ fail: 'repository.accessDenied' }] : [{ waitMs: 10 }]
      },
    })
    expect(sha256(await readAll(under))).toBe(sha256(body))
    expect(under.clock.now()).toBe(20_000 + 20)
  })

  test('leaving early or aborting closes every source', async () => {
    const left = setting({ steps: () => [{ bytes: 10 }, 'stall'] })
    const leave = (async () => {
      for await (const piece of readWhole(left.store, info, { clock: left.clock, partBytes: part })) {
        expect(piece.byteLength).toBe(10)
        break
      }
    })()
    await left.clock.run(leave)
    expect(left.store.calls.map((call) => call.cancelled)).toEqual([true, true, true, true])
    const aborted = setting({ steps: () => ['stall'] })
    const stop = new AbortController()
    const options = { clock: aborted.clock, partBytes: part, signal: stop.signal }
    const reading = failure(collect(readWhole(aborted.store, info, options)), 'cancelled')
    stop.abort()
    await aborted.clock.run(reading)
    await new Promise((resolve) => setImmediate(resolve))
    expect(aborted.store.calls.every((call) => call.cancelled)).toBe(true)
    expect(aborted.clock.waiting).toBe(0)
  })

  test('an already aborted signal reads nothing', async () => {
    const { clock, store } = setting({})
    await failure(collect(readWhole(store, info, { clock, signal: AbortSignal.abort() })), 'cancelled')
    expect(store.calls).toHaveLength(0)
  })
})

async function* twice(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
  yield bytes
}
