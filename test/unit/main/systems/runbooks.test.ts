import { expect, test } from 'vitest'
import { runbooksFor } from '../../../../src/main/systems/runbooks.ts'
import { systemNames } from '../../../../src/shared/domain/system-name.ts'
import { adviceFor } from '../../../../src/shared/domain/triage/advice.ts'
import { situations } from '../../../../src/shared/domain/triage/path.ts'

test.each(systemNames)('every runbook that is advised for %s is there', async (system) => {
  const there = new Set((await runbooksFor(system)).map(({ id }) => id))
  const advised = situations.flatMap((situation) => adviceFor(system, situation).scenario ?? [])
  expect(advised.filter((id) => !there.has(id))).toEqual([])
})

test.each(systemNames)('no two runbooks of %s have one id', async (system) => {
  const ids = (await runbooksFor(system)).map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
})
