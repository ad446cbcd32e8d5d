import type { Clock } from '../ports/clock.ts'
import type { RepositoryMemory } from '../ports/catalog.ts'

/** At most so often; a file that takes long to write is written more seldom still. */
const leastMs = 2_000
const restPerWriting = 20

/**
 * The same memory, but that what is learnt is made durable while the work goes on: a reading of hours that is killed
 * has not to be made again. What cannot be saved now is tried again by `save`, which tells it.
 */
export function savedAsLearnt(
  memory: RepositoryMemory,
  { clock }: { readonly clock: Clock },
): RepositoryMemory {
  const ended = new AbortController()
  let saving: Promise<void> | null = null
  let isMore = false

  async function saveUntilRest(): Promise<void> {
    do {
      isMore = false
      const startedMs = clock.now()
      await memory.save().catch(() => undefined)
      const restMs = Math.max(leastMs, restPerWriting * (clock.now() - startedMs))
      await clock.wait(restMs, ended.signal).catch(() => undefined)
    } while (isMore && !ended.signal.aborted)
    saving = null
  }

  return {
    ...memory,
    remember(key, facts) {
      memory.remember(key, facts)
      isMore = true
      if (!ended.signal.aborted) saving ??= saveUntilRest()
    },
    async save() {
      ended.abort()
      await saving
      await memory.save()
    },
  }
}
