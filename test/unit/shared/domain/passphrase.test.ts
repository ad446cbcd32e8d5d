import { expect, test } from 'vitest'
import { makePassphrase, passphraseBits, passphraseBytes } from '../../../../src/shared/domain/passphrase.ts'

/** The examples of arXiv:0901.4016: addresses as two words each. */
test('words are those of the published scheme', () => {
  const of = (...bytes: readonly number[]) =>
    makePassphrase(Uint8Array.from([...bytes, ...bytes, ...bytes]))
      .split(' ')
      .slice(0, 2)
      .join('-')
  expect(of(127, 0, 0, 1)).toBe('lusab-babad')
  expect(of(63, 84, 220, 193)).toBe('gutih-tugad')
  expect(of(140, 98, 193, 141)).toBe('mudof-sakat')
})

test('every two bytes are another word, so six words have 96 bits', () => {
  const seen = new Set<string>()
  for (let bits = 0; bits < 2 ** 16; bits += 1) {
    const bytes = new Uint8Array(passphraseBytes)
    new DataView(bytes.buffer).setUint16(0, bits)
    seen.add(makePassphrase(bytes).split(' ')[0] ?? '')
  }
  expect(seen.size).toBe(2 ** 16)
  expect(passphraseBits).toBe(96)
  expect([...seen].every((word) => /^[a-z]{5}$/.test(word))).toBe(true)
})

test('each pair of bytes changes its own word, and no other', () => {
  const base = new Uint8Array(passphraseBytes)
  const words = makePassphrase(base).split(' ')
  expect(words).toHaveLength(6)
  for (let at = 0; at < passphraseBytes; at += 1) {
    const other = makePassphrase(base.with(at, 255)).split(' ')
    const changed = other.flatMap((word, index) => (word === words[index] ? [] : [index]))
    expect(changed).toEqual([Math.floor(at / 2)])
  }
})

test('too few bytes are refused, not filled up', () => {
  expect(() => makePassphrase(new Uint8Array(11))).toThrow('12 bytes')
})
