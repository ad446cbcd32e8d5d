import { describe, expect, test } from 'vitest'
import { createBatchCount } from '../../../../../src/main/systems/armada/batch-count.ts'
import { putRecord } from '../../../../../src/main/systems/armada/record-writer.ts'
import { inMessages, withBatchEndsTwice } from '../../../../../src/main/systems/armada/send-twice.ts'
import { readRecords } from '../../../../../src/main/systems/armada/file-records.ts'
import { snappyStream } from '../../../../../src/main/systems/armada/snappy-writer.ts'
import { compressBlock } from '../../../../lab/snappy-compressor.ts'
import { seededNumber, seededRandom } from '../../../../lab/seeded.ts'

const batchBytes = 3_000

function* records(count: number, mostBytes: number): Generator<Uint8Array> {
  const random = seededRandom(`twice ${count} ${mostBytes}`)
  for (let index = 0; index < count; index += 1) {
    const key = Buffer.from(`key ${String(index).padStart(6, '0')}`)
    yield putRecord({ table: 't', key, value: Buffer.alloc(seededNumber(random, mostBytes), index) })
  }
}

async function keysOf(pieces: AsyncIterable<Uint8Array>): Promise<{
  readonly keys: readonly string[]
  readonly sizes: readonly number[]
}> {
  const keys: string[] = []
  const sizes: number[] = []
  const reading = readRecords(pieces)
  for (;;) {
    const next = await reading.next()
    if (next.done === true) {
      expect(next.value).toMatchObject({ complete: true, problems: [] })
      return { keys, sizes }
    }
    for (const { key, sizeBytes } of next.value) {
      keys.push(Buffer.from(key).toString())
      sizes.push(sizeBytes)
    }
  }
}

/** As the server does it: the record that fills a batch is in none. */
function kept(keys: readonly string[], sizes: readonly number[]): ReadonlySet<string> {
  const there = new Set<string>()
  let filled = 0
  for (const [index, key] of keys.entries()) {
    filled += sizes[index] ?? 0
    if (filled < batchBytes) there.add(key)
    else filled = 0
  }
  return there
}

async function* cut(pieces: AsyncIterable<Uint8Array>, every: number): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces)
    for (let at = 0; at < piece.byteLength; at += every) yield piece.subarray(at, at + every)
}

describe('A file that is sent to a server that loses records', () => {
  test.each([
    [700, 600, 1 << 20],
    [700, 600, 7],
    [2_000, 90, 1_000],
    [40, 2_900, 333],
    [3, 20_000, 5_000],
    [0, 1, 1],
  ])(
    'holds %i records of up to %i bytes, cut every %i bytes, so that each arrives that can',
    async (count, most, every) => {
      const file = () => cut(snappyStream(records(count, most), compressBlock), every)
      const { keys, sizes } = await keysOf(file())
      const sent = { records: 0, twice: 0, lost: 0 }
      const resent = await keysOf(withBatchEndsTwice(file(), batchBytes, sent))
      expect(sent.records).toBe(count)
      expect(resent.keys.length).toBe(count + sent.twice)
      expect([...new Set(resent.keys)]).toEqual(keys)
      const tooLong = keys.filter((_, index) => (sizes[index] ?? 0) >= batchBytes)
      expect(sent.lost).toBe(tooLong.length)
      const there = kept(resent.keys, resent.sizes)
      expect(keys.filter((key) => !there.has(key))).toEqual(tooLong)
      if (count > 100) expect(kept(keys, sizes).size).toBeLessThan(count - 10)
    },
  )

  test('goes through byte for byte where no batch is filled', async () => {
    const file = async () => joined(snappyStream(records(200, 600), compressBlock))
    const sent = { records: 0, twice: 0, lost: 0 }
    const through = await joined(
      withBatchEndsTwice(snappyStream(records(200, 600), compressBlock), 1e9, sent),
    )
    expect(through.equals(await file())).toBe(true)
    expect(sent).toEqual({ records: 200, twice: 0, lost: 0 })
  })

  test('is refused where it is damaged or cut', async () => {
    const file = await joined(snappyStream(records(50, 600), compressBlock))
    const sent = { records: 0, twice: 0, lost: 0 }
    const through = async (bytes: Buffer) => joined(withBatchEndsTwice(once(bytes), batchBytes, sent))
    await expect(through(file.subarray(0, -1))).rejects.toThrow('ends early')
    const spoilt = Buffer.from(file)
    const middle = Math.floor(spoilt.byteLength / 2)
    spoilt[middle] = (spoilt[middle] ?? 0) ^ 1
    await expect(through(spoilt)).rejects.toThrow('damaged')
  })

  test('goes out in messages of one size, the last one shorter', async () => {
    const file = await joined(snappyStream(records(100, 600)))
    const sizes: number[] = []
    for await (const message of inMessages(cut(once(file), 700), 1_000)) sizes.push(message.byteLength)
    expect(sizes.slice(0, -1).every((size) => size === 1_000)).toBe(true)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(file.byteLength)
  })
})

test('A batch count tells which record is lost, and which one cannot be saved by sending it twice', () => {
  const batches = createBatchCount(100)
  expect([60, 39, 1, 98, 1, 100, 99, 200].map((size) => batches.take(size))).toEqual([
    'kept',
    'kept',
    'twice',
    'kept',
    'twice',
    'lost',
    'kept',
    'lost',
  ])
})

async function joined(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const piece of pieces) parts.push(piece)
  return Buffer.concat(parts)
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
