import { expect, test } from 'vitest'
import { proquints } from '../../../../src/shared/domain/proquint.ts'

/** The examples of arXiv:0901.4016: addresses as two words each. */
test('words are those of the published scheme', () => {
  expect(proquints(Uint16Array.of(0x7f00, 0x0001))).toBe('lusab-babad')
  expect(proquints(Uint16Array.of(0x3f54, 0xdcc1))).toBe('gutih-tugad')
  expect(proquints(Uint16Array.of(0x8c62, 0xc18d))).toBe('mudof-sakat')
})

test('every number is another word of five letters, so six words have 96 bits', () => {
  const seen = new Set(Uint16Array.from({ length: 2 ** 16 }, (_, value) => value))
  const words = new Set([...seen].map((value) => proquints(Uint16Array.of(value))))
  expect(words.size).toBe(2 ** 16)
  expect([...words].every((word) => /^[a-z]{5}$/.test(word))).toBe(true)
})
