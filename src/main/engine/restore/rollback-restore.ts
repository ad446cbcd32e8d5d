import { HoldfastError } from '../../../shared/domain/error.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { RestoreTarget } from '../../ports/restore-target.ts'
import { stateOf } from './inspect-target.ts'
import { lastDoneRun, openJournal, type Journal } from './journal.ts'
import type { SwapName } from './journal-record.ts'
import { recoverLocked, type Recovery } from './recover-restore.ts'
import { refuseTarget } from './refuse-target.ts'
import { atName, freeStamp, madeSince, movesForward } from './swap.ts'
import { makeMoves, newRunId, throwIfCancelled, verifyInPlace, type RunParts } from './swap-run.ts'
import { undoOnFailure } from './undo-on-failure.ts'
import { lookAtTarget, type Surveyed } from './view.ts'
import { whileLocked } from './while-locked.ts'

export interface RollbackResult {
  readonly run: string
  readonly finishedAt: string
  /** The backup whose restore was taken back. */
  readonly backupId: string
  /** Names that are back. */
  readonly returned: readonly string[]
  /** What stood there until now, and where it is: nothing is deleted. */
  readonly movedAside: readonly { readonly name: string; readonly to: string }[]
  readonly recovered: Recovery | null
}

/**
 * Goes back to what stood before the last finished restore in a target. Killed anywhere, the next run there brings it to
 * the state before or after. Throws `restore.refused` where there is nothing to go back to, and what `runRestore` throws.
 */
export async function rollbackRestore(parts: {
  readonly target: RestoreTarget
  readonly clock: Pick<Clock, 'now'>
  readonly random: Random
  /** As in the journal. */
  readonly askedBy?: string
  readonly signal?: AbortSignal | undefined
}): Promise<RollbackResult> {
  const { clock, signal } = parts
  throwIfCancelled(signal)
  return whileLocked(parts.target, async (target) => {
    const journal = await openJournal(target, clock)
    const recovered = await recoverLocked({ target, journal, clock }, signal)
    const view = await lookAtTarget(target, null)
    const last = restoreToTakeBack(journal, view, target.dir)
    const names = rollbackNames(last.names, view, clock.now(), target.dir)
    const managed = last.names.map(({ name }) => name)
    refuseTarget(await stateOf(managed, { runs: [] }, view, { target, unfinished: null }))
    const run: RunParts = { run: newRunId(parts), target, journal, clock }
    await undoOnFailure(run, signal, async (reach) => {
      await reach({ kind: 'begin', job: 'rollback', of: last.run, askedBy: parts.askedBy ?? null })
      const moves = movesForward(names, view, '')
      if (moves === null) throw new Error('What stood there before is gone.')
      await reach({ kind: 'swap', names })
      await makeMoves(moves, run, signal)
      await verifyInPlace(names, run)
      await journal.append(run.run, { kind: 'done' })
    })
    return {
      run: run.run,
      finishedAt: lastDoneRun(journal)?.end?.at ?? '',
      backupId: last.backupId,
      returned: names.flatMap(({ name, incoming }) => (incoming === null ? [] : [name])),
      movedAside: names.flatMap(({ name, aside }) => (aside === null ? [] : [{ name, to: aside }])),
      recovered,
    }
  })
}

function restoreToTakeBack(
  journal: Journal,
  view: Surveyed,
  dir: string,
): { readonly run: string; readonly backupId: string; readonly names: readonly SwapName[] } {
  const last = lastDoneRun(journal)
  if (last === null)
    throw refused(`No restore has been finished in ${dir}.`, 'There is nothing to go back to.')
  if (last.begin.job === 'rollback') {
    throw refused(
      `The last restore in ${dir} was taken back already, at ${last.end?.at ?? 'an unknown time'}.`,
      'What it had put there stands beside as <name>.rolled-back-<time>.',
    )
  }
  const swapped = last.swap ?? []
  const names = [...swapped, ...madeSince(last.begin.manages, swapped, view)]
  return { run: last.run, backupId: last.begin.backupId, names }
}

/** For each name of the restore: what stands there goes aside, what stood there before comes back. */
function rollbackNames(
  restored: readonly SwapName[],
  view: Surveyed,
  timeMs: number,
  dir: string,
): readonly SwapName[] {
  const lost = restored.find(({ aside }) => aside !== null && !view.target.has(aside))
  if (lost !== undefined) {
    throw refused(
      `${dir} cannot go back to what stood before the last restore.`,
      `${lost.aside ?? lost.name} is no longer there.`,
    )
  }
  const stamp = freeStamp(
    restored.map(({ name }) => name),
    '.rolled-back-',
    view,
    timeMs,
  )
  return restored
    .map(({ name, aside: before }) => ({
      name,
      aside: view.target.has(name) ? `${name}.rolled-back-${stamp}` : null,
      incoming: before === null ? null : atName(before),
      expect: null,
    }))
    .filter(({ aside, incoming }) => aside !== null || incoming !== null)
}

function refused(what: string, why: string): HoldfastError {
  return new HoldfastError('restore.refused', { what, why, unchanged: 'Nothing was changed.' })
}
