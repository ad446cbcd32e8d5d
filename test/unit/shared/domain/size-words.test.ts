import { expect, test } from 'vitest'
import {
  ageWords,
  bytesWords,
  countOf,
  countWords,
  shortAgeWords,
  spanWords,
  targetWords,
} from '../../../../src/shared/domain/size-words.ts'

const plain = (text: string): string => text.replaceAll('\u00a0', ' ')

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1000, '1.00 kB'],
  [18_400_000, '18.4 MB'],
  [212_992, '213 kB'],
  [999_600, '1.00 MB'],
  [46_200_000_000, '46.2 GB'],
])('%d bytes are told as %s', (sizeBytes, words) => {
  expect(plain(bytesWords(sizeBytes))).toBe(words)
})

test.each([
  [0, '0 s'],
  [38_400, '38 s'],
  [59_900, '1 m 00 s'],
  [651_000, '10 m 51 s'],
  [3 * 3_600_000 + 5 * 60_000, '3 h 05 m'],
  [14 * 86_400_000, '14 d 0 h'],
])('a span of %d ms is told as %s', (spanMs, words) => {
  expect(plain(spanWords(spanMs))).toBe(words)
})

test.each([
  [38_400, '38 s', '38 s'],
  [14 * 60_000, '14 m', '14 m'],
  [26 * 3_600_000 + 14 * 60_000, '26 h 14 m', '26 h'],
  [14 * 86_400_000, '14 d 0 h', '14 d'],
])('an age of %d ms is told as %s, and as %s where there is little room', (ageMs, words, short) => {
  expect([plain(ageWords(ageMs)), plain(shortAgeWords(ageMs))]).toEqual([words, short])
})

test.each([
  [24 * 3_600_000, '24 h'],
  [90 * 60_000, '1 h 30 m'],
  [20 * 60_000, '20 m'],
  [7 * 86_400_000, '7 d'],
])('a target of %d ms is told as it was set: %s', (targetMs, words) => {
  expect(plain(targetWords(targetMs))).toBe(words)
})

test('Counts are grouped in thousands and agree with their noun', () => {
  expect(
    [countWords(1148), countWords(20_000), countOf(1, 'backup'), countOf(24, 'backup')].map(plain),
  ).toEqual(['1 148', '20 000', '1 backup', '24 backups'])
})
