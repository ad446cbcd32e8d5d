import { expect, test } from 'vitest'
import { drillStanding } from '../../../../src/shared/domain/drill-standing.ts'
import { drillOf } from '../../../support/drills.ts'

const nowMs = Date.parse('2026-11-21T03:01:00.000Z')
const rule = { targetMs: 4_000, dueAfterDays: 1, nowMs }

test('A cluster asks for a drill where none was made, the last one failed, is too old, or took too long', () => {
  const failed = { kind: 'failed', at: 'read', because: 'It is damaged.' } as const
  const stateOf = (drills: Parameters<typeof drillStanding>[0], more: Partial<typeof rule> = {}) =>
    drillStanding(drills, { ...rule, ...more }).state
  expect(stateOf([])).toBe('never')
  expect(stateOf([drillOf()])).toBe('good')
  expect(stateOf([drillOf({ tookMs: 4_001 })])).toBe('slow')
  expect(stateOf([drillOf()], { nowMs: nowMs + 1 })).toBe('old')
  expect(stateOf([drillOf({ outcome: failed })], { nowMs: nowMs + 1 })).toBe('failed')
  expect(stateOf([drillOf({ outcome: failed }), drillOf()])).toBe('failed')
})

test('A drill that is in time is good without a target, and where it measures nothing', () => {
  const readable = { kind: 'readable', because: 'Nothing loads it.' } as const
  expect(drillStanding([drillOf()], { ...rule, targetMs: null })).toEqual({
    state: 'good',
    sentence: 'The last drill is 24\u00a0h\u00a000\u00a0m old, and took 4.0\u00a0s; no target is set.',
  })
  expect(drillStanding([drillOf({ outcome: readable })], rule).state).toBe('good')
})
