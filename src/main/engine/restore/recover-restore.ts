import { HoldfastError } from '../../../shared/domain/error.ts'
import type { Clock } from '../../ports/clock.ts'
import type { LockedTarget, RestoreTarget } from '../../ports/restore-target.ts'
import { openJournal, unfinishedRun, type Journal } from './journal.ts'
import { goBack, makeMoves, setAsideBy, verifyInPlace, type RunParts } from './swap-run.ts'
import { endingOf } from './unfinished.ts'
import { whileLocked } from './while-locked.ts'

/** What became of a run that had been cut short. */
export interface Recovery {
  readonly run: string
  readonly job: 'restore' | 'rollback'
  /** `done`: the new state stands, whole. `undone`: the old one does, as if the run had never been. */
  readonly outcome: 'done' | 'undone'
  /** What another program had written under a managed name meanwhile, and where it is now. */
  readonly setAside: readonly string[]
}

export interface RecoverParts {
  readonly target: RestoreTarget
  readonly clock: Pick<Clock, 'now'>
  readonly signal?: AbortSignal | undefined
}

/**
 * Brings a target whose last restore or rollback was cut short to exactly its old or its new state; null where none was.
 * May itself be cut short anywhere and repeated. Throws `target.busy`, `target.refused`, `state.broken` with nothing
 * changed.
 */
export async function recoverRestore({ target, clock, signal }: RecoverParts): Promise<Recovery | null> {
  return whileLocked(target, async (locked) =>
    recoverLocked({ target: locked, journal: await openJournal(locked, clock), clock }, signal),
  )
}

/** The same for a caller that holds the lock. Also sweeps what any earlier run left in staging. */
export async function recoverLocked(
  parts: Omit<RunParts, 'run'>,
  signal?: AbortSignal,
): Promise<Recovery | null> {
  const recovery = await recoverRun(parts, signal)
  if (unfinishedRun(parts.journal) !== null) {
    throw new HoldfastError('target.full', {
      what: `The end of an earlier restore in ${parts.target.dir} could not be written down.`,
      why: 'The file system is full.',
      unchanged: 'The target stands as it was before that restore.',
      next: 'Make room, then try again.',
    })
  }
  for (const { run } of await parts.target.listStaging()) await parts.target.removeStaging(run)
  return recovery
}

async function recoverRun(
  { target, journal, clock }: { target: LockedTarget; journal: Journal; clock: Pick<Clock, 'now'> },
  signal: AbortSignal | undefined,
): Promise<Recovery | null> {
  const unfinished = unfinishedRun(journal)
  if (unfinished === null) return null
  const { run, swap } = unfinished
  const job = unfinished.begin.job
  const parts: RunParts = { run, target, journal, clock }
  const ending = await endingOf(unfinished, target, clock.now(), signal)
  if (ending.moves.length > 0) await refuseInUse(target, swap?.map(({ name }) => name) ?? [])
  if (ending.outcome === 'undone') {
    const setAside = await goBack(ending.moves.length > 0 ? swap : null, 'It was cut short.', parts)
    return { run, job, outcome: 'undone', setAside }
  }
  try {
    await makeMoves(ending.moves, parts)
    await verifyInPlace(swap ?? [], parts)
  } catch (error) {
    const why = error instanceof Error ? error.message : 'It could not be finished.'
    return { run, job, outcome: 'undone', setAside: await goBack(swap, why, parts) }
  }
  await journal.append(run, { kind: 'done' })
  return { run, job, outcome: 'done', setAside: setAsideBy(ending.moves) }
}

/** Throws `target.refused` where a live process works on one of the names. */
export async function refuseInUse(target: RestoreTarget, names: readonly string[]): Promise<void> {
  const [user] = await target.usedBy(names)
  if (user === undefined) return
  throw new HoldfastError('target.refused', {
    what: `What stands in ${target.dir} cannot be moved.`,
    why: `Process ${user.pid} (${user.command}) is using ${user.path}.`,
    unchanged: 'Nothing was changed.',
    next: 'Stop it, and whatever would start it again, then try once more.',
  })
}
