import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { rowsOf } from '../faults/page.ts'
import { expectedRunbookRows } from '../faults/runbooks/table.ts'
import { expectedRows } from '../faults/table.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/faults.md'), 'utf8')

describe('The page of faults', () => {
  const rows = rowsOf(page, 'restores')

  test('has a row for every fault at every step of a restore, and each was tried', () => {
    expect(rows.map(([fault, place, step]) => ({ fault, place, step }))).toEqual(expectedRows)
    expect(rows.filter(([, , , tried]) => Number(tried) === 0)).toEqual([])
  })

  test('has nothing that ended between the old and the new state, or was not said', () => {
    for (const [fault, place, step, tried, old, fresh, , between, said] of rows) {
      expect([fault, place, step, between]).toEqual([fault, place, step, '0'])
      expect(Number(old) + Number(fresh)).toBe(Number(tried))
      expect(said).not.toMatch(/^$|nothing|internal/)
    }
  })

  const runbooks = rowsOf(page, 'runbooks')

  test('has a row for every fault that each runbook may meet; every runbook and every fault was tried', () => {
    expect(runbooks.map(([runbook, fault]) => ({ runbook, fault }))).toEqual(expectedRunbookRows)
    const tried = runbooks.filter(([, , steps]) => Number(steps) > 0)
    for (const place of [0, 1])
      expect(new Set(tried.map((row) => row[place]))).toEqual(new Set(runbooks.map((row) => row[place])))
  })

  test('has no runbook that sent anything twice, or ended between', () => {
    for (const [runbook, fault, steps, said, , , sentTwice, runs, old, fresh, between] of runbooks) {
      expect([runbook, fault, sentTwice, between]).toEqual([runbook, fault, '0', '0'])
      expect(Number(old) + Number(fresh)).toBe(Number(runs))
      // A row that this run of the matrix did not come to is shown with 0 steps.
      expect(said).not.toMatch(steps === '0' ? /./ : /^$|nothing|internal/)
    }
  })
})
