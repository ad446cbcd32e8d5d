import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expectedRows, rowsOf } from '../faults/table.ts'

const rows = rowsOf(readFileSync(join(import.meta.dirname, '../../docs/faults.md'), 'utf8'))

describe('The page of faults', () => {
  test('has a row for every fault at every step, and every fault was tried', () => {
    expect(rows.map(([fault, place, step]) => ({ fault, place, step }))).toEqual(expectedRows)
    for (const row of expectedRows) {
      const same = rows.filter(([fault, place]) => fault === row.fault && place === row.place)
      expect(
        same.reduce((sum, [, , , tried]) => sum + Number(tried), 0),
        row.fault,
      ).toBeGreaterThan(0)
    }
  })

  test('has nothing that ended between the old and the new state, or was not said', () => {
    for (const [fault, place, step, tried, old, fresh, , between, said] of rows) {
      expect([fault, place, step, between]).toEqual([fault, place, step, '0'])
      expect(Number(old) + Number(fresh)).toBe(Number(tried))
      // A step that this run of the matrix did not come to is shown as tried 0 times.
      expect(said).not.toMatch(tried === '0' ? /./ : /^$|nothing|internal/)
    }
  })
})
