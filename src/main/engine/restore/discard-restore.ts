import { HoldfastError } from '../../../shared/domain/error.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { RestoreTarget } from '../../ports/restore-target.ts'
import { lastDoneRun, openJournal, readJournal } from './journal.ts'
import { recoverLocked, recoverRestore } from './recover-restore.ts'
import { rollbackRestore } from './rollback-restore.ts'
import { newRunId, throwIfCancelled } from './swap-run.ts'
import { atName } from './swap.ts'
import { whileLocked } from './while-locked.ts'

interface DiscardParts {
  readonly target: RestoreTarget
  readonly clock: Pick<Clock, 'now'>
  readonly random: Random
  readonly signal?: AbortSignal | undefined
}

/**
 * Removes a restore for good that was made for trial: the last one of a folder that holds nothing else. It is taken back
 * first, so that a crash anywhere leaves a folder that says what it is. May be repeated. Throws `target.refused` where
 * the restore had replaced something, or anything else stands there.
 */
export async function discardRestore(parts: DiscardParts): Promise<readonly string[]> {
  const { target, clock } = parts
  await recoverRestore(parts)
  const last = lastDoneRun(readJournal(await target.readJournal(), target.dir))
  if (last?.begin.job === 'restore') {
    const swap = last.swap ?? []
    const replaced = swap.find(({ aside }) => aside !== null)
    if (replaced !== undefined) throw refused(target, `The restore there had replaced ${replaced.name}.`)
    await refuseOthers(
      target,
      swap.map(({ name }) => name),
    )
    await rollbackRestore(parts)
  }
  return whileLocked(target, async (locked) => {
    const journal = await openJournal(locked, clock)
    await recoverLocked({ target: locked, journal, clock }, parts.signal)
    const takenBack = lastDoneRun(journal)?.swap ?? []
    const asides = takenBack.flatMap(({ aside }) => (aside === null ? [] : [aside]))
    const standing = await refuseOthers(locked, asides)
    if (standing.length === 0) return []
    const run = newRunId(parts)
    await locked.createStaging(run)
    for (const name of standing) {
      throwIfCancelled(parts.signal)
      await locked.move(atName(name), { area: 'staging', run, name })
    }
    await locked.removeStaging(run)
    return standing
  })
}

/** What stands there, all of it ours. */
async function refuseOthers(target: RestoreTarget, ours: readonly string[]): Promise<readonly string[]> {
  const standing = (await target.survey()).entries.map(({ name }) => name)
  const other = standing.find((name) => !ours.includes(name))
  if (other !== undefined) throw refused(target, `${other} stands there, too.`)
  return standing
}

function refused({ dir }: RestoreTarget, why: string): HoldfastError {
  return new HoldfastError('target.refused', {
    what: `${dir} is not emptied.`,
    why,
    unchanged: 'Nothing was removed.',
    next: 'Look at what stands there, and remove by hand what is not needed.',
  })
}
