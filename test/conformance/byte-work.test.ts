import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createWorkerPool } from '../../src/main/adapters/byte-work/worker-pool.ts'
import { inProcessByteWork } from '../fakes/in-process-byte-work.ts'
import type { ByteWork, InspectTask } from '../../src/main/ports/byte-work.ts'
import { testWalkers } from '../support/byte-walkers.ts'
import {
  bytesOf,
  collect,
  piecesOf,
  sealedObject,
  sealingKey,
  segmentBytes,
  sha256,
  type SealedObject,
} from '../support/envelopes.ts'
import { settled, until, watchedSource } from '../support/sources.ts'

const workerUrl = new URL('../support/byte-worker.ts', import.meta.url)
const implementations = [
  { name: 'worker threads', make: (parallel: number) => createWorkerPool({ parallel, workerUrl }) },
  { name: 'in process', make: (parallel: number) => inProcessByteWork(testWalkers, { parallel }) },
]

const asItStands: InspectTask = { opening: null, walk: null }
const plain = bytesOf(3_000_000, 'plain')
let sealed: SealedObject

beforeAll(async () => {
  sealed = await sealedObject(20 * segmentBytes + 77)
})

describe.each(implementations)('byte work: $name', ({ make }) => {
  let work: ByteWork | null = null

  function start(parallel = 2): ByteWork {
    work = make(parallel)
    return work
  }

  afterEach(async () => {
    await work?.close()
    work = null
  })

  test('inspects an object as it stands', async () => {
    expect(await start().inspect(piecesOf(plain, 300_000), asItStands)).toEqual({
      sizeBytes: plain.byteLength,
      sha256: sha256(plain),
      body: null,
      content: null,
    })
  })

  test('inspects a sealed object and walks its plain bytes', async () => {
    const task = { opening: sealed.opening, walk: { walker: 'counter', options: { depth: 3 } } }
    expect(await start().inspect(piecesOf(sealed.bytes, 16_000), task)).toEqual({
      sizeBytes: sealed.bytes.byteLength,
      sha256: sha256(sealed.bytes),
      body: {
        outcome: 'authentic',
        plainSha256: sha256(sealed.plain),
        plainSizeBytes: sealed.plain.byteLength,
      },
      content: { bytes: sealed.plain.byteLength, options: { depth: 3 } },
    })
  })

  test('never throws for what the bytes say', async () => {
    const task = { opening: sealed.opening, walk: null }
    const cut = sealed.bytes.slice(0, -200_000)
    const result = await start().inspect(piecesOf(cut, 100_000), task)
    expect(result).toMatchObject({
      sha256: sha256(cut),
      body: { outcome: 'truncated', atByte: cut.byteLength },
    })
  })

  test('reads on where a walker stops early', async () => {
    const result = await start().inspect(piecesOf(plain, 70_000), {
      opening: null,
      walk: { walker: 'leaver', options: null },
    })
    expect(result).toMatchObject({ sha256: sha256(plain), content: true })
  })

  test('tells a fault of a walker, and works on', async () => {
    const work = start(1)
    const faulty = { opening: null, walk: { walker: 'faulty', options: null } }
    const source = watchedSource(plain)
    await expect(work.inspect(source.pieces, faulty)).rejects.toThrow('a fault of the walker')
    await until(source.isClosed)
    expect((await work.inspect(piecesOf(plain, 70_000), asItStands)).sha256).toBe(sha256(plain))
  })

  test.each([1460, 65_536, 1_000_000])('opens and seals in pieces of %d bytes', async (pieceBytes) => {
    const work = start()
    const opened = await collect(work.open(piecesOf(sealed.bytes, pieceBytes), sealed.opening))
    expect(Buffer.compare(opened, sealed.plain)).toBe(0)
    const resealed = await collect(work.seal(piecesOf(sealed.plain, pieceBytes), sealed.opening))
    expect(Buffer.compare(resealed, sealed.bytes)).toBe(0)
  })

  test('opens what it is sealing, as one stream', async () => {
    const work = start(2)
    const resealed = work.seal(work.open(piecesOf(sealed.bytes, 90_000), sealed.opening), sealed.opening)
    expect(sha256(await collect(resealed))).toBe(sha256(sealed.bytes))
  })

  test('opens and seals an empty store', async () => {
    const work = start()
    const empty = await sealedObject(0)
    expect((await collect(work.open(piecesOf(empty.bytes, 50), empty.opening))).byteLength).toBe(0)
    expect(await collect(work.seal(piecesOf(empty.plain, 50), empty.opening))).toEqual(empty.bytes)
  })

  test('ends the opening of a damaged object with an error, after authentic bytes only', async () => {
    const damaged = new Uint8Array(sealed.bytes)
    const at = damaged.byteLength - 100
    damaged[at] = (damaged[at] ?? 0) ^ 1
    let openedBytes = 0
    const opening = async (): Promise<void> => {
      for await (const piece of start().open(piecesOf(damaged, 100_000), sealed.opening))
        openedBytes += piece.byteLength
    }
    await expect(opening()).rejects.toMatchObject({ code: 'object.unreadable', name: 'HoldfastError' })
    expect(openedBytes).toBeLessThanOrEqual(19 * segmentBytes + segmentBytes)
  })

  test('refuses to seal a source of another length than announced', async () => {
    const work = start()
    for (const size of [sealed.plain.byteLength - 1, sealed.plain.byteLength + 1]) {
      const sealing = collect(work.seal(piecesOf(bytesOf(size, 'other'), 100_000), sealed.opening))
      await expect(sealing).rejects.toMatchObject({ code: 'object.changed' })
    }
  })

  test('throws the very error of its source, and works on', async () => {
    const work = start(1)
    const lost = new Error('the connection was lost')
    async function* failing(): AsyncGenerator<Uint8Array, void, void> {
      yield sealed.bytes.slice(0, 500_000)
      await Promise.resolve()
      throw lost
    }
    await expect(work.inspect(failing(), asItStands)).rejects.toBe(lost)
    await expect(collect(work.open(failing(), sealed.opening))).rejects.toBe(lost)
    await expect(collect(work.seal(failing(), sealed.opening))).rejects.toBe(lost)
    expect((await work.inspect(piecesOf(plain, 70_000), asItStands)).sha256).toBe(sha256(plain))
  })

  test('leaves its caller the key and what shares a buffer with a piece', async () => {
    const work = start()
    const slab = new Uint8Array(sealed.bytes.byteLength + 10)
    slab.set(sealed.bytes, 10)
    async function* views(): AsyncGenerator<Uint8Array, void, void> {
      yield slab.subarray(10, 1_000_000)
      yield slab.subarray(1_000_000)
    }
    expect(sha256(await collect(work.open(views(), sealed.opening)))).toBe(sha256(sealed.plain))
    expect(sha256(slab.subarray(10))).toBe(sha256(sealed.bytes))
    expect(sha256(await collect(work.open(views(), sealed.opening)))).toBe(sha256(sealed.plain))
  })

  test('ends with `cancelled` while its source gives nothing, and works on', async () => {
    const work = start(1)
    const calls = [
      (pieces: AsyncIterable<Uint8Array>, signal: AbortSignal) => work.inspect(pieces, asItStands, signal),
      (pieces: AsyncIterable<Uint8Array>, signal: AbortSignal) =>
        collect(work.open(pieces, sealed.opening, signal)),
      (pieces: AsyncIterable<Uint8Array>, signal: AbortSignal) =>
        collect(work.seal(pieces, sealed.opening, signal)),
    ]
    for (const call of calls) {
      const source = watchedSource(sealed.plain, { stallAfterBytes: 400_000 })
      const abort = new AbortController()
      const end = expect(call(source.pieces, abort.signal)).rejects.toMatchObject({ code: 'cancelled' })
      await source.stalled
      abort.abort()
      await end
      expect(source.isClosed()).toBe(true)
    }
    expect((await work.inspect(piecesOf(plain, 70_000), asItStands)).sha256).toBe(sha256(plain))
  })

  test('ends with `cancelled` while a walker waits for something that never comes', async () => {
    const work = start(1)
    const abort = new AbortController()
    const source = watchedSource(plain)
    const task = { opening: null, walk: { walker: 'waiting for ever', options: null } }
    const end = expect(work.inspect(source.pieces, task, abort.signal)).rejects.toMatchObject({
      code: 'cancelled',
    })
    await settled(source.givenBytes)
    abort.abort()
    await end
    await until(source.isClosed)
    expect((await work.inspect(piecesOf(plain, 70_000), asItStands)).sha256).toBe(sha256(plain))
  })

  test('does not begin what was cancelled before, or while it waited', async () => {
    const work = start(1)
    const never = watchedSource(plain)
    const before = work.inspect(never.pieces, asItStands, AbortSignal.abort())
    await expect(before).rejects.toMatchObject({ code: 'cancelled' })
    expect([never.isOpened(), never.isClosed()]).toEqual([false, true])

    const holding = new AbortController()
    const holder = watchedSource(plain, { stallAfterBytes: 0 })
    const held = expect(work.inspect(holder.pieces, asItStands, holding.signal)).rejects.toMatchObject({
      code: 'cancelled',
    })
    await holder.stalled
    const waiting = new AbortController()
    const waiter = watchedSource(plain)
    const waited = expect(work.inspect(waiter.pieces, asItStands, waiting.signal)).rejects.toMatchObject({
      code: 'cancelled',
    })
    waiting.abort()
    await waited
    expect([waiter.isOpened(), waiter.isClosed()]).toEqual([false, true])
    holding.abort()
    await held
    expect((await work.inspect(piecesOf(plain, 70_000), asItStands)).sha256).toBe(sha256(plain))
  })

  test('works on so many streams at once, and on the others in their order', async () => {
    const work = start(2)
    const abort = new AbortController()
    const holders = [0, 1].map(() => watchedSource(plain, { stallAfterBytes: 100_000 }))
    const held = holders.map((holder) =>
      expect(work.inspect(holder.pieces, asItStands, abort.signal)).rejects.toMatchObject({
        code: 'cancelled',
      }),
    )
    await Promise.all(holders.map((holder) => holder.stalled))

    const begun: number[] = []
    async function* source(number: number): AsyncGenerator<Uint8Array, void, void> {
      begun.push(number)
      yield bytesOf(1000, `later ${number}`)
    }
    const results = [0, 1, 2, 3].map((number) => work.inspect(source(number), asItStands))
    await settled(() => begun.length)
    expect(begun).toEqual([])
    abort.abort()
    await Promise.all(held)
    expect((await Promise.all(results)).map(({ sizeBytes }) => sizeBytes)).toEqual([1000, 1000, 1000, 1000])
    expect(begun).toEqual([0, 1, 2, 3])
  })

  test('reads no further ahead than its windows where nobody takes what it makes', async () => {
    const work = start(1)
    const big = new Uint8Array(96 * 1024 * 1024)
    const sealing = await sealingKey()
    const { opening } = await sealedObject(0, { sealing })
    const header = { ...opening.header, plainSizeBytes: big.byteLength }
    const source = watchedSource(big, { pieceBytes: 1024 * 1024 })
    const sealedPieces = work.seal(source.pieces, { ...opening, header })[Symbol.asyncIterator]()
    await sealedPieces.next()
    await sealedPieces.next()
    expect(await settled(source.givenBytes)).toBeLessThan(24 * 1024 * 1024)
    await sealedPieces.return?.()
    await until(source.isClosed)
    expect((await work.inspect(piecesOf(plain, 70_000), asItStands)).sha256).toBe(sha256(plain))
  })

  test('closes its source where the caller leaves early, and works on', async () => {
    const work = start(1)
    const source = watchedSource(sealed.bytes, { pieceBytes: 200_000, stallAfterBytes: 1_000_000 })
    for await (const piece of work.open(source.pieces, sealed.opening)) {
      expect(piece.byteLength).toBeGreaterThan(0)
      break
    }
    expect(source.isClosed()).toBe(true)
    expect(sha256(await collect(work.open(piecesOf(sealed.bytes, 9000), sealed.opening)))).toBe(
      sha256(sealed.plain),
    )
  })

  test('closed ends what is under way or waiting with `cancelled`, and begins nothing more', async () => {
    const work = start(1)
    const source = watchedSource(plain, { stallAfterBytes: 100_000 })
    const underWay = expect(work.inspect(source.pieces, asItStands)).rejects.toMatchObject({
      code: 'cancelled',
    })
    const waiting = expect(collect(work.open(piecesOf(plain, 9), sealed.opening))).rejects.toMatchObject({
      code: 'cancelled',
    })
    await source.stalled
    await work.close()
    await Promise.all([underWay, waiting])
    expect(source.isClosed()).toBe(true)
    await expect(work.inspect(piecesOf(plain, 9), asItStands)).rejects.toMatchObject({ code: 'cancelled' })
  })
})
