import { expect, test } from 'vitest'
import { firstOf, lastOf, nextOf } from '../../../../../src/main/engine/live/every-days.ts'

const berlin = { everyDays: 7, at: '02:30', zone: 'Europe/Berlin' }
const weekly = { ...berlin, firstAt: '2026-10-18T00:30:00.000Z' }

test('The first one is at the next time of day in its zone', () => {
  expect(firstOf(berlin, Date.parse('2026-10-17T12:00:00Z'))).toBe(weekly.firstAt)
  expect(firstOf(berlin, Date.parse('2026-11-17T12:00:00Z'))).toBe('2026-11-18T01:30:00.000Z')
})

test('Days are counted from the first, and the time of day stays where summer time ends', () => {
  expect(nextOf(weekly, Date.parse('2026-10-01T00:00:00Z'), 3)).toEqual([
    '2026-10-18T00:30:00.000Z',
    '2026-10-25T00:30:00.000Z',
    '2026-11-01T01:30:00.000Z',
  ])
  expect(nextOf(weekly, Date.parse('2026-11-01T01:30:00Z'), 1)).toEqual(['2026-11-08T01:30:00.000Z'])
  const yearly = { ...weekly, everyDays: 365 }
  expect(nextOf(yearly, Date.parse('2030-01-01T00:00:00Z'), 1)).toEqual(['2030-10-17T00:30:00.000Z'])
})

test('The last one that was due is known, and before the first there is none', () => {
  expect(lastOf(weekly, Date.parse('2026-10-18T00:29:59Z'))).toBeNull()
  expect(lastOf(weekly, Date.parse('2026-10-18T00:30:00Z'))).toBe('2026-10-18T00:30:00.000Z')
  expect(lastOf(weekly, Date.parse('2026-11-08T01:29:00Z'))).toBe('2026-11-01T01:30:00.000Z')
})
