import { createCipheriv, createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  createSegmentOpener,
  type SegmentsEnd,
} from '../../../../../src/main/engine/envelope/segment-opener.ts'
import type { OpeningKey } from '../../../../../src/main/ports/byte-work.ts'
import { sealedObject, sealingKey, segmentBytes, type SealedObject } from '../../../../support/envelopes.ts'

const stored = segmentBytes + 16
const lastBytes = 100

let object: SealedObject
let other: SealedObject
/** Header, then the three segments as stored. */
let parts: readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array]
let start: number

beforeAll(async () => {
  const sealing = await sealingKey()
  object = await sealedObject(2 * segmentBytes + lastBytes, { sealing })
  other = await sealedObject(2 * segmentBytes + lastBytes, { seed: 'another', sealing })
  start = object.opening.headerBytes.byteLength
  const { bytes } = object
  parts = [
    bytes.slice(0, start),
    bytes.slice(start, start + stored),
    bytes.slice(start + stored, start + 2 * stored),
    bytes.slice(start + 2 * stored),
  ]
})

function read(
  pieces: readonly Uint8Array[],
  opening: OpeningKey = object.opening,
): { readonly end: SegmentsEnd; readonly plainBytes: number } {
  const opener = createSegmentOpener(opening)
  let plainBytes = 0
  for (const piece of pieces) for (const plain of opener.push(piece)) plainBytes += plain.byteLength
  return { end: opener.end(), plainBytes }
}

/** A segment as only a holder of the data key can make it. */
function forged(segment: number, isLast: boolean, plainBytes: number): Uint8Array {
  const { header, headerBytes, dataKey } = object.opening
  const nonce = Buffer.alloc(12)
  Buffer.from(header.noncePrefix, 'base64').copy(nonce)
  nonce.writeUInt32BE(segment, 7)
  nonce[11] = isLast ? 1 : 0
  const cipher = createCipheriv('aes-256-gcm', dataKey, nonce)
  cipher.setAAD(createHash('sha256').update(headerBytes).digest())
  return Buffer.concat([cipher.update(Buffer.alloc(plainBytes, 7)), cipher.final(), cipher.getAuthTag()])
}

describe('a sealed object of three segments', () => {
  test('is authentic as it was sealed', () => {
    expect(read([object.bytes])).toEqual({
      end: { outcome: 'authentic', plainSizeBytes: 2 * segmentBytes + lastBytes },
      plainBytes: 2 * segmentBytes + lastBytes,
    })
  })

  test('with any single byte changed is tampered, and nothing of the changed segment comes out', () => {
    const bytes = new Uint8Array(object.bytes)
    const wrong: number[] = []
    // Two failed tags a change: drawing their stacks would take most of the time.
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    for (let at = 0; at < bytes.byteLength; at += 1) {
      const segment = at < start ? 0 : Math.floor((at - start) / stored)
      const change = 1 << (at % 8)
      bytes[at] = (bytes[at] ?? 0) ^ change
      const { end, plainBytes } = read([bytes])
      bytes[at] = (bytes[at] ?? 0) ^ change
      const isFound = end.outcome === 'tampered' && end.segment === segment
      if (!isFound || plainBytes !== segment * segmentBytes) wrong.push(at)
    }
    Error.stackTraceLimit = stackTraceLimit
    expect(wrong).toEqual([])
    expect(read([bytes]).end.outcome).toBe('authentic')
  })

  test('cut at or beside any edge of a segment is truncated, and only whole segments come out', () => {
    const edges = [
      0,
      8,
      start,
      start + segmentBytes,
      start + stored,
      start + stored + segmentBytes,
      start + 2 * stored,
    ]
    const cuts = new Set([
      ...edges,
      object.bytes.byteLength,
      object.bytes.byteLength - 16,
      start + 16,
      start + 1000,
    ])
    for (const edge of cuts) {
      for (const size of [edge - 1, edge, edge + 1]) {
        if (size < 0 || size >= object.bytes.byteLength) continue
        const whole = size < start ? 0 : Math.floor((size - start) / stored)
        expect(read([object.bytes.slice(0, size)])).toEqual({
          end: { outcome: 'truncated', segment: whole, atByte: size },
          plainBytes: whole * segmentBytes,
        })
      }
    }
  })

  test.each([1, 15, 16, 17, lastBytes + 16, segmentBytes, 300_000])(
    'with %d bytes behind it has trailing bytes',
    (count) => {
      expect(read([object.bytes, new Uint8Array(count)])).toEqual({
        end: { outcome: 'trailingBytes', segment: 2, atByte: object.bytes.byteLength },
        plainBytes: 2 * segmentBytes + lastBytes,
      })
    },
  )

  test('with two segments exchanged is tampered', () => {
    const [header, first, second, last] = parts
    expect(read([header, second, first, last]).end).toEqual({
      outcome: 'tampered',
      segment: 0,
      atByte: start,
    })
    expect(read([header, first, last, second]).end).toEqual({
      outcome: 'tampered',
      segment: 1,
      atByte: start + stored,
    })
  })

  test('with a segment twice is tampered; with its last one twice it has trailing bytes', () => {
    const [header, first, second, last] = parts
    expect(read([header, first, first, second, last]).end.outcome).toBe('tampered')
    expect(read([header, first, second, second, last]).end).toMatchObject({ outcome: 'tampered', segment: 2 })
    expect(read([header, first, second, last, last]).end.outcome).toBe('trailingBytes')
  })

  test('with a segment left out is what the rules make of it, never authentic', () => {
    const [header, first, second, last] = parts
    expect(read([header, second, last]).end).toMatchObject({ outcome: 'tampered', segment: 0 })
    expect(read([header, first, last]).end).toMatchObject({ outcome: 'truncated', segment: 1 })
    expect(read([header, first, second]).end).toMatchObject({ outcome: 'truncated', segment: 2 })
    expect(read([header, last]).end).toMatchObject({ outcome: 'truncated', segment: 0 })
    expect(read([header]).end).toMatchObject({ outcome: 'truncated', segment: 0 })
  })

  test('with bytes taken out of the middle is tampered', () => {
    const { bytes } = object
    const without = Buffer.concat([bytes.subarray(0, start + 500), bytes.subarray(start + 501)])
    expect(read([without]).end).toEqual({ outcome: 'tampered', segment: 0, atByte: start })
  })

  test('with a segment of another object of the same key is tampered', () => {
    const foreign = other.bytes.slice(start + stored, start + 2 * stored)
    expect(foreign.byteLength).toBe(stored)
    const [header, first, , last] = parts
    expect(read([header, first, foreign, last]).end).toEqual({
      outcome: 'tampered',
      segment: 1,
      atByte: start + stored,
    })
    const foreignLast = other.bytes.slice(start + 2 * stored)
    expect(read([header, first, parts[2], foreignLast]).end).toMatchObject({
      outcome: 'tampered',
      segment: 2,
    })
  })

  test('behind the header of another object of the same key is tampered', () => {
    const { headerBytes } = other.opening
    const grafted = Buffer.concat([headerBytes, object.bytes.subarray(start)])
    expect(read([grafted], other.opening).end).toMatchObject({ outcome: 'tampered', segment: 0 })
    // The object was exchanged after its header was read.
    expect(read([other.bytes]).end).toMatchObject({ outcome: 'tampered', segment: 0 })
  })
})

describe('a segment that authenticates with the other flag', () => {
  test('as not the last, at the end of the object: it is truncated', () => {
    const [header, first, second] = parts
    expect(read([header, first, second, forged(2, false, lastBytes)])).toEqual({
      end: { outcome: 'truncated', segment: 2, atByte: object.bytes.byteLength },
      plainBytes: 2 * segmentBytes,
    })
  })

  test('as not the last where the header has its last, with bytes behind it: it is tampered', () => {
    const [header, first, second] = parts
    const more = forged(3, true, 10)
    expect(read([header, first, second, forged(2, false, lastBytes), more]).end.outcome).toBe('tampered')
  })

  test('as the last before its place, with bytes behind it: these are trailing bytes', () => {
    const [header, first, , last] = parts
    const read1 = read([header, first, forged(1, true, segmentBytes), last])
    expect(read1).toEqual({
      end: { outcome: 'trailingBytes', segment: 1, atByte: start + 2 * stored },
      plainBytes: segmentBytes,
    })
  })

  test('as the last before its place, at the end of the object: it is truncated', () => {
    const [header, first] = parts
    expect(read([header, first, forged(1, true, segmentBytes)]).end.outcome).toBe('truncated')
    expect(read([header, first, forged(1, true, 10)]).end.outcome).toBe('truncated')
  })
})

describe('a damaged segment beside a cut', () => {
  test('is truncated where it is the last one there, tampered where others follow', () => {
    const [header, first, second] = parts
    const damaged = new Uint8Array(second)
    damaged[9] = (damaged[9] ?? 0) ^ 1
    expect(read([header, first, damaged]).end).toMatchObject({ outcome: 'truncated', segment: 1 })
    expect(read([header, first, damaged, new Uint8Array(1)]).end).toMatchObject({
      outcome: 'tampered',
      segment: 1,
    })
  })
})
