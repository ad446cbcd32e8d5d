import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../../../../src/shared/domain/canonical-json.ts'
import { HoldfastError, isHoldfastError } from '../../../../src/shared/domain/error.ts'
import { isPlainName } from '../../../../src/shared/domain/plain-name.ts'
import { printable } from '../../../../src/shared/domain/printable.ts'
import { tries } from '../../../support/tries.ts'

test('A canonical text is the same for the same value, whatever the order of its names', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (object) => {
      const turned = Object.fromEntries(Object.entries(object).reverse())
      expect(canonicalJson(turned)).toBe(canonicalJson(object))
      expect(JSON.parse(canonicalJson(object))).toEqual(JSON.parse(JSON.stringify(object)))
    }),
    { numRuns: tries(200) },
  )
})

test.each([undefined, Number.NaN, Infinity, 1n, () => 1, { a: undefined }])(
  'A canonical text of %s does not exist',
  (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError)
  },
)

describe('A printable text', () => {
  test('has nothing that a terminal could act on, and JSON reads it back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).toMatch(
          /^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*$/,
        )
        expect(JSON.parse(printable(JSON.stringify(text)))).toBe(text)
      }),
      { numRuns: tries(500) },
    )
  })

  test('keeps ordinary letters of all scripts', () => {
    expect(printable('Grüße, 你好, שלום\n\tx')).toBe('Grüße, 你好, שלום\n\tx')
  })
})

test.each([
  ['metadata.enc', true],
  ['20261120T020000Z-1a2b3c4d', true],
  ['a'.repeat(255), true],
  ['ä'.repeat(127), true],
  ['...', true],
  ['', false],
  ['.', false],
  ['..', false],
  ['a/b', false],
  ['a\\b', false],
  ['a\0b', false],
  ['a'.repeat(256), false],
  ['ä'.repeat(128), false],
])('The name %j is plain: %s', (name, isPlain) => {
  expect(isPlainName(name)).toBe(isPlain)
})

test('An error says its parts in order, and its cause is in no JSON of it', () => {
  const error = new HoldfastError(
    'restore.failed',
    { what: 'It failed.', next: 'Try again.' },
    { cause: new Error('secret') },
  )
  expect(error.message).toBe('It failed. Try again.')
  expect(JSON.stringify(error)).not.toContain('secret')
  expect([isHoldfastError(error), isHoldfastError(error, 'usage'), isHoldfastError(new Error('x'))]).toEqual([
    true,
    false,
    false,
  ])
})
