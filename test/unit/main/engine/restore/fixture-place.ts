import { join } from 'node:path'
import {
  runRestore,
  type RestoreParts,
  type RestoreResult,
} from '../../../../../src/main/engine/restore/run-restore.ts'
import type { RestoreTarget } from '../../../../../src/main/ports/restore-target.ts'
import { isHoldfastError, type HoldfastError } from '../../../../../src/shared/domain/error.ts'
import {
  clock,
  countingRandom,
  entriesOf,
  generate,
  newTree,
  oldTree,
  openTarget,
  plant,
  planFor,
  requestOf,
  scratch,
  shapeOf,
  type Tree,
} from './fixture.ts'

/** A planted target that goes away with the test. */
export async function placeFor(
  tree: Tree = oldTree,
): Promise<AsyncDisposable & { readonly dir: string; readonly target: RestoreTarget; readonly old: object }> {
  const folder = scratch()
  const dir = join(folder.path, 'data')
  plant(dir, tree)
  const target = await openTarget(dir)
  return {
    dir,
    target,
    old: shapeOf(dir),
    [Symbol.asyncDispose]: async () => {
      await target.close()
      folder[Symbol.dispose]()
    },
  }
}

export async function restoreInto(
  target: RestoreTarget,
  tree: Tree = newTree,
  more: Partial<RestoreParts> = {},
): Promise<RestoreResult> {
  const plan = await planFor(target, requestOf(tree))
  return runRestore(plan, entriesOf(tree), { target, clock, random: countingRandom(), generate, ...more })
}

export async function failureOf(work: Promise<unknown>): Promise<HoldfastError> {
  const error: unknown = await work.then(
    () => new Error('It did not fail.'),
    (reason: unknown) => reason,
  )
  if (isHoldfastError(error)) return error
  throw error
}
