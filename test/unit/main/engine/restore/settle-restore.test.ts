import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openJournal } from '../../../../../src/main/engine/restore/journal.ts'
import { planHash } from '../../../../../src/main/engine/restore/plan-restore.ts'
import { restoreByPlan } from '../../../../../src/main/engine/restore/restore-by-plan.ts'
import { rollbackRestore } from '../../../../../src/main/engine/restore/rollback-restore.ts'
import { runRestore } from '../../../../../src/main/engine/restore/run-restore.ts'
import { settleRestore } from '../../../../../src/main/engine/restore/settle-restore.ts'
import type { RestoreTarget } from '../../../../../src/main/ports/restore-target.ts'
import { placeFor } from './fixture-place.ts'
import {
  clock,
  countingRandom,
  entriesOf,
  generate,
  newTree,
  openTarget,
  planFor,
  scratch,
  shapeOf,
} from './fixture.ts'

const random = countingRandom(700)

/** A restore that a job asked for; the hash of its plan. */
async function restoredFor(askedBy: string, target: RestoreTarget): Promise<string> {
  const plan = await planFor(target)
  await runRestore(plan, entriesOf(newTree), { target, clock, random, generate, askedBy })
  return planHash(plan)
}

/** A run that has begun and was cut short before anything was swapped. */
async function cutShort(askedBy: string, target: RestoreTarget): Promise<string> {
  const plan = await planFor(target)
  const hash = planHash(plan)
  const locked = await target.lock()
  const journal = await openJournal(locked, clock)
  await journal.append('cut', {
    kind: 'begin',
    job: 'restore',
    backupId: plan.backupId,
    planHash: hash,
    plan,
    manages: plan.manages,
    askedBy,
  })
  await locked.release()
  return hash
}

describe('a caller that goes on with its restore after a crash', () => {
  test('hears that this very restore stands, and no other one that was asked for', async () => {
    await using at = await placeFor()
    const hash = await restoredFor('job-1', at.target)
    const stands = shapeOf(at.dir)
    const settle = async (asked: Parameters<typeof settleRestore>[0]) =>
      (await settleRestore(asked, { target: at.target, clock })).done?.movedAside.map(({ name }) => name)
    expect(await settle({ job: 'restore', planHash: hash, askedBy: 'job-1' })).toEqual([
      'kms',
      'metadata',
      'patches',
    ])
    expect(await settle({ job: 'restore', planHash: 'another', askedBy: 'job-1' })).toBeUndefined()
    expect(await settle({ job: 'restore', planHash: hash, askedBy: 'job-2' })).toBeUndefined()
    expect(await settle({ job: 'rollback', askedBy: 'job-1' })).toBeUndefined()
    expect(shapeOf(at.dir)).toEqual(stands)
  })

  test('that was taken back since hears that it does not stand, but the rollback does', async () => {
    await using at = await placeFor()
    const hash = await restoredFor('job-1', at.target)
    await rollbackRestore({ target: at.target, clock, random, askedBy: 'job-2' })
    const parts = { target: at.target, clock }
    const asked = { job: 'restore', planHash: hash, askedBy: 'job-1' } as const
    expect((await settleRestore(asked, parts)).done).toBeNull()
    expect((await settleRestore({ ...asked, askedBy: 'job-2' }, parts)).done).toBeNull()
    expect((await settleRestore({ job: 'rollback', askedBy: 'job-1' }, parts)).done).toBeNull()
    expect((await settleRestore({ job: 'rollback', askedBy: 'job-2' }, parts)).done).not.toBeNull()
  })

  test('finds one that was cut short before its swap undone, and not done', async () => {
    await using at = await placeFor()
    const hash = await cutShort('job-1', at.target)
    const asked = { job: 'restore', planHash: hash, askedBy: 'job-1' } as const
    expect(await settleRestore(asked, { target: at.target, clock })).toEqual({
      done: null,
      recovered: { run: 'cut', job: 'restore', outcome: 'undone', setAside: [] },
    })
    expect(shapeOf(at.dir)).toEqual(at.old)
  })

  test('into a folder that was never made does not make it', async () => {
    using folder = scratch()
    const dir = join(folder.path, 'fresh')
    const target = await openTarget(dir)
    const asked = { job: 'rollback', askedBy: 'job-1' } as const
    expect(await settleRestore(asked, { target, clock })).toEqual({ done: null, recovered: null })
    await target.close()
    expect(existsSync(dir)).toBe(false)
  })
})

describe('what the journal says of the restore by a plan', () => {
  test('is that it stands only for the one who asked, and by that plan', async () => {
    await using at = await placeFor()
    expect(await restoreByPlan(at.target, { planHash: null, askedBy: 'run-1' })).toEqual({ kind: 'none' })
    const hash = await restoredFor('run-1', at.target)
    const ask = async (planHashOf: string | null, askedBy: string) =>
      restoreByPlan(at.target, { planHash: planHashOf, askedBy })
    const stands = await ask(hash, 'run-1')
    expect(stands.kind === 'stands' && stands.movedAside.map(({ name }) => name)).toEqual([
      'kms',
      'metadata',
      'patches',
    ])
    expect(await ask(null, 'run-1')).toEqual(stands)
    expect(await ask('another', 'run-1')).toEqual({ kind: 'none' })
    expect(await ask(hash, 'run-2')).toEqual({ kind: 'none' })
    await rollbackRestore({ target: at.target, clock, random, askedBy: 'run-1' })
    expect(await ask(null, 'run-1')).toEqual({ kind: 'none' })
  })

  test('is that it was cut short, and when it began; nothing is ended by the question', async () => {
    await using at = await placeFor()
    const hash = await cutShort('run-1', at.target)
    const open = { kind: 'unfinished', job: 'restore', startedAt: '2026-11-20T02:00:00.000Z' }
    expect(await restoreByPlan(at.target, { planHash: hash, askedBy: 'run-1' })).toEqual(open)
    expect(await restoreByPlan(at.target, { planHash: hash, askedBy: 'run-1' })).toEqual(open)
  })
})
