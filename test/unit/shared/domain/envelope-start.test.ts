import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readEnvelopeStart, sniffBeginning } from '../../../../src/shared/domain/envelope-start.ts'
import { sealedObject, withHeaderText } from '../../../support/envelopes.ts'

const object = await sealedObject(1000)

function withLength(length: number): Uint8Array {
  const bytes = Buffer.from(object.bytes)
  bytes.writeUInt32BE(length, 4)
  return bytes
}

describe('the beginning of an object', () => {
  test.each([
    ['', 'empty'],
    ['K', 'envelope'],
    ['KBE', 'envelope'],
    ['KBE1 and more', 'envelope'],
    ['KBE2', 'other'],
    ['kbe1', 'other'],
    ['KX', 'other'],
    ['\x1f\x8b\x08', 'gzip'],
    ['\x1f', 'other'],
    ['{"plain":1}', 'other'],
  ] as const)('%j is %s', (text, beginning) => {
    expect(sniffBeginning(Buffer.from(text, 'latin1'))).toBe(beginning)
  })
})

describe('the start of an envelope', () => {
  test('is read as far as it is needed, and no further', () => {
    const { headerBytes, header } = object.opening
    expect(readEnvelopeStart(object.bytes.subarray(0, 7), false)).toEqual({ outcome: 'needMore', bytes: 8 })
    expect(readEnvelopeStart(object.bytes.subarray(0, 8), false)).toEqual({
      outcome: 'needMore',
      bytes: headerBytes.byteLength,
    })
    const whole = readEnvelopeStart(object.bytes.subarray(0, headerBytes.byteLength), false)
    expect(whole).toEqual({ outcome: 'header', header, headerBytes: new Uint8Array(headerBytes) })
  })

  test("keeps a copy of the header, not the caller's bytes", () => {
    const bytes = Buffer.from(object.bytes)
    const start = readEnvelopeStart(bytes, true)
    bytes.fill(0)
    expect(start).toMatchObject({ headerBytes: new Uint8Array(object.opening.headerBytes) })
  })

  test('cut anywhere before its end is truncated', () => {
    for (let cut = 0; cut < object.opening.headerBytes.byteLength; cut += 1) {
      expect(readEnvelopeStart(object.bytes.subarray(0, cut), true).outcome).toBe('truncated')
    }
  })

  test.each([0, 65_537, 2 ** 31, 2 ** 32 - 1])('a header length of %d is refused at once', (length) => {
    expect(readEnvelopeStart(withLength(length).subarray(0, 8), false).outcome).toBe('headerInvalid')
    expect(readEnvelopeStart(withLength(length), true).outcome).toBe('headerInvalid')
  })

  test('never asks for more than the longest header', () => {
    expect(readEnvelopeStart(withLength(65_536), false)).toEqual({ outcome: 'needMore', bytes: 65_544 })
    expect(readEnvelopeStart(withLength(65_536), true).outcome).toBe('truncated')
  })

  test('other first bytes are not ours', () => {
    expect(readEnvelopeStart(Buffer.from('SQLite format 3\0'), true).outcome).toBe('unknown')
    expect(readEnvelopeStart(Buffer.from('abc'), true).outcome).toBe('unknown')
  })

  test('hostile sizes are refused whatever follows', () => {
    const hostile = [
      ['"segment":65536', '"segment":1'],
      ['"plainSize":1000', '"plainSize":9007199254740992'],
      ['"iterations":1000', '"iterations":4000000000'],
    ] as const
    for (const [from, to] of hostile) {
      const bytes = withHeaderText(object, (json) => json.replace(from, to))
      expect(readEnvelopeStart(bytes, true).outcome).toBe('headerInvalid')
    }
  })

  test('any bytes have an outcome', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.boolean(),
        fc.boolean(),
        (tail, isWhole, hasMagic) => {
          const bytes = hasMagic ? Buffer.concat([Buffer.from('KBE1\0\0\0'), tail]) : tail
          const start = readEnvelopeStart(bytes, isWhole)
          expect(['needMore', 'truncated', 'headerInvalid', 'unknown']).toContain(start.outcome)
          if (start.outcome === 'needMore') expect(start.bytes).toBeGreaterThan(bytes.byteLength)
        },
      ),
      { seed: 3 },
    )
  })
})
