import { HoldfastError } from '../../../../../src/shared/domain/error.ts'
import { expect, test } from 'vitest'
import { nextFires } from '../../../../../src/main/engine/live/next-fires.ts'

const from = Date.parse('2026-03-28T12:00:00Z')

test('The next times are told in UTC, in the zone that the expression is meant in', () => {
  expect(nextFires('0 2 * * *', 'UTC', from, 2)).toEqual([
    '2026-03-29T02:00:00.000Z',
    '2026-03-30T02:00:00.000Z',
  ])
  expect(nextFires('30 4 * * *', 'Europe/Berlin', from, 2)).toEqual([
    '2026-03-29T02:30:00.000Z',
    '2026-03-30T02:30:00.000Z',
  ])
})

test('Where both days are given either one is enough', () => {
  expect(nextFires('0 0 1 * 1', 'UTC', from, 3)).toEqual([
    '2026-03-30T00:00:00.000Z',
    '2026-04-01T00:00:00.000Z',
    '2026-04-06T00:00:00.000Z',
  ])
})

test.each([
  ['six fields', '0 0 2 * * *', 'UTC'],
  ['a minute that is none', '61 2 * * *', 'UTC'],
  ['nothing', '', 'UTC'],
  ['a zone that is none', '0 2 * * *', 'Mars/Olympus'],
])('%s: no schedule', (_, cron, zone) => {
  expect(() => nextFires(cron, zone, from, 1)).toThrow('is no schedule')
})

test('what is no schedule is said in sentences', () => {
  const whyOf = (cron: string, zone = 'UTC') => {
    try {
      nextFires(cron, zone, from, 1)
    } catch (error) {
      return error instanceof HoldfastError ? error.text : null
    }
    return null
  }
  expect(whyOf('3')).toMatchObject({ what: '"3" is no schedule.', why: 'It has 1 field, not 5.' })
  expect(whyOf('0 0 2 * * *')).toMatchObject({ why: 'It has 6 fields, not 5.' })
  expect(whyOf('0 2 * 13 *')?.why).toBe('One of its fields is out of its range, or is not understood.')
  expect(whyOf('0 2 * * *', 'Mars/Olympus')?.why).toBe('No time zone is called "Mars/Olympus" here.')
})
