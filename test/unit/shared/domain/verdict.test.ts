import { describe, expect, test } from 'vitest'
import { errorFinding, warningFinding } from '../../../../src/shared/domain/finding.ts'
import {
  lowerOf,
  reaches,
  summariseLevels,
  type LevelOutcome,
  type VerifiableLevel,
} from '../../../../src/shared/domain/level.ts'
import { verdictOf } from '../../../../src/shared/domain/verdict.ts'

const damaged = errorFinding('object.hashMismatch', 'x')
const noKeyAsked = errorFinding('key.missing', 'x')
const noKey = warningFinding('key.missing', 'x')
const unreachable = errorFinding('object.unreachable', 'x')
const unusual = warningFinding('format.unusual', 'x')
const foreign = warningFinding('format.unknown', 'x')

test.each([
  ['good', [], true],
  ['warning', [unusual], true],
  ['bad', [damaged], true],
  ['bad', [damaged, noKey, unreachable], false],
  ['unknown', [], false],
  ['unknown', [unusual], false],
  ['unknown', [noKey], true],
  ['unknown', [noKeyAsked], false],
  ['unknown', [unreachable], true],
  ['unknown', [foreign], true],
] as const)('The verdict is %s for %j, proved to the end: %s', (verdict, findings, provedToTheEnd) => {
  expect(verdictOf(findings, provedToTheEnd)).toBe(verdict)
})

describe('The level reached', () => {
  const passed: LevelOutcome = { outcome: 'passed' }
  const failed: LevelOutcome = { outcome: 'failed' }
  const skipped: LevelOutcome = { outcome: 'notProvable', reason: 'no record' }
  const after = (...outcomes: readonly LevelOutcome[]) => {
    const levels = ['present', 'intact', 'decrypts', 'matches', 'wellFormed'] as const
    const map = new Map<VerifiableLevel, LevelOutcome>()
    outcomes.forEach((outcome, index) => {
      const level = levels[index]
      if (level !== undefined) map.set(level, outcome)
    })
    return summariseLevels(map)
  }

  test('is the highest that passed', () => {
    expect(after(passed, passed, passed).levelReached).toBe('decrypts')
    expect(after().levelReached).toBe('listed')
  })

  test('steps over what cannot be proved, and names it', () => {
    expect(after(passed, skipped, passed)).toEqual({
      levelReached: 'decrypts',
      failedAt: null,
      notProvable: [{ level: 'intact', reason: 'no record' }],
    })
    expect(after(passed, skipped).levelReached).toBe('present')
  })

  test('ends below a failure, whatever passed above it', () => {
    expect(after(passed, failed, passed, passed).levelReached).toBe('present')
    expect(after(failed, passed).levelReached).toBe('listed')
    expect(after(passed, failed, failed).failedAt).toBe('intact')
  })
})

test('Levels are ordered, each including the ones before', () => {
  expect([reaches('matches', 'intact'), reaches('intact', 'matches'), reaches('intact', 'intact')]).toEqual([
    true,
    false,
    true,
  ])
  expect([lowerOf('wellFormed', 'matches'), lowerOf('present', 'matches')]).toEqual(['matches', 'present'])
})
