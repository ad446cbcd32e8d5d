import { afterEach, beforeEach, expect, test } from 'vitest'
import { typedUtc } from '../../../../src/shared/domain/typed-utc.ts'

const nowMs = Date.parse('2026-11-21T02:14:00Z')
const zone = process.env['TZ']

// An operator's computer is rarely in UTC.
beforeEach(() => {
  process.env['TZ'] = 'America/New_York'
})
afterEach(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

test.each([
  ['', { at: null, fault: null }],
  ['2026-11-21 01:52', { at: '2026-11-21T01:52:00.000Z', fault: null }],
  ['2026-11-21 1:52', { at: '2026-11-21T01:52:00.000Z', fault: null }],
  ['2026-11-21 01:52:07 UTC', { at: '2026-11-21T01:52:07.000Z', fault: null }],
  ['2026-11-20T01:52:07.123Z', { at: '2026-11-20T01:52:07.123Z', fault: null }],
  ['2026-11-21T02:52+01:00', { at: '2026-11-21T01:52:00.000Z', fault: null }],
  ['01:52', { at: '2026-11-21T01:52:00.000Z', fault: null }],
  ['2026-11-21 03:00', { at: null, fault: 'That is still to come.' }],
  ['2026-02-30 03:00', { at: null, fault: 'There is no such time.' }],
  ['2026-11-20 25:00', { at: null, fault: 'There is no such time.' }],
  ['2026-11-20', { at: null, fault: 'Write it as 2026-11-21 01:52, in UTC.' }],
  ['yesterday', { at: null, fault: 'Write it as 2026-11-21 01:52, in UTC.' }],
])('%j is %j', (text, expected) => {
  expect(typedUtc(text, nowMs)).toEqual(expected)
})
