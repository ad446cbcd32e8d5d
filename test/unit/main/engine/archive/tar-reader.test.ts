import { describe, expect, test } from 'vitest'
import { ArchiveFault } from '../../../../../src/main/engine/archive/archive-fault.ts'
import { readTar, tarLimits, type TarLimits } from '../../../../../src/main/engine/archive/tar-reader.ts'
import { writeTar } from '../../../../../src/main/engine/archive/tar-writer.ts'
import { seededBytes } from '../../../../fakes/seeded-bytes.ts'
import { endOfTar, gnuLong, inPieces, paxHeader, rawFile, rawHeader } from '../../../../lab/raw-tar.ts'

interface Seen {
  readonly name: string
  readonly kind: string
  readonly text: string
}

async function read(bytes: Uint8Array, limits: TarLimits = tarLimits): Promise<Seen[]> {
  const seen: Seen[] = []
  for await (const { name, kind, pieces } of readTar(inPieces(bytes), limits)) {
    const parts: Uint8Array[] = []
    for await (const piece of pieces) parts.push(piece)
    seen.push({ name, kind, text: Buffer.concat(parts).toString('latin1') })
  }
  return seen
}

async function faultOf(bytes: Uint8Array, limits?: TarLimits): Promise<string> {
  try {
    await read(bytes, limits)
    return 'none'
  } catch (error) {
    if (error instanceof ArchiveFault) return error.code
    throw error
  }
}

function tar(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([...parts, endOfTar])
}

const long = `kms/${'n'.repeat(180)}`

describe('names and sizes', () => {
  test.each([
    ['the header', rawFile({ name: 'a/b' }, 'x'), 'a/b'],
    ['prefix and name', rawFile({ name: 'b', patch: { 345: 'a/long' } }, 'x'), 'a/long/b'],
    ['a full field of 100 bytes', rawFile({ name: 'n'.repeat(100) }, 'x'), 'n'.repeat(100)],
    ['no prefix in V7', rawFile({ name: 'b', patch: { 257: '\0'.repeat(8), 345: 'a' } }, 'x'), 'b'],
    ['no prefix in GNU', rawFile({ name: 'b', patch: { 257: 'ustar  \0', 345: 'a' } }, 'x'), 'b'],
    ['a long name before the header', Buffer.concat([gnuLong(long), rawFile({ name: 'cut' }, 'x')]), long],
    [
      'pax before the header',
      Buffer.concat([paxHeader([['path', long]]), rawFile({ name: 'cut' }, 'x')]),
      long,
    ],
    [
      'pax before the long name',
      Buffer.concat([paxHeader([['path', 'pax']]), gnuLong(long), rawFile({ name: 'cut' }, 'x')]),
      'pax',
    ],
    [
      'its own pax before the global one',
      Buffer.concat([
        paxHeader([['path', 'all']], 'g'),
        paxHeader([['path', 'own']]),
        rawFile({ name: 'cut' }, 'x'),
      ]),
      'own',
    ],
    [
      'the global pax before the long name',
      Buffer.concat([paxHeader([['path', 'all']], 'g'), gnuLong(long), rawFile({ name: 'cut' }, 'x')]),
      'all',
    ],
    [
      'a header name cut within a character, where pax has the whole',
      Buffer.concat([paxHeader([['path', 'é']]), rawFile({ name: Buffer.from([0xc3]) }, 'x')]),
      'é',
    ],
  ])('a name comes from %s', async (_, bytes, name) => {
    expect(await read(tar(bytes))).toEqual([{ name, kind: 'file', text: 'x' }])
  })

  test('a size comes from pax, else from the header, in octal or base 256', async () => {
    const base256 = Buffer.alloc(12)
    base256[0] = 0x80
    base256[11] = 3
    const bytes = tar(
      paxHeader([['size', '3']]),
      rawHeader({ sizeBytes: 0 }),
      Buffer.concat([Buffer.from('abc'), Buffer.alloc(509)]),
      rawHeader({ name: 'y', patch: { 124: base256 } }),
      Buffer.concat([Buffer.from('def'), Buffer.alloc(509)]),
      rawHeader({ name: 'z', patch: { 124: '         03 ' } }),
      Buffer.concat([Buffer.from('ghi'), Buffer.alloc(509)]),
    )
    expect((await read(bytes)).map(({ text }) => text)).toEqual(['abc', 'def', 'ghi'])
  })

  test('a folder is one by its type, or in V7 by its slash; old and contiguous types are files', async () => {
    const bytes = tar(
      rawFile({ name: 'a/', type: '5' }),
      rawFile({ name: 'b/', type: '\0' }),
      rawFile({ name: 'c', type: '\0' }),
      rawFile({ name: 'd', type: '7' }),
    )
    expect((await read(bytes)).map(({ kind }) => kind)).toEqual(['folder', 'folder', 'file', 'file'])
  })

  test('a checksum over signed bytes, as some old writers made it, is taken', async () => {
    const header = Buffer.from(rawHeader({ name: 'é' }))
    header.write('        ', 148, 'latin1')
    const sum = header.reduce((total, byte) => total + (byte > 127 ? byte - 256 : byte), 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    expect((await read(tar(header))).map(({ name }) => name)).toEqual(['é'])
  })
})

describe('reading', () => {
  test('gives contents of any size back, in whatever pieces they come', async () => {
    const sizes = [0, 1, 511, 512, 513, 100_000]
    const made = writeTar(
      sizes.map((sizeBytes) => ({
        name: `f${sizeBytes}`,
        kind: 'file' as const,
        sizeBytes,
        pieces: [seededBytes(`f${sizeBytes}`, sizeBytes)],
      })),
    )
    const parts: Uint8Array[] = []
    for await (const piece of made) parts.push(piece)
    const seen = await read(Buffer.concat(parts))
    expect(seen.map(({ text }) => text)).toEqual(
      sizes.map((size) => Buffer.from(seededBytes(`f${size}`, size)).toString('latin1')),
    )
  })

  test('skips what is not read, and says where the archive ended', async () => {
    const bytes = tar(rawFile({ name: 'a' }, 'x'.repeat(3000)), rawFile({ name: 'b' }, 'y'))
    const entries = readTar(inPieces(Buffer.concat([bytes, Buffer.alloc(9000)])))
    const names: string[] = []
    let next = await entries.next()
    for (; next.done !== true; next = await entries.next()) names.push(next.value.name)
    expect(names).toEqual(['a', 'b'])
    expect(next.value).toBe(bytes.byteLength)
  })

  test('closes the source of who leaves early', async () => {
    let closed = false
    async function* source() {
      try {
        yield* inPieces(tar(rawFile({ name: 'a' }, 'x'), rawFile({ name: 'b' }, 'y')), 100)
      } finally {
        closed = true
      }
    }
    for await (const { name } of readTar(source())) {
      expect(name).toBe('a')
      break
    }
    expect(closed).toBe(true)
  })
})

describe('an archive that ends early', () => {
  const whole = tar(rawFile({ name: 'a' }, 'abc'), rawFile({ name: 'b' }, 'def'))

  test('is truncated wherever it is cut before its second zero block', async () => {
    for (let length = 0; length < whole.byteLength; length += 64) {
      expect([length, await faultOf(whole.subarray(0, length))]).toEqual([length, 'archive.truncated'])
    }
    expect(await faultOf(whole)).toBe('none')
  })

  test('may have zeros after its end, in any number, and nothing else', async () => {
    expect(await faultOf(Buffer.concat([whole, Buffer.alloc(10_001)]))).toBe('none')
    expect(await faultOf(Buffer.concat([whole, Buffer.alloc(700), Buffer.from([1])]))).toBe(
      'archive.malformed',
    )
    expect(await faultOf(Buffer.concat([whole, rawFile({ name: 'evil' }, 'x')]))).toBe('archive.malformed')
  })
})

describe('an archive that could be read in two ways', () => {
  const rows: readonly (readonly [string, Uint8Array, string])[] = [
    ['a wrong checksum', changed(rawHeader({}), 3), 'archive.malformed'],
    ['a single zero block', Buffer.concat([new Uint8Array(512), rawFile({})]), 'archive.malformed'],
    ['a folder that claims contents', rawFile({ type: '5', sizeBytes: 512 }, 'x'), 'archive.malformed'],
    ['a V7 folder that claims contents', rawFile({ name: 'a/' }, 'x'), 'archive.malformed'],
    ['a link that claims contents', rawFile({ type: '2' }, 'x'), 'archive.malformed'],
    ['a size that is no number', rawFile({ patch: { 124: '00000000x00\0' } }), 'archive.malformed'],
    ['a size with digits after its end', rawFile({ patch: { 124: '0000000 001\0' } }), 'archive.malformed'],
    ['a blank size', rawFile({ patch: { 124: ' '.repeat(12) } }), 'archive.malformed'],
    ['a negative size', rawFile({ patch: { 124: Buffer.alloc(12, 0xff) } }), 'archive.malformed'],
    ['a mode that is no number', rawFile({ patch: { 100: 'rwxrwx\0' } }), 'archive.malformed'],
    ['a name that is not UTF-8', rawFile({ name: Buffer.from([0x66, 0xff]) }), 'archive.malformed'],
    [
      'two pax headers',
      Buffer.concat([paxHeader([['path', 'a']]), paxHeader([['path', 'b']]), rawFile({})]),
      'archive.malformed',
    ],
    ['two long names', Buffer.concat([gnuLong('a'), gnuLong('b'), rawFile({})]), 'archive.malformed'],
    [
      'two paths in a pax header',
      Buffer.concat([
        paxHeader([
          ['path', 'a'],
          ['path', 'b'],
        ]),
        rawFile({}),
      ]),
      'archive.malformed',
    ],
    [
      'a pax size that is no number',
      Buffer.concat([paxHeader([['size', '1e3']]), rawFile({})]),
      'archive.malformed',
    ],
    [
      'a pax record of a wrong length',
      Buffer.concat([rawFile({ type: 'x' }, '99 path=a\n'), rawFile({})]),
      'archive.malformed',
    ],
    [
      'a pax record without end',
      Buffer.concat([rawFile({ type: 'x' }, '9 path=ab'), rawFile({})]),
      'archive.malformed',
    ],
    [
      'a pax record without keyword',
      Buffer.concat([rawFile({ type: 'x' }, '7 =abc\n'), rawFile({})]),
      'archive.malformed',
    ],
    [
      'a long name that goes on behind its size',
      Buffer.concat([rawFile({ type: 'L', sizeBytes: 3 }, 'kms/x'), rawFile({})]),
      'archive.malformed',
    ],
    [
      'a time beyond time',
      rawFile({ patch: { 136: Buffer.from([0x80, ...Array(11).fill(0xff)]) } }),
      'archive.malformed',
    ],
    ['a pax header of no entry', paxHeader([['path', 'a']]), 'archive.malformed'],
    ['a long name of no entry', gnuLong('a'), 'archive.malformed'],
    [
      'a global header in between',
      Buffer.concat([gnuLong('a'), paxHeader([['a', 'b']], 'g'), rawFile({})]),
      'archive.malformed',
    ],
    ['a sparse file of GNU', rawFile({ type: 'S', patch: { 257: 'ustar  \0' } }), 'archive.unsafeEntry'],
    [
      'a sparse file of pax',
      Buffer.concat([paxHeader([['GNU.sparse.major', '1']]), rawFile({})]),
      'archive.unsafeEntry',
    ],
    [
      'a size beyond 16 TiB',
      Buffer.concat([paxHeader([['size', String(16 * 1024 ** 4 + 1)]]), rawFile({})]),
      'archive.tooLarge',
    ],
    [
      'a size beyond any number',
      Buffer.concat([paxHeader([['size', '9'.repeat(20)]]), rawFile({})]),
      'archive.tooLarge',
    ],
    ['a name beyond 4 KiB', Buffer.concat([gnuLong('n'.repeat(4097)), rawFile({})]), 'archive.tooLarge'],
    [
      '5000 folders in each other',
      Buffer.concat([gnuLong('d/'.repeat(5000)), rawFile({})]),
      'archive.tooLarge',
    ],
    [
      'an extended header beyond 1 MiB',
      rawHeader({ type: 'x', sizeBytes: 1024 * 1024 + 1 }),
      'archive.tooLarge',
    ],
  ]
  test.each(rows)('is refused: %s', async (_, bytes, code) => {
    expect(await faultOf(tar(bytes))).toBe(code)
  })

  test('and the limits themselves are still allowed', async () => {
    expect(await faultOf(tar(gnuLong('n'.repeat(4096)), rawFile({})))).toBe('none')
    const entries = Array.from({ length: 5 }, (_, index) => rawFile({ name: `f${index}` }))
    expect(await faultOf(tar(...entries), { ...tarLimits, entries: 5 })).toBe('none')
    expect(await faultOf(tar(...entries), { ...tarLimits, entries: 4 })).toBe('archive.tooLarge')
    const globals = Array.from({ length: 5 }, () => paxHeader([['comment', 'x']], 'g'))
    expect(await faultOf(tar(...globals), { ...tarLimits, entries: 4 })).toBe('archive.tooLarge')
  })

  test('a folder of 512 bytes ends the reading instead of stalling it', async () => {
    expect(await faultOf(tar(rawHeader({ name: 'kms/', type: '5', sizeBytes: 512 })))).toBe(
      'archive.malformed',
    )
  })
})

function changed(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 0x01
  return copy
}
