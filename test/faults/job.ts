import { join } from 'node:path'
import { recoverRestore } from '../../src/main/engine/restore/recover-restore.ts'
import { rollbackRestore } from '../../src/main/engine/restore/rollback-restore.ts'
import { runRestore } from '../../src/main/engine/restore/run-restore.ts'
import type { RestoreTarget } from '../../src/main/ports/restore-target.ts'
import type { StagedEntry } from '../../src/main/ports/staged-entry.ts'
import { isHoldfastError } from '../../src/shared/domain/error.ts'
import {
  clock,
  countingRandom,
  entriesOf,
  openTarget,
  plant,
  planFor,
  requestOf,
  shapeOf,
} from '../unit/main/engine/restore/fixture.ts'

export type Job = 'restore' | 'rollback'

/** As small as a restore can be that replaces, adds and only moves aside: every fault is tried at every point. */
const before = { 'kms/CURRENT': 'old current', metadata: 'old metadata', other: 'not ours' }
const after = { 'kms/CURRENT': 'new current', iam: 'new iam', metadata: 'new metadata' }
const request = { ...requestOf(after), generated: [] }

export interface Scene {
  readonly job: Job
  /** A folder in which the job can begin. */
  readonly plant: (dir: string) => Promise<void>
  readonly old: object
  readonly new: object
}

/** The states before and after an undisturbed job, made on this machine. */
export async function sceneOf(job: Job, above: string): Promise<Scene> {
  const begin = async (dir: string): Promise<void> => {
    plant(dir, before)
    if (job === 'rollback') await onThisMachine(dir, async (target) => doJob('restore', target))
  }
  const dir = join(above, `${job}-undisturbed`)
  await begin(dir)
  const old = shapeOf(dir)
  await onThisMachine(dir, async (target) => doJob(job, target))
  return { job, plant: begin, old, new: shapeOf(dir) }
}

export async function doJob(
  job: Job,
  target: RestoreTarget,
  source: (entries: AsyncIterable<StagedEntry>) => AsyncIterable<StagedEntry> = (entries) => entries,
): Promise<void> {
  const parts = { target, clock, random: countingRandom() }
  if (job === 'rollback') await rollbackRestore(parts)
  else await runRestore(await planFor(target, request), source(entriesOf(after)), parts)
}

export async function onThisMachine<T>(dir: string, work: (target: RestoreTarget) => Promise<T>): Promise<T> {
  const target = await openTarget(dir)
  try {
    return await work(target)
  } finally {
    await target.close()
  }
}

/** What the next run does first; a lock whose holder is still ending is waited for. */
export async function recovered(open: () => Promise<RestoreTarget>): Promise<void> {
  for (let left = 200; ; left -= 1) {
    const target = await open()
    try {
      await recoverRestore({ target, clock })
      return
    } catch (error) {
      if (left === 0 || !isHoldfastError(error, 'target.busy')) throw error
    } finally {
      await target.close()
    }
  }
}

export function endOf(scene: Scene, dir: string): 'old' | 'new' | 'between' {
  const shape = JSON.stringify(shapeOf(dir))
  if (shape === JSON.stringify(scene.old)) return 'old'
  return shape === JSON.stringify(scene.new) ? 'new' : 'between'
}
