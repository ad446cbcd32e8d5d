import { createGzip } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { gzip } from '../../../../../src/main/engine/archive/tar-writer.ts'
import { walkArchive } from '../../../../../src/main/systems/chango/walk.ts'
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
})

/** As `repeated`, for large parts. */
async function* oneByOne(part: (index: number) => Uint8Array, count: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index += 1) yield part(index)
  yield endOfTar
}
