import type { Clock } from '../../ports/clock.ts'
import type { RestoreTarget } from '../../ports/restore-target.ts'
import { lastDoneRun, openJournal, unfinishedRun } from './journal.ts'
import { recoverLocked, type Recovery } from './recover-restore.ts'
import { resultOf, type RestoreResult } from './run-restore.ts'
import { whileLocked } from './while-locked.ts'

/**
 * For a caller that goes on with a restore or rollback after a crash: brings what was cut short in the target to its end,
 * then says whether the very thing that was asked for stands there now. Nothing is touched where nothing was cut short.
 */
export async function settleRestore(
  asked:
    | { readonly job: 'restore'; readonly planHash: string; readonly askedBy: string }
    | { readonly job: 'rollback'; readonly askedBy: string },
  {
    target,
    clock,
    signal,
  }: {
    readonly target: RestoreTarget
    readonly clock: Pick<Clock, 'now'>
    readonly signal?: AbortSignal | undefined
  },
): Promise<{ readonly done: RestoreResult | null; readonly recovered: Recovery | null }> {
  // Taking the lock makes a missing folder: a target without a journal is left alone.
  if ((await target.readJournal()).byteLength === 0) return { done: null, recovered: null }
  return whileLocked(target, async (locked) => {
    const journal = await openJournal(locked, clock)
    const recovered =
      unfinishedRun(journal) === null ? null : await recoverLocked({ target: locked, journal, clock }, signal)
    const last = lastDoneRun(journal)
    const isIt =
      last !== null &&
      last.begin.job === asked.job &&
      last.begin.askedBy === asked.askedBy &&
      (asked.job === 'rollback' || (last.begin.job === 'restore' && last.begin.planHash === asked.planHash))
    return { done: isIt ? resultOf(last, recovered) : null, recovered }
  })
}
