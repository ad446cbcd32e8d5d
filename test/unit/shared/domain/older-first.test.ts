import { expect, test } from 'vitest'
import { newerFirst, olderFirst } from '../../../../src/shared/domain/older-first.ts'

const sorted = [
  { backupId: 'b', createdAt: null },
  { backupId: 'c', createdAt: null },
  { backupId: 'z', createdAt: '2026-11-19T23:59:59Z' },
  { backupId: 'a', createdAt: '2026-11-20T02:00:00Z' },
  { backupId: 'y', createdAt: '2026-11-20T02:00:00.000Z' },
  { backupId: 'm', createdAt: '2026-11-20T02:00:00.500Z' },
  { backupId: 'a', createdAt: '2026-11-20T02:00:01Z' },
]

test('Backups are ordered by their time, fractions of a second included, then by id; those without a time are the oldest', () => {
  for (let turn = 0; turn < sorted.length; turn += 1) {
    const mixed = [...sorted.slice(turn), ...sorted.slice(0, turn)]
    expect(mixed.toSorted(olderFirst)).toEqual(sorted)
    expect(mixed.toSorted(newerFirst)).toEqual(sorted.toReversed())
  }
})
