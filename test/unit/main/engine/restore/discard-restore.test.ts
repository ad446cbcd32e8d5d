import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { discardRestore } from '../../../../../src/main/engine/restore/discard-restore.ts'
import { restoreByPlan } from '../../../../../src/main/engine/restore/restore-by-plan.ts'
import { rollbackRestore } from '../../../../../src/main/engine/restore/rollback-restore.ts'
import { failureOf, placeFor, restoreInto } from './fixture-place.ts'
import { clock, countingRandom, shapeOf } from './fixture.ts'

const random = countingRandom(500)

/** A folder that holds nothing before. */
async function emptyPlace() {
  const at = await placeFor()
  rmSync(at.dir, { recursive: true })
  mkdirSync(at.dir, { mode: 0o700 })
  return at
}

describe('a restore that was made for trial', () => {
  test('is removed for good, and the folder says that nothing was restored there', async () => {
    await using at = await emptyPlace()
    await restoreInto(at.target)
    const removed = await discardRestore({ target: at.target, clock, random })
    expect(removed).toHaveLength(4)
    expect((await at.target.survey()).entries).toEqual([])
    expect(await at.target.listStaging()).toEqual([])
    expect(await restoreByPlan(at.target, { planHash: null, askedBy: 'run-1' })).toEqual({ kind: 'none' })
    expect(await discardRestore({ target: at.target, clock, random })).toEqual([])
  })

  test('is removed by the next call where the first was cut short after taking it back', async () => {
    await using at = await emptyPlace()
    await restoreInto(at.target)
    await rollbackRestore({ target: at.target, clock, random })
    expect((await at.target.survey()).entries).toHaveLength(4)
    expect(await discardRestore({ target: at.target, clock, random })).toHaveLength(4)
    expect((await at.target.survey()).entries).toEqual([])
  })

  test('is left alone where it had replaced something', async () => {
    await using at = await placeFor()
    await restoreInto(at.target)
    const before = shapeOf(at.dir)
    const error = await failureOf(discardRestore({ target: at.target, clock, random }))
    expect(error.code).toBe('target.refused')
    expect(error.message).toContain('had replaced')
    expect(shapeOf(at.dir)).toEqual(before)
  })

  test('is left alone where anything else stands beside it', async () => {
    await using at = await emptyPlace()
    await restoreInto(at.target)
    writeFileSync(join(at.dir, 'notes'), 'mine')
    const before = shapeOf(at.dir)
    const error = await failureOf(discardRestore({ target: at.target, clock, random }))
    expect(error.message).toContain('notes stands there, too.')
    expect(shapeOf(at.dir)).toEqual(before)
  })
})
