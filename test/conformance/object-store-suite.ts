import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ObjectStore } from '../../src/main/ports/object-store.ts'
import { seededBytes } from '../fakes/seeded-bytes.ts'
import {
  byUtf8,
  collect,
  eachOf,
  failingAfter,
  failure,
  inPieces,
  nameOf,
  names,
  read,
  sha256,
  stuckAfter,
  utf8,
} from './store-helpers.ts'

interface StoreUnderTest {
  /** Empty and writable. */
  readonly store: ObjectStore
  /** Puts a small object under each key, by whatever way is cheapest; left out: through the store. */
  readonly fill?: (keys: readonly string[]) => Promise<void>
  cleanUp(): Promise<void>
}

type MakeStore = () => Promise<StoreUnderTest | { readonly skip: string }>

/** Every promise of the port `ObjectStore`, as tests. Each implementation and each fake runs them. */
export function objectStoreSuite(name: string, makeStore: MakeStore): void {
  describe(name, () => {
    let made: StoreUnderTest | { readonly skip: string } = { skip: 'not made yet' }
    let tests = 0
    beforeAll(async () => {
      made = await makeStore()
    })
    afterAll(async () => {
      if ('store' in made) await made.cleanUp()
    })

    /** One promise; the check has a folder (`at`) of its own in the shared store. */
    function promise(sentence: string, check: (under: StoreUnderTest, at: string) => Promise<void>): void {
      tests += 1
      const at = `t${tests}/`
      test(sentence, async (context) => {
        if ('skip' in made) return context.skip(made.skip)
        return check(made, at)
      })
    }

    promise('an empty repository is an empty list', async ({ store }) => {
      expect(await names(store)).toEqual([])
      expect(await names(store, { delimiter: '/' })).toEqual([])
      expect(await names(store, { prefix: 'none' })).toEqual([])
    })

    promise('what was put is read back, listed and headed as the same version', async ({ store }, at) => {
      const body = utf8('hello')
      const put = await store.put(`${at}x`, body)
      const head = await store.head(`${at}x`)
      const reading = await store.get(`${at}x`)
      const listed = []
      for await (const entry of store.list({ prefix: at })) listed.push(entry)
      expect(put).toMatchObject({ key: `${at}x`, sizeBytes: 5 })
      expect(await collect(reading.pieces)).toEqual(body)
      for (const info of [head, reading.info, listed[0]]) {
        expect(info).toMatchObject({ key: `${at}x`, sizeBytes: 5, etag: put.etag })
      }
      expect(listed.map((entry) => entry.kind)).toEqual(['object'])
    })

    promise('a second put replaces the first', async ({ store }, at) => {
      await store.put(`${at}x`, utf8('the first one'))
      await store.put(`${at}x`, utf8('second'))
      expect(await read(store, `${at}x`)).toEqual(utf8('second'))
      expect((await store.head(`${at}x`))?.sizeBytes).toBe(6)
    })

    promise('the body that was put stays the caller’s', async ({ store }, at) => {
      const body = utf8('before')
      await store.put(`${at}x`, body)
      expect(body).toEqual(utf8('before'))
      body.fill(0)
      expect(await read(store, `${at}x`)).toEqual(utf8('before'))
    })

    promise('keys are listed in the order of their UTF-8 bytes, each once', async ({ store, fill }, at) => {
      const keys = [
        'a-b', 'a.b', 'a/b', 'a/b-c', 'a/b.c/d', 'a/c', 'a0', 'a b', 'aa', 'B', 'Z/z', 'é', 'e\u0301', 'z',
        '\u{ff5e}', '\u{1f600}', '\u{1f601}/x', '\u{e000}', '~', '_', 'a/b!', 'a!/b', 'a\u00e9/b',
      ].map((key) => at + key) // prettier-ignore
      await (fill ?? fillThrough(store))(keys)
      expect(await names(store, { prefix: at })).toEqual(byUtf8(keys))
    })

    promise('a prefix need not be a whole folder name', async ({ store, fill }, at) => {
      const keys = ['ab', 'abc', 'abc/d', 'ab/c', 'ab/cd/e', 'b', 'a'].map((key) => at + key)
      const filed = keys.filter((key) => !keys.some((other) => other.startsWith(`${key}/`)))
      await (fill ?? fillThrough(store))(filed)
      for (const prefix of [
        '',
        'a',
        'ab',
        'abc',
        'abc/',
        'ab/c',
        'ab/cd/',
        'b',
        'zz',
        'ab/cd/e',
        'ab/cd/e/',
      ]) {
        const wanted = byUtf8(filed.filter((key) => key.startsWith(at + prefix)))
        expect(await names(store, { prefix: at + prefix }), `prefix ${prefix}`).toEqual(wanted)
      }
    })

    promise(
      'with a delimiter each folder is one entry, in order with the objects',
      async ({ store, fill }, at) => {
        const keys = [
          'a/1',
          'a/2/3',
          'a-b',
          'a.b/x',
          'a0',
          'b/c/d',
          'c',
          'é/1',
          '\u{1f600}/1',
          '\u{ff5e}',
        ].map((key) => at + key)
        await (fill ?? fillThrough(store))(keys)
        const top = ['a-b', 'a.b/', 'a/', 'a0', 'b/', 'c', 'é/', '\u{ff5e}', '\u{1f600}/'].map(
          (key) => at + key,
        )
        expect(await names(store, { prefix: at, delimiter: '/' })).toEqual(byUtf8(top))
        expect(await names(store, { prefix: `${at}a`, delimiter: '/' })).toEqual(
          byUtf8(['a-b', 'a.b/', 'a/', 'a0'].map((key) => at + key)),
        )
        expect(await names(store, { prefix: `${at}a/`, delimiter: '/' })).toEqual([`${at}a/1`, `${at}a/2/`])
        expect(await names(store, { prefix: `${at}b`, delimiter: '/' })).toEqual([`${at}b/`])
        expect(await names(store, { delimiter: '/' })).toContain(at)
      },
    )

    promise('a folder whose last object was deleted is no entry', async ({ store }, at) => {
      await store.put(`${at}f/g/x`, utf8('x'))
      await store.put(`${at}y`, utf8('y'))
      await store.delete(`${at}f/g/x`)
      expect(await names(store, { prefix: at, delimiter: '/' })).toEqual([`${at}y`])
      await store.put(`${at}f`, utf8('now an object'))
      expect(await names(store, { prefix: at })).toEqual([`${at}f`, `${at}y`])
    })

    promise('a listing of more than two pages is whole', async ({ store, fill }, at) => {
      const keys = Array.from({ length: 2_107 }, (_, index) => `${at}many/${index.toString(36)}`)
      await (fill ?? fillThrough(store))(keys)
      expect(await names(store, { prefix: `${at}many/` })).toEqual(byUtf8(keys))
      expect(await names(store, { prefix: at, delimiter: '/' })).toEqual([`${at}many/`])
    })

    promise('leaving a listing early lets the store go on', async ({ store, fill }, at) => {
      const keys = Array.from({ length: 30 }, (_, index) => `${at}${index + 10}/x`)
      await (fill ?? fillThrough(store))(keys)
      for (let round = 0; round < 40; round += 1) {
        for await (const entry of store.list({ prefix: at })) {
          expect(nameOf(entry)).toBe(keys[0])
          break
        }
      }
      expect(await names(store, { prefix: at })).toEqual(keys)
    })

    promise('a range delivers exactly its bytes', async ({ store }, at) => {
      const key = `${at}r`
      const body = seededBytes('range', 300_000)
      await store.put(key, body)
      const last = body.byteLength - 1
      const ranges: readonly (readonly [number, number | undefined])[] = [
        [0, 0], [0, 4095], [last, last], [last, undefined], [0, undefined], [1000, 199_999], [0, last],
        [0, last + 1], [last, 10 ** 9], [65_535, 65_536],
      ] // prettier-ignore
      for (const [startByte, endByte] of ranges) {
        const range = endByte === undefined ? { startByte } : { startByte, endByte }
        const reading = await store.get(key, { range })
        expect(reading.info.sizeBytes).toBe(body.byteLength)
        const wanted = body.subarray(startByte, endByte === undefined ? undefined : endByte + 1)
        expect(sha256(await collect(reading.pieces)), `${startByte}-${endByte}`).toBe(sha256(wanted))
      }
    })

    promise('a range that begins at or beyond the end delivers nothing', async ({ store }, at) => {
      const info = await store.put(`${at}r`, utf8('12345'))
      await store.put(`${at}empty`, new Uint8Array())
      for (const range of [{ startByte: 5 }, { startByte: 5, endByte: 9 }, { startByte: 10 ** 12 }]) {
        expect(await read(store, `${at}r`, { range })).toEqual(new Uint8Array())
        const reading = await store.get(`${at}r`, { range, expect: info })
        expect(reading.info).toMatchObject({ key: `${at}r`, sizeBytes: 5, etag: info.etag })
        expect(await collect(reading.pieces)).toEqual(new Uint8Array())
      }
      expect(await read(store, `${at}empty`, { range: { startByte: 0, endByte: 4095 } })).toEqual(
        new Uint8Array(),
      )
      await failure(store.get(`${at}none`, { range: { startByte: 5 } }), 'object.missing')
    })

    promise('an empty object is an object', async ({ store }, at) => {
      expect((await store.put(`${at}e`, new Uint8Array())).sizeBytes).toBe(0)
      expect((await store.putStream(`${at}s`, inPieces(new Uint8Array(), 1))).sizeBytes).toBe(0)
      for (const key of [`${at}e`, `${at}s`]) {
        expect((await store.head(key))?.sizeBytes).toBe(0)
        expect(await read(store, key)).toEqual(new Uint8Array())
      }
      expect(await names(store, { prefix: at })).toEqual([`${at}e`, `${at}s`])
    })

    promise('what is not there is null for head and object.missing for get', async ({ store }, at) => {
      await store.put(`${at}folder/x`, utf8('x'))
      for (const key of ['none', 'folder', 'folder/', 'folder/y', 'folder/x/y', 'none/x', 'folder/x/']) {
        expect(await store.head(at + key), key).toBeNull()
        await failure(store.get(at + key), 'object.missing')
      }
    })

    promise('an object that is not the expected one is object.changed', async ({ store }, at) => {
      const key = `${at}v`
      const first = await store.put(key, utf8('one'))
      const head = await store.head(key)
      if (head === null) throw new Error('not there')
      expect(await read(store, key, { expect: first })).toEqual(utf8('one'))
      expect(await read(store, key, { expect: head })).toEqual(utf8('one'))
      for await (const entry of store.list({ prefix: at })) {
        if (entry.kind === 'object') expect(await read(store, key, { expect: entry })).toEqual(utf8('one'))
      }
      const second = await store.put(key, utf8('three'))
      await failure(store.get(key, { expect: first }), 'object.changed')
      await failure(store.get(key, { expect: head, range: { startByte: 0, endByte: 0 } }), 'object.changed')
      expect(await read(store, key, { expect: second })).toEqual(utf8('three'))
      await store.delete(key)
      await failure(store.get(key, { expect: second }), 'object.missing')
    })

    promise('a store that knows etags tells two objects of one size apart', async ({ store }, at) => {
      const first = await store.put(`${at}v`, utf8('one'))
      await store.put(`${at}v`, utf8('two'))
      if (first.etag === null) expect(store.capabilities.checksVersion).toBe(false)
      else await failure(store.get(`${at}v`, { expect: first }), 'object.changed')
    })

    promise('a stream of any size is stored whole', async ({ store }, at) => {
      const body = seededBytes('stream', 20 * 1024 * 1024 + 17)
      const put = await store.putStream(`${at}big`, inPieces(body, 1_000_003))
      expect(put).toMatchObject({ key: `${at}big`, sizeBytes: body.byteLength })
      const reading = await store.get(`${at}big`, { expect: put })
      expect(sha256(await collect(reading.pieces))).toBe(sha256(body))
      const range = { startByte: 8_388_600, endByte: 16_777_300 }
      expect(sha256(await read(store, `${at}big`, { range, expect: put }))).toBe(
        sha256(body.subarray(range.startByte, range.endByte + 1)),
      )
    })

    promise('a piece that was delivered is not reused', async ({ store }, at) => {
      const body = seededBytes('pieces', 3_000_000)
      await store.put(`${at}p`, body)
      const pieces: Uint8Array[] = []
      for await (const piece of (await store.get(`${at}p`)).pieces) {
        const { buffer } = piece
        // A piece that fills its buffer may be moved away, as into a worker; nothing else may lie there.
        const alone = buffer instanceof ArrayBuffer && buffer.byteLength === piece.byteLength
        pieces.push(alone ? new Uint8Array(structuredClone(buffer, { transfer: [buffer] })) : piece)
      }
      expect(sha256(Buffer.concat(pieces))).toBe(sha256(body))
    })

    promise('a failing source leaves no new key and no trace', async ({ store }, at) => {
      const big = seededBytes('failing', 6 * 1024 * 1024)
      const broken = new Error('the source broke')
      for (const first of [utf8('small'), big]) {
        const put = store.putStream(`${at}f/new`, failingAfter(first, broken))
        await expect(put).rejects.toBe(broken)
      }
      expect(await store.head(`${at}f/new`)).toBeNull()
      expect(await names(store, { prefix: at })).toEqual([])
    })

    promise('a failing source keeps the old state', async ({ store }, at) => {
      const old = await store.put(`${at}x`, utf8('old'))
      const put = store.putStream(`${at}x`, failingAfter(utf8('newer'), new Error('the source broke')))
      await expect(put).rejects.toThrow('the source broke')
      expect(await read(store, `${at}x`, { expect: old })).toEqual(utf8('old'))
    })

    promise('ifAbsent refuses a key that is there, and changes nothing', async ({ store }, at) => {
      await store.put(`${at}x`, utf8('first'), { ifAbsent: true })
      await failure(store.put(`${at}x`, utf8('second'), { ifAbsent: true }), 'object.changed')
      await failure(
        store.putStream(`${at}x`, inPieces(utf8('third'), 2), { ifAbsent: true }),
        'object.changed',
      )
      expect(await read(store, `${at}x`)).toEqual(utf8('first'))
      await store.putStream(`${at}y`, inPieces(utf8('streamed'), 3), { ifAbsent: true })
      expect(await read(store, `${at}y`)).toEqual(utf8('streamed'))
      expect(await names(store, { prefix: at })).toEqual([`${at}x`, `${at}y`])
    })

    promise('of many that create one key at once, one wins', async ({ store }, at) => {
      if (!store.capabilities.atomicCreate) return
      const tries = await Promise.allSettled(
        Array.from({ length: 6 }, (_, index) =>
          store.put(`${at}x`, utf8(`writer ${index}`), { ifAbsent: true }),
        ),
      )
      const winners = tries.flatMap((one, index) => (one.status === 'fulfilled' ? [index] : []))
      expect(winners).toHaveLength(1)
      expect(await read(store, `${at}x`)).toEqual(utf8(`writer ${winners[0]}`))
    })

    promise('deleting twice succeeds twice', async ({ store }, at) => {
      await store.put(`${at}x`, utf8('x'))
      await store.delete(`${at}x`)
      expect(await store.head(`${at}x`)).toBeNull()
      await store.delete(`${at}x`)
      await store.delete(`${at}never/was/there`)
    })

    promise('deleting one key leaves its neighbours', async ({ store, fill }, at) => {
      await (fill ?? fillThrough(store))([`${at}a`, `${at}a.b`, `${at}ab`, `${at}d/e`, `${at}d/f`])
      await store.delete(`${at}a`)
      await store.delete(`${at}d`)
      await store.delete(`${at}d/e`)
      expect(await names(store, { prefix: at })).toEqual([`${at}a.b`, `${at}ab`, `${at}d/f`])
    })

    promise('odd keys are ordinary keys', async ({ store }, at) => {
      const keys = [
        '#', '?', 'a?b=c#d', '%41', '%', '%2F', '%zz', ' ', 'a b', ' lead and trail ', 'a+b', 'a&b=c', 'ü', 'u\u0308',
        '日本', '\u{1f600}', '__proto__', 'constructor', "quote'\"`", 'back\\slash', '$HOME', '*', '<x>', 'a;b', 'a,b',
        '2026-11-20T02:00:00', '-rf', '~', '.hidden', '...', 'a..b', 'CON', 'trailing.', '\u202egnp.exe', '@', '!',
        '__proto__x/__proto__', `${'n'.repeat(200)}`,
      ].map((key) => at + key) // prettier-ignore
      await eachOf(keys, 4, (key) => store.put(key, utf8(`body of ${key}`)))
      expect(await names(store, { prefix: at })).toEqual(byUtf8(keys))
      await eachOf(keys, 4, async (key) => {
        expect(await read(store, key)).toEqual(utf8(`body of ${key}`))
        expect(await store.head(key)).toMatchObject({ key })
        expect(await names(store, { prefix: key })).toContain(key)
      })
      await eachOf(keys, 4, (key) => store.delete(key))
      expect(await names(store, { prefix: at })).toEqual([])
    })

    promise('leaving a reading early closes its source', async ({ store }, at) => {
      const body = seededBytes('early', 4 * 1024 * 1024)
      await store.put(`${at}x`, body)
      for (let round = 0; round < 60; round += 1) {
        for await (const piece of (await store.get(`${at}x`)).pieces) {
          expect(piece.byteLength).toBeGreaterThan(0)
          break
        }
      }
      expect(sha256(await read(store, `${at}x`))).toBe(sha256(body))
    })

    promise('what is called with an aborted signal ends with cancelled', async ({ store }, at) => {
      const signal = AbortSignal.abort()
      await store.put(`${at}x`, utf8('x'))
      await failure(names(store, { prefix: at, signal }), 'cancelled')
      await failure(store.head(`${at}x`, { signal }), 'cancelled')
      await failure(store.get(`${at}x`, { signal }), 'cancelled')
      await failure(store.put(`${at}y`, utf8('y'), { signal }), 'cancelled')
      await failure(store.putStream(`${at}y`, inPieces(utf8('y'), 1), { signal }), 'cancelled')
      await failure(store.delete(`${at}x`, { signal }), 'cancelled')
      expect(await names(store, { prefix: at })).toEqual([`${at}x`])
    })

    promise('aborting a listing ends it with cancelled', async ({ store, fill }, at) => {
      const keys = Array.from({ length: 1_200 }, (_, index) => `${at}${index + 10_000}`)
      await (fill ?? fillThrough(store))(keys)
      const stop = new AbortController()
      const seen: string[] = []
      const listing = (async () => {
        for await (const entry of store.list({ prefix: at, signal: stop.signal })) {
          seen.push(nameOf(entry))
          stop.abort()
        }
      })()
      await failure(listing, 'cancelled')
      expect(seen.length).toBeLessThan(keys.length)
    })

    promise('aborting a reading ends it with cancelled', async ({ store }, at) => {
      await store.put(`${at}x`, seededBytes('abort', 8 * 1024 * 1024))
      for (let round = 0; round < 20; round += 1) {
        const stop = new AbortController()
        const { pieces } = await store.get(`${at}x`, { signal: stop.signal })
        const reading = (async () => {
          for await (const piece of pieces) if (piece.byteLength > 0) stop.abort()
        })()
        await failure(reading, 'cancelled')
      }
    })

    promise('a reading aborted before its first piece ends with cancelled', async ({ store }, at) => {
      await store.put(`${at}x`, seededBytes('abort', 1_000_000))
      const stop = new AbortController()
      const { pieces } = await store.get(`${at}x`, { signal: stop.signal })
      stop.abort()
      await failure(collect(pieces), 'cancelled')
    })

    promise('aborting a write ends it with cancelled and leaves the old state', async ({ store }, at) => {
      await store.put(`${at}old`, utf8('old'))
      for (const key of [`${at}new`, `${at}old`]) {
        for (const first of [utf8('a little'), seededBytes('aborted', 9 * 1024 * 1024)]) {
          const stop = new AbortController()
          const put = store.putStream(key, stuckAfter(first), { signal: stop.signal })
          // The source is stuck by now or soon; either way the write must end.
          setImmediate(() => stop.abort())
          await failure(put, 'cancelled')
        }
      }
      expect(await names(store, { prefix: at })).toEqual([`${at}old`])
      expect(await read(store, `${at}old`)).toEqual(utf8('old'))
    })
  })
}

function fillThrough(store: ObjectStore): (keys: readonly string[]) => Promise<void> {
  return (keys) => eachOf(keys, 16, (key) => store.put(key, utf8('.')))
}
