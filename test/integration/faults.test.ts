import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { sceneOf } from '../faults/job.ts'
import { tryCut, trySecond, trySources } from '../faults/try-faults.ts'

const above = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-')))
afterAll(() => rmSync(above, { recursive: true, force: true }))

/** The whole matrix is docs/faults.md; here every so-and-so-many-th point is tried anew. */
const stride = 13

describe.each(['restore', 'rollback'] as const)('A %s over SSH', (job) => {
  test('whose connection is cut at a command, before it or after it, ends in the old or the new state', async () => {
    const trial = { scene: await sceneOf(job, above), above }
    const ends = new Set<string>()
    for (let at = 4; ; at += stride) {
      const outcome = await tryCut(trial, at, 'connection cut')
      if (outcome === null) break
      expect(outcome, `cut at point ${at}`).toMatchObject({ end: expect.stringMatching(/^(old|new)$/) })
      expect(outcome.said).not.toBe('internal')
      ends.add(outcome.end)
    }
    expect(ends).toContain('old')
  })
})

test('A restore over SSH whose source ends early leaves the old state and says why', async () => {
  const trial = { scene: await sceneOf('restore', above.concat('/sources')), above }
  const outcomes = await trySources(trial, 'over SSH')
  expect(outcomes.map(({ end, by }) => [end, by])).toEqual(outcomes.map(() => ['old', 'itself']))
})

test('A second run, on the host or over SSH, is kept out at every operation of one over SSH', async () => {
  const trial = { scene: await sceneOf('restore', above.concat('/second')), above }
  const outcomes = await trySecond(trial, 'over SSH')
  expect(outcomes.length).toBeGreaterThan(20)
  expect(new Set(outcomes.map(({ end, said }) => `${end}, ${said}`))).toEqual(new Set(['new, target.busy']))
})
