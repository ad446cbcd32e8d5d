import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareUtf8 } from '../../../../src/shared/domain/utf8-order.ts'
import { tries } from '../../../support/tries.ts'

test('strings compare as the bytes of their UTF-8', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.string({
      unit: fc.constantFrom('a', '/', '\ue000', '\uffff', '\u{10000}', '\u{1f600}', 'é'),
      maxLength: 6,
    }),
  )
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
    { numRuns: tries(3_000), seed: 11 },
  )
})
