import { expect, test } from 'vitest'
import { fireInWords } from '../../../../src/main/cli/words.ts'

const now = Date.parse('2026-11-19T23:00:00Z')

test.each([
  ['UTC', '2026-11-20T02:00:00Z (in 3 h)'],
  ['Etc/UTC', '2026-11-20T02:00:00Z (in 3 h)'],
  ['Europe/Berlin', '2026-11-20T02:00:00Z (in 3 h), 2026-11-20 03:00 in Europe/Berlin'],
  // Another day there.
  ['America/New_York', '2026-11-20T02:00:00Z (in 3 h), 2026-11-19 21:00 in America/New_York'],
  ['Asia/Kathmandu', '2026-11-20T02:00:00Z (in 3 h), 2026-11-20 07:45 in Asia/Kathmandu'],
])('A time that is to come stands in UTC and by the clock of %s', (zone, words) => {
  expect(fireInWords('2026-11-20T02:00:00Z', now, zone)).toBe(words)
})
