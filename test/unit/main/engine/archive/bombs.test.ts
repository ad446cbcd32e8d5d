import { createGzip } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { gzip } from '../../../../../src/main/engine/archive/tar-writer.ts'
import { maskedCrc32c } from '../../../../../src/main/engine/crc32c.ts'
import { walkArchive } from '../../../../../src/main/systems/chango/walk.ts'
import { varints } from '../../../../lab/rocksdb.ts'
import { endOfTar, gnuLong, paxHeader, rawFile, rawHeader, withChecksum } from '../../../../lab/raw-tar.ts'

const mebibyte = 1024 * 1024

/** The codes found, and by how much the process grew at most while it read. */
async function walked(
  pieces: AsyncIterable<Uint8Array>,
): Promise<{ codes: string[]; grewBytes: number; readBytes: number }> {
  const before = process.memoryUsage.rss()
  let most = before
  let readBytes = 0
  async function* watched() {
    for await (const piece of pieces) {
      readBytes += piece.byteLength
      most = Math.max(most, process.memoryUsage.rss())
      yield piece
    }
  }
  const { findings } = await walkArchive(watched())
  most = Math.max(most, process.memoryUsage.rss())
  return { codes: findings.map(({ code }) => code), grewBytes: most - before, readBytes }
}

/** One deflated block of zeros, over and over: as much as is asked for, without deflating it each time. */
async function* gzipOfZeros(head: Uint8Array, zeroBytes: number): AsyncGenerator<Uint8Array> {
  const packer = createGzip({ level: 1 })
  packer.write(head)
  const zeros = Buffer.alloc(8 * mebibyte)
  const parts: Uint8Array[] = []
  packer.on('data', (part: Uint8Array) => parts.push(part))
  const done = new Promise((resolve) => packer.once('end', resolve))
  for (let left = zeroBytes; left > 0; left -= zeros.byteLength) {
    await new Promise<void>((resolve) => packer.write(zeros, () => resolve()))
    yield* parts.splice(0)
  }
  packer.end()
  await done
  yield* parts
}

async function* repeated(part: (index: number) => Uint8Array, count: number): AsyncGenerator<Uint8Array> {
  const batch: Uint8Array[] = []
  for (let index = 0; index < count; index += 1) {
    batch.push(part(index))
    if (batch.length >= 256) yield Buffer.concat(batch.splice(0))
  }
  yield Buffer.concat([...batch, endOfTar])
}

describe('an archive made to exhaust its reader is refused in bounded memory', () => {
  test('a thousand bytes for one, once a gibibyte has come out', async () => {
    const header = rawHeader({ name: 'kms/zeros', patch: { 124: '77777777777\0' } })
    const bomb = gzipOfZeros(header, 4096 * mebibyte)
    const { codes, grewBytes, readBytes } = await walked(bomb)
    expect(codes).toEqual(['archive.tooLarge'])
    expect(grewBytes).toBeLessThan(300 * mebibyte)
    // It stopped soon after the first gibibyte, not at the end of four.
    expect(readBytes).toBeLessThan(12 * mebibyte)
  })

  test('a million empty files', async () => {
    const header = Buffer.from(rawHeader({ name: 'kms/' }))
    const file = (index: number): Uint8Array => {
      header.write(String(index).padStart(8, '0'), 4, 'latin1')
      return withChecksum(header)
    }
    const { codes, grewBytes } = await walked(gzip(repeated(file, 1_000_000), 1))
    expect(codes).toEqual(['archive.tooLarge'])
    expect(grewBytes).toBeLessThan(300 * mebibyte)
  })

  test('ten thousand extended headers of a mebibyte', async () => {
    const extended = paxHeader([['comment', 'x'.repeat(mebibyte - 100)]])
    const file = (index: number): Uint8Array => Buffer.concat([extended, rawFile({ name: `kms/${index}` })])
    const { codes, grewBytes } = await walked(gzip(oneByOne(file, 10_000), 1))
    expect(codes).toEqual(['archive.tooLarge'])
    expect(grewBytes).toBeLessThan(300 * mebibyte)
  })

  test('ten thousand extended headers of four mebibytes', async () => {
    const extended = paxHeader([['comment', 'x'.repeat(4 * mebibyte)]])
    const file = (): Uint8Array => Buffer.concat([extended, rawFile({})])
    expect((await walked(gzip(oneByOne(file, 10_000), 1))).codes).toEqual(['archive.tooLarge'])
  })

  test('long names in deep folders, each within its limit', async () => {
    const file = (index: number): Uint8Array =>
      Buffer.concat([gnuLong(`kms/${index}/${'d/'.repeat(2000)}f`), rawFile({})])
    const { codes, grewBytes } = await walked(gzip(repeated(file, 20_000), 1))
    expect(codes).toEqual(['archive.tooLarge'])
    expect(grewBytes).toBeLessThan(300 * mebibyte)
  })

  test('a manifest beside a manifest, a thousand times', async () => {
    const text = JSON.stringify({
      kmsRocksDbPath: '/a',
      iamRocksDbPath: '/b',
      metadataRocksDbPath: '/c',
      x: 'x'.repeat(90_000),
    })
    const file = (index: number): Uint8Array => rawFile({ name: `${index}/manifest.json` }, text)
    const { codes, grewBytes } = await walked(gzip(oneByOne(file, 1000), 1))
    expect(codes).toContain('archive.malformed')
    expect(grewBytes).toBeLessThan(300 * mebibyte)
  })

  test('manifests that list as many files as they can', async () => {
    const sha256 = 'a'.repeat(64)
    const files = Array.from({ length: 45_000 }, (_, index) => ({ path: String(index), sha256 }))
    const text = JSON.stringify({ files })
    const file = (index: number): Uint8Array => rawFile({ name: `${index}/manifest.json` }, text)
    const { codes, grewBytes } = await walked(gzip(oneByOne(file, 64), 1))
    expect(codes).toEqual(['archive.tooLarge'])
    expect(grewBytes).toBeLessThan(300 * mebibyte)
  })
})

const blockBytes = 32 * 1024

/** A piece of a record of RocksDB's log, of this type. */
function logPiece(type: 'full' | 'first' | 'middle', payload: Uint8Array): Buffer {
  const piece = Buffer.concat([Buffer.alloc(6), Buffer.of({ full: 1, first: 2, middle: 3 }[type]), payload])
  piece.writeUInt32LE(maskedCrc32c(piece, 6), 0)
  piece.writeUInt16LE(payload.byteLength, 4)
  return piece
}

/** Blocks of a log, each full of this piece. */
function blocksOf(piece: Buffer, blocks: number): Buffer {
  const block = Buffer.alloc(blockBytes)
  for (let at = 0; at + piece.byteLength <= blockBytes; at += piece.byteLength) piece.copy(block, at)
  return Buffer.alloc(blocks * blockBytes, block)
}

/** A log with a record in each of its blocks. */
function logOf(blocks: number, recordOf: (block: number) => Uint8Array): Buffer {
  return Buffer.concat(
    Array.from({ length: blocks }, (_, block) => {
      const piece = logPiece('full', recordOf(block))
      return Buffer.concat([piece, Buffer.alloc(blockBytes - piece.byteLength)])
    }),
  )
}

/** As many tables as fit, no two of them with one number. */
function tablesOf(block: number): Uint8Array {
  const numbers = Array.from({ length: 3600 }, (_, place) => 2 ** 21 + 3600 * block + place)
  return Buffer.concat(numbers.map((number) => varints(7, 0, number, 1, 0, 0)))
}

describe('a list of tables that was made to exhaust its reader', () => {
  const empty = new Uint8Array()
  const pieces = blocksOf(logPiece('middle', empty), 510)
  logPiece('first', empty).copy(pieces)

  test.each([
    ['a record in millions of empty pieces', pieces],
    ['millions of empty records', blocksOf(logPiece('full', empty), 510)],
    ['records that wait for millions of others', blocksOf(logPiece('full', varints(300, 9_999_999)), 510)],
  ])('has %s: it is read in bounded time and memory', async (_name, list) => {
    const file = (index: number): Uint8Array => rawFile({ name: `kms/MANIFEST-${index}` }, list)
    const { codes, grewBytes } = await walked(gzip(oneByOne(file, 3), 1))
    expect(codes).toContain('archive.missingPart')
    expect(grewBytes).toBeLessThan(300 * mebibyte)
  })

  test('names more tables than an archive has entries: it is refused', async () => {
    const file = (): Uint8Array => rawFile({ name: 'kms/MANIFEST-1' }, logOf(150, tablesOf))
    const { codes, grewBytes } = await walked(gzip(oneByOne(file, 1), 1))
    expect(codes).toContain('archive.tooLarge')
    expect(grewBytes).toBeLessThan(300 * mebibyte)
  })

  test('names as many, in several lists that are each within the limit: it is refused', async () => {
    const list = logOf(60, tablesOf)
    const file = (index: number): Uint8Array => rawFile({ name: `kms/MANIFEST-${index}` }, withNeeded(list))
    expect((await walked(gzip(oneByOne(file, 4), 1))).codes).toContain('archive.tooLarge')
  })
})

/** The list with the numbers without which RocksDB opens no store. */
function withNeeded(list: Buffer): Buffer {
  const piece = logPiece('full', varints(2, 4, 9, 0, 3, 100, 4, 1000))
  return Buffer.concat([list, piece])
}

/** As `repeated`, for large parts. */
async function* oneByOne(part: (index: number) => Uint8Array, count: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index += 1) yield part(index)
  yield endOfTar
}
