import { describe, expect, test } from 'vitest'
import { withRetry } from '../../../../../src/main/adapters/decorators/with-retry.ts'
import type { ObjectStore } from '../../../../../src/main/ports/object-store.ts'
import { collect, failure, names, read, sha256, utf8 } from '../../../../conformance/store-helpers.ts'
import { fakeClock } from '../../../../fakes/fake-clock.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { infoOfBody, scriptedFailure, scriptedStore, type Step } from '../../../../fakes/scripted-store.ts'
import { seededBytes } from '../../../../fakes/seeded-bytes.ts'

/** Jitter at its longest. */
const random = { bytes: (length: number) => new Uint8Array(length).fill(255) }
const body = seededBytes('retry', 1_000)
const info = infoOfBody(body)

function scripted(steps: (call: number) => readonly Step[], attempts = 4) {
  const clock = fakeClock(0)
  const inner = scriptedStore(info, { clock, body, steps })
  return { clock, inner, store: withRetry(inner, { attempts, clock, random }) }
}

describe('a store with retries', () => {
  test('opens again after the repository was unreachable, with pauses that double', async () => {
    const { clock, inner, store } = scripted((call) => (call < 3 ? [{ fail: 'repository.unreachable' }] : []))
    expect(sha256(await clock.run(read(store, 'object', { expect: info })))).toBe(sha256(body))
    expect(inner.calls.map(({ atMs }) => atMs)).toEqual([0, 250, 750, 1750])
  })

  test('gives up after the set number of attempts, with the last failure', async () => {
    const { clock, inner, store } = scripted(() => [{ fail: 'repository.unreachable' }], 3)
    await clock.run(failure(store.get('object', { expect: info }), 'repository.unreachable'))
    expect(inner.calls).toHaveLength(3)
  })

  test('spreads the pauses from nothing to their full length', async () => {
    const clock = fakeClock(0)
    const inner = scriptedStore(info, { clock, body, steps: () => [{ fail: 'repository.unreachable' }] })
    const half = { bytes: (length: number) => new Uint8Array(length).fill(128) }
    const store = withRetry(inner, { attempts: 3, clock, random: half })
    await clock.run(failure(store.get('object', { expect: info }), 'repository.unreachable'))
    expect(inner.calls.map(({ atMs }) => atMs)).toEqual([0, 125, 376])
  })

  test('does not ask again for what a repetition cannot change', async () => {
    for (const code of [
      'repository.accessDenied',
      'object.changed',
      'object.missing',
      'cancelled',
    ] as const) {
      const { inner, store } = scripted(() => [{ fail: code }])
      await failure(store.get('object', { expect: info }), code)
      expect(inner.calls).toHaveLength(1)
    }
  })

  test('takes a broken reading up from its last good byte, expecting the version it began with', async () => {
    const { clock, inner, store } = scripted((call) =>
      call < 4 ? [{ bytes: 100 }, { fail: 'repository.unreachable' }] : [],
    )
    const range = { startByte: 50, endByte: 949 }
    const bytes = await clock.run(read(store, 'object', { expect: info, range }))
    expect(sha256(bytes)).toBe(sha256(body.subarray(50, 950)))
    // More failures than attempts, but each after new bytes.
    expect(inner.calls.map((call) => call.range)).toEqual(
      [50, 150, 250, 350, 450].map((startByte) => ({ startByte, endByte: 949 })),
    )
  })

  test('a reading that ends early without a word is taken up too', async () => {
    const { clock, store } = scripted((call) => (call === 0 ? [{ bytes: 999 }, 'end'] : []))
    expect(sha256(await clock.run(read(store, 'object', { expect: info })))).toBe(sha256(body))
  })

  test('never mixes bytes of two versions', async () => {
    const clock = fakeClock(0)
    const memory = memoryStore({ pieceBytes: 100 })
    await memory.put('x', body)
    let broken = false
    const inner: ObjectStore = {
      ...memory,
      async get(key, options) {
        const reading = await memory.get(key, options)
        return { info: reading.info, pieces: broken ? reading.pieces : breaking(reading.pieces) }
      },
    }
    async function* breaking(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      broken = true
      for await (const piece of pieces) {
        yield piece
        await memory.put('x', seededBytes('other', body.byteLength))
        throw scriptedFailure('repository.unreachable')
      }
    }
    const store = withRetry(inner, { attempts: 5, clock, random })
    await clock.run(failure(read(store, 'x'), 'object.changed'))
  })

  test('begins a broken listing anew and delivers each entry once', async () => {
    const clock = fakeClock(0)
    const memory = memoryStore()
    const keys = ['a', 'b/1', 'b/2', 'c', '\u{ff5e}', '\u{1f600}']
    for (const key of keys) await memory.put(key, utf8(key))
    let listings = 0
    const inner: ObjectStore = {
      ...memory,
      async *list(options) {
        listings += 1
        let left = listings
        for await (const entry of memory.list(options)) {
          if (left === 0) throw scriptedFailure('repository.unreachable')
          left -= 1
          yield entry
        }
      },
    }
    const store = withRetry(inner, { attempts: 2, clock, random })
    expect(await clock.run(names(store))).toEqual(keys)
    expect(listings).toBe(6)
    listings = 0
    expect(await clock.run(names(store, { delimiter: '/' }))).toEqual([
      'a',
      'b/',
      'c',
      '\u{ff5e}',
      '\u{1f600}',
    ])
  })

  test('asks for a head again', async () => {
    const clock = fakeClock(0)
    const memory = memoryStore()
    await memory.put('x', utf8('x'))
    let asked = 0
    const inner: ObjectStore = {
      ...memory,
      async head(key) {
        asked += 1
        if (asked < 3) throw scriptedFailure('repository.unreachable')
        return memory.head(key)
      },
    }
    const store = withRetry(inner, { attempts: 3, clock, random })
    expect(await clock.run(store.head('x'))).toMatchObject({ key: 'x' })
  })

  test('never repeats a write or a deletion', async () => {
    let writes = 0
    const failing = async (): Promise<never> => {
      writes += 1
      throw scriptedFailure('repository.unreachable')
    }
    const inner = { ...memoryStore(), put: failing, putStream: failing, delete: failing }
    const store = withRetry(inner, { attempts: 5, clock: fakeClock(), random })
    await failure(store.put('x', body), 'repository.unreachable')
    await failure(store.putStream('x', (await memoryWith('x')).pieces), 'repository.unreachable')
    await failure(store.delete('x'), 'repository.unreachable')
    expect(writes).toBe(3)
  })

  test('a pause ends with cancelled when its signal aborts', async () => {
    const { clock, store } = scripted(() => [{ fail: 'repository.unreachable' }])
    const stop = new AbortController()
    const reading = store.get('object', { expect: info, signal: stop.signal })
    setImmediate(() => stop.abort())
    await failure(reading, 'cancelled')
    expect(clock.waiting).toBe(0)
  })
})

async function memoryWith(key: string) {
  const store = memoryStore()
  await store.put(key, body)
  const reading = await store.get(key)
  expect(await collect((await store.get(key)).pieces)).toEqual(body)
  return reading
}
