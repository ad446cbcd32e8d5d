import { expect, test } from 'vitest'
import { exactWords, withTimeWords } from '../../../../src/shared/domain/time-words.ts'

test('a time is told to the second, with its zone', () => {
  expect(exactWords('2026-11-21T02:00:04.911Z')).toBe('21 Nov 2026 02:00:04 UTC')
})

test('in a text every time is told so, and what only looks like one stays', () => {
  expect(
    withTimeWords(
      'From 2026-11-21T20:30:01Z to 2026-11-21T22:30:36.911Z, not 2026-99-21T20:30:01Z or 20261121T200000Z.',
    ),
  ).toBe(
    'From 21 Nov 2026 20:30:01 UTC to 21 Nov 2026 22:30:36 UTC, not 2026-99-21T20:30:01Z or 20261121T200000Z.',
  )
})
