import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { createWorkerPool } from '../../../../../src/main/adapters/byte-work/worker-pool.ts'
import type { ByteWork, InspectTask } from '../../../../../src/main/ports/byte-work.ts'
import { bytesOf, collect, piecesOf, sealedObject, sha256 } from '../../../../support/envelopes.ts'
import { until, watchedSource } from '../../../../support/sources.ts'

const workerUrl = new URL('../../../../support/byte-worker.ts', import.meta.url)
const plain = bytesOf(900_000, 'plain')
const asItStands: InspectTask = { opening: null, walk: null }

function walking(walker: string, options: unknown = null): InspectTask {
  return { opening: null, walk: { walker, options } }
}

describe('a pool of worker threads', () => {
  let pool: ByteWork | null = null

  function start(parallel: number, url: URL = workerUrl): ByteWork {
    pool = createWorkerPool({ parallel, workerUrl: url })
    return pool
  }

  async function threadOf(work: ByteWork): Promise<unknown> {
    return (await work.inspect(piecesOf(plain, 100_000), walking('thread'))).content
  }

  afterEach(async () => {
    await pool?.close()
    pool = null
  })

  test('uses a thread again, and starts a second one only where it is needed', async () => {
    const work = start(2)
    const first = await threadOf(work)
    expect(first).toEqual(expect.any(Number))
    expect(first).not.toBe(0)
    expect(await threadOf(work)).toBe(first)
    const both = await Promise.all([threadOf(work), threadOf(work)])
    expect(new Set(both).size).toBe(2)
  })

  test('keeps no thread whose heap has grown, and says what it found all the same', async () => {
    const work = start(1)
    const first = await threadOf(work)
    const { content } = await work.inspect(piecesOf(plain, 100_000), walking('hoarding'))
    expect(content).toBe(2_000_000)
    expect(await threadOf(work)).not.toBe(first)
  })

  test('uses a thread again after an aborted call', async () => {
    const work = start(1)
    const first = await threadOf(work)
    const abort = new AbortController()
    const source = watchedSource(plain, { stallAfterBytes: 400_000 })
    const end = expect(work.inspect(source.pieces, asItStands, abort.signal)).rejects.toMatchObject({
      code: 'cancelled',
    })
    await source.stalled
    abort.abort()
    await end
    expect(await threadOf(work)).toBe(first)
  })

  test('tells its caller that a thread died, closes the source and starts another one', async () => {
    const work = start(1)
    const first = await threadOf(work)
    const source = watchedSource(plain, { stallAfterBytes: 300_000 })
    await expect(work.inspect(source.pieces, walking('deadly'))).rejects.toMatchObject({ code: 'internal' })
    expect(source.isClosed()).toBe(true)
    expect(await threadOf(work)).not.toBe(first)
  })

  test('ends a thread that does not listen to an abort, and starts another one', async () => {
    const work = start(1)
    const first = await threadOf(work)
    const abort = new AbortController()
    const source = watchedSource(plain)
    const end = expect(work.inspect(source.pieces, walking('spinning'), abort.signal)).rejects.toMatchObject({
      code: 'cancelled',
    })
    await until(source.isOpened)
    abort.abort()
    await end
    expect(await threadOf(work)).not.toBe(first)
  })

  test('does not hang where a worker cannot start', async () => {
    const work = start(1, new URL('./no-such-worker.ts', import.meta.url))
    await expect(work.inspect(piecesOf(plain, 1000), asItStands)).rejects.toMatchObject({ code: 'internal' })
    await expect(work.inspect(piecesOf(plain, 1000), asItStands)).rejects.toMatchObject({ code: 'internal' })
  })

  test('does not hang where a task or an answer cannot be sent', async () => {
    const work = start(1)
    const first = await threadOf(work)
    const unsendable = work.inspect(
      piecesOf(plain, 1000),
      walking('counter', () => 'a function'),
    )
    await expect(unsendable).rejects.toThrow(/could not be cloned/)
    expect(await threadOf(work)).toBe(first)
    await expect(work.inspect(piecesOf(plain, 1000), walking('secretive'))).rejects.toMatchObject({
      code: 'internal',
    })
    expect((await work.inspect(piecesOf(plain, 1000), asItStands)).sha256).toBe(sha256(plain))
  })

  test('runs the worker of the product', async () => {
    const work = start(1, new URL('../../../../../src/main/hosts/worker.ts', import.meta.url))
    const sealed = await sealedObject(150_000)
    expect((await work.inspect(piecesOf(plain, 9000), asItStands)).sha256).toBe(sha256(plain))
    expect(sha256(await collect(work.open(piecesOf(sealed.bytes, 9000), sealed.opening)))).toBe(
      sha256(sealed.plain),
    )
  })

  test('does not keep its process alive while it has nothing to do', async () => {
    const poolUrl = new URL('../../../../../src/main/adapters/byte-work/worker-pool.ts', import.meta.url)
    const program = `
      import { createWorkerPool } from ${JSON.stringify(poolUrl.href)}
      const pool = createWorkerPool({ parallel: 2, workerUrl: new URL(${JSON.stringify(workerUrl.href)}) })
      async function* source() { yield new Uint8Array(10) }
      const { sizeBytes } = await pool.inspect(source(), { opening: null, walk: null })
      console.log(sizeBytes)`
    const run = promisify(execFile)
    const { stdout } = await run(process.execPath, ['-e', program])
    expect(stdout.trim()).toBe('10')
  })
})
