import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonLimits, readJsonObject } from '../../../../src/shared/domain/strict-json.ts'
import { tries } from '../../../support/tries.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('A JSON object from a repository', () => {
  test('is what was written, whatever was written', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (object) => {
        const text = JSON.stringify(object)
        expect(readJsonObject(bytes(text))).toEqual({ ok: true, value: JSON.parse(text), text })
      }),
      { numRuns: tries(300) },
    )
  })

  test('never makes the reader throw, hang or take what JSON refuses', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 400 }), fc.string({ unit: 'binary' }).map(bytes)),
        (any) => {
          const reading = readJsonObject(any)
          if (!reading.ok) return
          expect(reading.value).toEqual(JSON.parse(new TextDecoder().decode(any)))
        },
      ),
      { numRuns: tries(500) },
    )
  })

  test('may begin with a byte order mark', () => {
    expect(readJsonObject(bytes('\ufeff{"a":1}'))).toMatchObject({ ok: true, value: { a: 1 } })
  })

  test('may name __proto__, as an ordinary name', () => {
    const reading = readJsonObject(bytes('{"__proto__":{"polluted":true}}'))
    expect(reading.ok && Object.entries(reading.value)).toEqual([['__proto__', { polluted: true }]])
    expect({}).not.toHaveProperty('polluted')
  })

  test.each([
    ['an array', '[]'],
    ['a text', '"x"'],
    ['null', 'null'],
    ['nothing', ''],
    ['a cut object', '{"a":'],
    ['a text without an end', '{"a":"x'],
    ['two objects', '{}{}'],
    ['a comma too many', '{"a":1,}'],
    ['a name twice', '{"a":1,"a":2}'],
    ['a name twice, once with an escape', '{"a":1,"\\u0061":2}'],
    ['a name twice, deep inside', '{"x":[{"y":{"a":1,"b":2,"a":3}}]}'],
  ])('is refused where it is %s', (_name, text) => {
    expect(readJsonObject(bytes(text))).toMatchObject({ ok: false, reason: expect.any(String) })
  })

  test('may have one name in several objects', () => {
    expect(readJsonObject(bytes('{"a":{"a":{"a":[{"a":1},{"a":2}]}}}')).ok).toBe(true)
  })

  test('is refused where it is not UTF-8', () => {
    expect(readJsonObject(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d))).toMatchObject({
      ok: false,
    })
  })

  test.each([
    [64, true],
    [65, false],
    [100_000, false],
  ])('nested %i levels deep is taken: %s', (depth, isTaken) => {
    const inner = depth - 1
    expect(readJsonObject(bytes(`{"a":${'['.repeat(inner)}${']'.repeat(inner)}}`)).ok).toBe(isTaken)
  })

  test('is refused beyond the limit of its size, before it is decoded', () => {
    expect(readJsonObject(new Uint8Array(jsonLimits.bytes + 1))).toMatchObject({ ok: false })
    expect(readJsonObject(bytes('{"a":1}'), 6)).toMatchObject({ ok: false })
  })
})
