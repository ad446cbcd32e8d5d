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

  const tried = runbooks.filter(([, , , said = '']) => !said.startsWith('does not apply: '))

  test('has a row for every fault at every runbook: it was tried, or the row says why it does not apply', () => {
    expect(
      runbooks.map(([runbook, fault, , said = '']) => ({
        runbook,
        fault,
        notBecause: /^does not apply: (.+)/.exec(said)?.[1] ?? null,
      })),
    ).toEqual(expectedRunbookRows)
    expect(tried.filter(([, , steps]) => Number(steps) === 0)).toEqual([])
  })

  test('has no runbook that sent anything twice, or ended between', () => {
    for (const [runbook, fault, , said, , , sentTwice, runs, old, fresh, between] of tried) {
      expect([runbook, fault, sentTwice, between]).toEqual([runbook, fault, '0', '0'])
      expect(Number(old) + Number(fresh)).toBe(Number(runs))
      expect(said).not.toMatch(/^$|nothing|internal/)
    }
  })
})
