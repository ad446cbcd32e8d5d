import { constants, crc32, deflateRawSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArchiveFault } from '../../../../../src/main/engine/archive/archive-fault.ts'
import { gunzip, type GunzipLimits } from '../../../../../src/main/engine/archive/gunzip.ts'
import { seededBytes } from '../../../../fakes/seeded-bytes.ts'
import { inPieces } from '../../../../lab/raw-tar.ts'
import { tries } from '../../../../support/tries.ts'

async function unpack(bytes: Uint8Array, limits?: GunzipLimits, pieceBytes?: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const piece of gunzip(inPieces(bytes, pieceBytes), limits)) parts.push(piece)
  return Buffer.concat(parts)
}

async function faultOf(bytes: Uint8Array, limits?: GunzipLimits): Promise<string> {
  try {
    await unpack(bytes, limits)
    return 'none'
  } catch (error) {
    if (error instanceof ArchiveFault) return error.code
    throw error
  }
}

/** A member made by hand, with any header fields of RFC 1952. */
function member(plain: Uint8Array, flags: number, fields: Uint8Array): Buffer {
  const header = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 255]), fields])
  const headerSum = Buffer.alloc(2)
  headerSum.writeUInt16LE(crc32(header) & 0xffff)
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(crc32(plain), 0)
  trailer.writeUInt32LE(plain.byteLength, 4)
  const sum = (flags & 2) === 0 ? Buffer.alloc(0) : headerSum
  return Buffer.concat([header, sum, deflateRawSync(plain), trailer])
}

const plain = seededBytes('plain', 300_000)
const good = gzipSync(plain)

describe('a sound gzip member', () => {
  test.each([1, 2, 7, 977, 1_000_000])('gives its bytes back from pieces of %i bytes', async (pieceBytes) => {
    const small = plain.subarray(0, pieceBytes < 10 ? 5000 : plain.byteLength)
    expect((await unpack(gzipSync(small), undefined, pieceBytes)).equals(small)).toBe(true)
  })

  test.each(['extra', 'name', 'comment', 'header checksum', 'all'])(
    'may have the header field: %s',
    async (field) => {
      const flag = { extra: 4, name: 8, comment: 16, 'header checksum': 2, all: 30 }[field] ?? 0
      const fields = Buffer.concat([
        flag & 4 ? Buffer.from([5, 0, 1, 2, 3, 4, 5]) : Buffer.alloc(0),
        flag & 8 ? Buffer.from('archive.tar\0') : Buffer.alloc(0),
        flag & 16 ? Buffer.from('a comment\0') : Buffer.alloc(0),
      ])
      expect((await unpack(member(plain, flag, fields))).equals(plain)).toBe(true)
    },
  )

  test('may be empty, and may be followed by zeros', async () => {
    expect((await unpack(gzipSync(new Uint8Array()))).byteLength).toBe(0)
    expect((await unpack(Buffer.concat([good, Buffer.alloc(100_000)]))).equals(plain)).toBe(true)
  })

  test('may be made of many stored or flushed blocks', async () => {
    expect((await unpack(gzipSync(plain, { level: 0 }))).equals(plain)).toBe(true)
    const flushed = gzipSync(plain, { flush: constants.Z_FULL_FLUSH })
    expect((await unpack(flushed)).equals(plain)).toBe(true)
  })

  test('is read no further than its reader wants, and the source is closed', async () => {
    let closed = false
    let given = 0
    async function* source() {
      try {
        for await (const piece of inPieces(gzipSync(seededBytes('long', 4_000_000)))) {
          given += piece.byteLength
          yield piece
        }
      } finally {
        closed = true
      }
    }
    for await (const piece of gunzip(source())) {
      expect(piece.byteLength).toBeGreaterThan(0)
      break
    }
    expect(closed).toBe(true)
    expect(given).toBeLessThan(1_000_000)
  })

  test('passes on what its source throws', async () => {
    async function* source() {
      yield good.subarray(0, 500)
      throw new Error('connection lost')
    }
    const reading = async () => {
      for await (const piece of gunzip(source())) expect(piece).toBeDefined()
    }
    await expect(reading()).rejects.toThrow('connection lost')
  })
})

describe('a member that is not sound', () => {
  test('is truncated wherever it is cut', async () => {
    const small = gzipSync(plain.subarray(0, 300))
    for (let length = 0; length < small.byteLength; length += 1) {
      expect([length, await faultOf(small.subarray(0, length))]).toEqual([length, 'archive.truncated'])
    }
  })

  test.each([
    ['another member', Buffer.concat([good, gzipSync(Buffer.from('evil'))])],
    ['one byte more', Buffer.concat([good, Buffer.from([1])])],
    ['one byte more after zeros', Buffer.concat([good, Buffer.alloc(5000), Buffer.from([1])])],
    ['a wrong checksum', changed(good, good.byteLength - 8)],
    ['a wrong length', changed(good, good.byteLength - 1)],
    ['another method', changed(good, 2)],
    ['reserved flags', member(plain, 0x20, Buffer.alloc(0))],
    ['a wrong header checksum', changed(member(plain, 2, Buffer.alloc(0)), 10)],
    ['no deflate data', Buffer.concat([good.subarray(0, 10), Buffer.alloc(50, 0xff)])],
    ['no magic', Buffer.from('PK\u0003\u0004 and more than ten bytes')],
    ['no magic, and too short for a header', Buffer.from('hello')],
    ['half of the magic', Buffer.from([0x1f, 0x8c])],
    [
      'a name without end',
      Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]), Buffer.alloc(70_000, 65)]),
    ],
  ])('is malformed with %s', async (_, bytes) => {
    expect(await faultOf(bytes)).toBe('archive.malformed')
  })

  test('is too large where it swells beyond the limit, and says by how much', async () => {
    const limits = { maxRatio: 20, ratioFromBytes: 1_000_000 }
    const zeros = gzipSync(Buffer.alloc(3_000_000))
    expect(await faultOf(zeros, limits)).toBe('archive.tooLarge')
    expect(await faultOf(zeros, { ...limits, ratioFromBytes: 3_000_000 })).toBe('none')
    expect(await faultOf(gzipSync(seededBytes('dense', 3_000_000)), limits)).toBe('none')
    await expect(unpack(zeros, limits)).rejects.toThrow(/more than 20 : 1 after the first 1000000/)
  })

  test('never crashes or hangs the reader, whatever its bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.boolean(), async (bytes, asGzip) => {
        const input = asGzip ? Buffer.concat([good.subarray(0, 10), bytes]) : bytes
        expect(await faultOf(input)).toMatch(/^archive\.(truncated|malformed)$/)
      }),
      { seed: 1, numRuns: tries(300) },
    )
  })
})

function changed(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 0x01
  return copy
}
