import { describe, expect, test } from 'vitest'
import { backupDays, type DatedBackup } from '../../../../src/shared/domain/backup-days.ts'

const now = Date.parse('2026-11-21T12:00:00Z')
const dayMs = 86_400_000
const at = (createdAt: string, run: DatedBackup['run'] = 'done'): DatedBackup => ({ createdAt, run })
const outcomes = (backups: readonly DatedBackup[], rpoMs = dayMs, days = 5): readonly string[] =>
  backupDays(backups, { nowMs: now, rpoMs, days }).map(({ outcome }) => outcome)

describe('The calendar of runs', () => {
  test('has one day each, oldest first, to today in UTC', () => {
    const days = backupDays([], { nowMs: now, rpoMs: dayMs, days: 3 }).map(({ day }) => day)
    expect(days).toEqual(['2026-11-19', '2026-11-20', '2026-11-21'])
  })

  test('shows a night without a backup as missed, and the night after it not as late', () => {
    expect(
      outcomes([
        at('2026-11-17T02:00:00Z'),
        at('2026-11-18T02:00:00Z'),
        at('2026-11-20T02:00:00Z'),
        at('2026-11-21T02:00:00Z'),
      ]),
    ).toEqual(['done', 'done', 'missed', 'done', 'done'])
  })

  test('shows a late evening without a backup as missed, and not as done because its target was hardly over at midnight', () => {
    expect(
      outcomes([at('2026-11-17T22:00:00Z'), at('2026-11-18T22:00:00Z'), at('2026-11-20T22:00:00Z')]),
    ).toEqual(['done', 'done', 'missed', 'done', 'today'])
  })

  test('does not miss a run that drifted over midnight', () => {
    expect(
      outcomes([at('2026-11-18T23:30:00Z'), at('2026-11-20T00:10:00Z'), at('2026-11-21T00:10:00Z')]),
    ).toEqual(['none', 'done', 'done', 'done', 'done'])
  })

  test('shows nothing before the first backup, and today as open until it is overdue', () => {
    expect(outcomes([at('2026-11-20T14:00:00Z')])).toEqual(['none', 'none', 'none', 'done', 'today'])
    expect(outcomes([at('2026-11-20T02:00:00Z')])).toEqual(['none', 'none', 'none', 'done', 'missed'])
  })

  test('calls a day failed where a run of it failed, and empty where all runs hold nothing', () => {
    expect(outcomes([at('2026-11-21T02:00:00Z', 'failed'), at('2026-11-21T08:00:00Z')], dayMs, 1)).toEqual([
      'failed',
    ])
    expect(outcomes([at('2026-11-21T02:00:00Z', 'empty')], dayMs, 1)).toEqual(['empty'])
  })

  test('calls a run late that came clearly after its target, on a day that has one', () => {
    expect(outcomes([at('2026-11-20T00:10:00Z'), at('2026-11-21T11:00:00Z')], dayMs, 2)).toEqual([
      'done',
      'late',
    ])
  })

  test('does not ask for a backup a day where the target is a week', () => {
    expect(outcomes([at('2026-11-17T02:00:00Z')], 7 * dayMs)).toEqual([
      'done',
      'done',
      'done',
      'done',
      'today',
    ])
  })

  test('counts a backup from the future for today', () => {
    expect(outcomes([at('2027-01-01T00:00:00Z')], dayMs, 1)).toEqual(['done'])
  })
})
