import { isHoldfastError, HoldfastError } from '../../shared/domain/error.ts'
import { throwIfCancelled } from '../../shared/domain/cancelled.ts'
import type { PlannedDeletion, PrunePlan } from '../../shared/domain/prune-plan.ts'
import { countOf } from '../../shared/domain/size-words.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import type { ProgressListener } from '../ports/progress.ts'

export interface PruneResult {
  /** Objects that went. */
  readonly deleted: number
  readonly freedBytes: number
  /** Objects that somebody else had deleted in the meantime. */
  readonly goneBefore: number
  /** Keys that the repository still lists afterwards: something there holds them. */
  readonly stillThere: readonly string[]
}

/**
 * Deletes exactly what a plan names, in its order, each only in the version that was planned. Wherever it ends, every
 * backup that is still listed has all that it needs; what it had deleted is said.
 */
export async function runPrune(
  { deletes, freesBytes }: PrunePlan,
  store: ObjectStore,
  { signal, onProgress }: { readonly signal?: AbortSignal; readonly onProgress?: ProgressListener } = {},
): Promise<PruneResult> {
  let deleted = 0
  let freedBytes = 0
  let goneBefore = 0
  const options = signal ? { signal } : {}
  try {
    for (const planned of deletes) {
      throwIfCancelled(signal)
      const there = await store.head(planned.key, options)
      if (there === null) {
        goneBefore += 1
        continue
      }
      refuseOther(planned, there)
      await store.delete(planned.key, options)
      deleted += 1
      freedBytes += planned.version.sizeBytes
      onProgress?.({ phase: 'deleting', doneBytes: freedBytes, totalBytes: freesBytes })
    }
    return { deleted, freedBytes, goneBefore, stillThere: await listedStill(deletes, store, options) }
  } catch (error) {
    if (!isHoldfastError(error)) throw error
    throw new HoldfastError(
      error.code,
      {
        ...error.text,
        unchanged: `${countOf(deleted, 'object')} of ${deletes.length} had been deleted before; every backup that is still there is whole.`,
      },
      { cause: error },
    )
  }
}

function refuseOther({ key, version }: PlannedDeletion, there: PlannedDeletion['version']): void {
  const isSame =
    version.sizeBytes === there.sizeBytes &&
    version.etag === there.etag &&
    (version.etag !== null || version.modifiedAt === there.modifiedAt)
  if (isSame) return
  throw new HoldfastError('object.changed', {
    what: `${JSON.stringify(key)} is not deleted.`,
    why: 'It was written anew since the plan was made.',
    next: 'Look at the plan again.',
  })
}

/** A store may say that an object went and keep it all the same. */
async function listedStill(
  deletes: readonly PlannedDeletion[],
  store: ObjectStore,
  options: { readonly signal?: AbortSignal },
): Promise<readonly string[]> {
  const keys = new Set(deletes.map(({ key }) => key))
  const still: string[] = []
  if (keys.size === 0) return still
  for await (const entry of store.list(options))
    if (entry.kind === 'object' && keys.has(entry.key)) still.push(entry.key)
  return still
}
