import { describe, expect, test } from 'vitest'
import { crc32c, maskedCrc32c } from '../../../../../src/main/engine/crc32c.ts'
import { decompressBlock } from '../../../../../src/main/systems/armada/snappy-block.ts'
import { createFrameDecoder, streamIdentifier } from '../../../../../src/main/systems/armada/snappy-frames.ts'
import { snappyStream } from '../../../../../src/main/systems/armada/snappy-writer.ts'
import { seededNumber, seededRandom } from '../../../../lab/seeded.ts'
import { compressBlock } from '../../../../lab/snappy-compressor.ts'
import { gathered } from './fixture.ts'
import { tries } from '../../../../support/tries.ts'

const text = (value: string): Uint8Array => Buffer.from(value, 'utf8')

describe('CRC-32C', () => {
  test.each([
    ['nothing', new Uint8Array(), 0],
    ['the check value of the catalogues', text('123456789'), 0xe3069283],
    ['32 zeros (RFC 3720, B.4)', new Uint8Array(32), 0x8a9136aa],
    ['32 bytes of ones (RFC 3720, B.4)', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['0 to 31 (RFC 3720, B.4)', Uint8Array.from({ length: 32 }, (_, at) => at), 0x46dd794e],
    ['31 to 0 (RFC 3720, B.4)', Uint8Array.from({ length: 32 }, (_, at) => 31 - at), 0x113fdb5c],
  ])('of %s is as published', (_, bytes, crc) => {
    expect(crc32c(bytes)).toBe(crc)
  })

  test('is the same bit by bit, for every length and place', () => {
    const bytes = seededRandom('crc').bytes(80)
    for (let start = 0; start < 20; start += 1) {
      for (let end = start; end <= bytes.byteLength; end += 1) {
        expect(crc32c(bytes, start, end)).toBe(slowCrc(bytes.subarray(start, end)))
      }
    }
  })

  test('is turned and shifted as the framing format has it', () => {
    const crc = 0xe3069283
    expect(maskedCrc32c(text('123456789'))).toBe((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0)
  })
})

describe('a block of snappy', () => {
  const plainOf = (block: readonly number[]): string => {
    const out = new Uint8Array(65_536)
    const size = decompressBlock(Uint8Array.from(block), 0, block.length, out)
    return typeof size === 'string' ? size : Buffer.from(out.subarray(0, size)).toString('latin1')
  }

  test('is literals and copies, which may reach into what they write', () => {
    expect(plainOf([0])).toBe('')
    expect(plainOf([3, 2 << 2, 97, 98, 99])).toBe('abc')
    expect(plainOf([10, 0, 97, (8 << 2) | 2, 1, 0])).toBe('aaaaaaaaaa')
    expect(plainOf([6, 1 << 2, 97, 98, (0 << 2) | 1, 2])).toBe('ababab')
    expect(plainOf([6, 1 << 2, 97, 98, (3 << 2) | 3, 2, 0, 0, 0])).toBe('ababab')
    expect(plainOf([3, 60 << 2, 2, 97, 98, 99])).toBe('abc')
    expect(plainOf([3, 63 << 2, 2, 0, 0, 0, 97, 98, 99])).toBe('abc')
  })

  test.each([
    ['no length', [], 'its plain length cannot be read'],
    ['a length without an end', [0x80, 0x80, 0x80, 0x80, 0x80, 0], 'its plain length cannot be read'],
    ['more than 64 KiB', [0x81, 0x80, 4], 'it says that it has 65537 plain bytes'],
    ['a length of 4 GiB', [0xff, 0xff, 0xff, 0xff, 0x0f], 'it says that it has 4294967295 plain bytes'],
    ['a cut literal', [3, 2 << 2, 97, 98], 'a literal is cut'],
    ['a literal whose length is cut', [3, 61 << 2, 2], 'a literal is cut'],
    ['a literal of 4 GiB', [3, 63 << 2, 255, 255, 255, 255, 97], 'a literal is cut'],
    ['a literal too many', [2, 2 << 2, 97, 98, 99], 'it has more plain bytes than it says'],
    ['a literal too few', [4, 2 << 2, 97, 98, 99], 'it has fewer plain bytes than it says'],
    ['a cut copy of one byte', [5, 0, 97, 1], 'a copy is cut'],
    ['a cut copy of two bytes', [5, 0, 97, (3 << 2) | 2, 1], 'a copy is cut'],
    ['a cut copy of four bytes', [5, 0, 97, (3 << 2) | 3, 1, 0, 0], 'a copy is cut'],
    ['a copy from nowhere', [5, 0, 97, (3 << 2) | 2, 0, 0], 'a copy leads before its beginning'],
    ['a copy from before the beginning', [5, 0, 97, (3 << 2) | 2, 2, 0], 'a copy leads before its beginning'],
    ['a copy from 4 GiB before', [5, 0, 97, (3 << 2) | 3, 1, 0, 0, 128], 'a copy leads before its beginning'],
    ['a copy too long', [4, 0, 97, (3 << 2) | 2, 1, 0], 'it has more plain bytes than it says'],
  ])('with %s is refused', (_, block, why) => {
    expect(plainOf(block)).toContain(why)
  })

  test('comes out as it went in, whatever repeats in it', () => {
    const random = seededRandom('blocks')
    for (let round = 0; round < tries(300); round += 1) {
      const plain = repetitive(random, 1 + seededNumber(random, 5_000))
      const block = compressBlock(plain)
      if (block === null) continue
      const out = new Uint8Array(65_536)
      expect(decompressBlock(block, 0, block.byteLength, out)).toBe(plain.byteLength)
      expect(Buffer.compare(out.subarray(0, plain.byteLength), plain)).toBe(0)
    }
  })
})

describe('a stream of snappy frames', () => {
  const decoded = (stream: Uint8Array, pieceBytes = stream.byteLength): string => {
    const parts: Uint8Array[] = []
    const decoder = createFrameDecoder((plain) => parts.push(plain.slice()))
    try {
      for (let at = 0; at < stream.byteLength; at += pieceBytes)
        decoder.push(stream.subarray(at, at + pieceBytes))
      decoder.end()
    } catch (error) {
      return error instanceof Error ? error.message : 'thrown'
    }
    return Buffer.concat(parts).toString('latin1')
  }
  const stream = (...chunks: readonly Uint8Array[]): Uint8Array =>
    Buffer.concat([streamIdentifier, ...chunks])
  const chunk = (type: number, body: Uint8Array): Uint8Array =>
    Buffer.concat([
      Buffer.from([type, body.byteLength & 0xff, (body.byteLength >>> 8) & 0xff, body.byteLength >>> 16]),
      body,
    ])
  const summed = (plain: Uint8Array, body = plain): Uint8Array => {
    const crc = Buffer.alloc(4)
    crc.writeUInt32LE(maskedCrc32c(plain))
    return Buffer.concat([crc, body])
  }

  test('gives the same bytes however it is cut', async () => {
    const random = seededRandom('frames')
    const plain = Buffer.concat([repetitive(random, 150_000), random.bytes(90_000)])
    const file = await gathered(snappyStream([plain], compressBlock))
    for (const pieceBytes of [7, 4096, 65_543, file.byteLength]) {
      expect(decoded(file, pieceBytes)).toBe(plain.toString('latin1'))
    }
  })

  test('is nothing for nothing', async () => {
    expect(await gathered(snappyStream([]))).toHaveLength(0)
    expect(decoded(new Uint8Array())).toBe('')
    expect(decoded(stream())).toBe('')
  })

  test('may say its identifier again, and hold chunks that are stepped over', () => {
    const a = chunk(1, summed(text('a')))
    const b = chunk(0, summed(text('b'), Uint8Array.of(1, 0, 98)))
    const empty = chunk(1, summed(new Uint8Array()))
    const skipped = [0x80, 0xfd, 0xfe].map((type) => chunk(type, new Uint8Array(200_000)))
    const file = stream(a, ...skipped, streamIdentifier, empty, chunk(0x90, new Uint8Array()), b)
    for (const pieceBytes of [1, 3, 1000, file.byteLength]) expect(decoded(file, pieceBytes)).toBe('ab')
  })

  test.each([
    [
      'begins with a chunk',
      chunk(1, summed(text('a'))),
      'damaged at byte 0: it does not begin as a snappy stream',
    ],
    [
      'begins with padding',
      chunk(0xfe, text('a')),
      'damaged at byte 0: it does not begin as a snappy stream',
    ],
    ['is gzip', Uint8Array.of(0x1f, 0x8b, 8, 0, 0), 'it does not begin as a snappy stream'],
    ['is of another identifier', chunk(0xff, text('S2sTwO')), 'its identifier is not "sNaPpY"'],
    ['is of a longer identifier', chunk(0xff, text('sNaPpYY')), 'its identifier is not "sNaPpY"'],
    ['has a chunk that must be known', stream(chunk(2, text('a'))), 'byte 10: a chunk is of type 0x02'],
    ['has another such chunk', stream(chunk(0x7f, text('a'))), 'a chunk is of type 0x7f'],
    ['has a chunk without room for a checksum', stream(chunk(1, text('abc'))), 'no room for its checksum'],
    [
      'has a plain chunk of more than 64 KiB',
      stream(chunk(1, new Uint8Array(65_541))),
      'more than any chunk of 64 KiB',
    ],
    [
      'has a compressed chunk too long',
      stream(chunk(0, new Uint8Array(76_500))),
      'more than any chunk of 64 KiB',
    ],
    [
      'has a wrong checksum',
      stream(chunk(1, summed(text('a'), text('b')))),
      'byte 10: the checksum of a chunk is wrong',
    ],
    [
      'has no block',
      stream(chunk(0, summed(text('a'), text('')))),
      'a chunk cannot be decompressed, its plain length',
    ],
    [
      'is cut in a header',
      stream(Uint8Array.of(1, 2)),
      'ends early, within the chunk that begins at byte 10',
    ],
    [
      'is cut in a chunk',
      stream(chunk(1, summed(text('abc')))).subarray(0, -1),
      'ends early, within the chunk',
    ],
    ['is cut in what is stepped over', stream(chunk(0x80, text('abc'))).subarray(0, -1), 'ends early'],
    [
      'is a cut identifier',
      streamIdentifier.subarray(0, 7),
      'ends early, within the chunk that begins at byte 0',
    ],
  ])('that %s is refused', (_, file, why) => {
    for (const pieceBytes of [1, file.byteLength]) expect(decoded(file, pieceBytes)).toContain(why)
  })
})

function slowCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}

function repetitive(random: ReturnType<typeof seededRandom>, sizeBytes: number): Uint8Array {
  const out = Buffer.from(random.bytes(sizeBytes))
  for (let at = 1; at < sizeBytes; at += 1) {
    if (seededNumber(random, 3) > 0) continue
    const from = seededNumber(random, at)
    const length = Math.min(1 + seededNumber(random, 90), sizeBytes - at)
    for (let index = 0; index < length; index += 1) out[at + index] = out[from + index] ?? 0
    at += length
  }
  return out
}
