import { HoldfastError } from '../../../shared/domain/error.ts'
import type { Owner } from '../../../shared/domain/restore-plan.ts'
import type { Clock } from '../../ports/clock.ts'
import type { RestoreTarget, TargetEntry, UsingProcess } from '../../ports/restore-target.ts'
import { lastDoneRun, readJournal, unfinishedRun, type JournalReading, type JournalRun } from './journal.ts'
import { afterMoves, madeSince } from './swap.ts'
import { endingOf } from './unfinished.ts'
import { lookAtTarget, type Surveyed } from './view.ts'

/** A restore or rollback that was cut short, and what the next run will make of it. */
export interface Unfinished {
  readonly run: string
  readonly job: 'restore' | 'rollback'
  readonly startedAt: string
  readonly willBe: 'done' | 'undone'
}

/** What a rollback would do. */
export interface PossibleRollback {
  readonly backupId: string
  readonly finishedAt: string
  /** Names that come back. */
  readonly returns: readonly string[]
  /** Names that were not there before: afterwards they are not there again. */
  readonly leaves: readonly string[]
}

/** What a plan needs to know of a target. Where a run was cut short: as it will be once that has been recovered. */
export interface TargetState {
  readonly dir: string
  /** Of the target folder; of what this account makes, where it does not exist yet. */
  readonly owner: Owner
  readonly canGiveAway: boolean
  readonly freeBytes: number
  /** The system's names and those that earlier restores managed here: a plan covers them all. */
  readonly manages: readonly string[]
  /** What stands there under a managed name. */
  readonly standing: readonly TargetEntry[]
  readonly usedBy: readonly UsingProcess[]
  readonly unfinished: Unfinished | null
  readonly rollback: PossibleRollback | null
}

/**
 * Looks at a target without changing it. `target.busy` while a run is at work there, `state.broken` where its journal
 * cannot be read or an earlier run can be neither finished nor taken back.
 */
export async function inspectTarget(
  manages: readonly string[],
  {
    target,
    clock,
    signal,
  }: { target: RestoreTarget; clock: Pick<Clock, 'now'>; signal?: AbortSignal | undefined },
): Promise<TargetState> {
  const holder = await target.lockHolder()
  if (holder !== null) {
    throw new HoldfastError('target.busy', {
      what: `${target.dir} is being restored by another run.`,
      why: `Process ${holder.pid} on ${holder.host} has been at it since ${holder.since}.`,
      unchanged: 'Nothing was changed.',
      next: 'Wait for it to end.',
    })
  }
  const journal = readJournal(await target.readJournal(), target.dir)
  const unfinished = unfinishedRun(journal)
  if (unfinished === null) {
    return stateOf(manages, journal, await lookAtTarget(target, null), { target, unfinished: null })
  }
  const ending = await endingOf(unfinished, target, clock.now(), signal)
  const { survey } = await lookAtTarget(target, null)
  const view = { ...afterMoves(ending.moves, ending.view), survey }
  const { run, begin } = unfinished
  return stateOf(manages, endedAs(journal, unfinished, ending.outcome), view, {
    target,
    unfinished: { run, job: begin.job, startedAt: begin.at, willBe: ending.outcome },
  })
}

export async function stateOf(
  names: readonly string[],
  journal: Pick<JournalReading, 'runs'>,
  { survey, target: entries }: Surveyed,
  { target, unfinished }: { readonly target: RestoreTarget; readonly unfinished: Unfinished | null },
): Promise<TargetState> {
  const manages = [...new Set([...names, ...managedBefore(journal)])].sort()
  const standing = manages.map((name) => entries.get(name)).filter((entry) => entry !== undefined)
  return {
    dir: target.dir,
    owner: survey.folder?.owner ?? survey.account,
    canGiveAway: survey.canGiveAway,
    freeBytes: survey.freeBytes,
    manages,
    standing,
    usedBy: await target.usedBy(standing.map(({ name }) => name)),
    unfinished,
    rollback: possibleRollback(journal, entries),
  }
}

/** A store that only an earlier backup had would else stay and mix with this one's. */
function managedBefore({ runs }: Pick<JournalReading, 'runs'>): readonly string[] {
  return runs.flatMap(({ begin, end }) =>
    begin.job === 'restore' && end?.how === 'done' ? begin.manages : [],
  )
}

function possibleRollback(
  journal: Pick<JournalReading, 'runs'>,
  target: Surveyed['target'],
): PossibleRollback | null {
  const last = lastDoneRun(journal)
  if (last === null || last.begin.job !== 'restore') return null
  const swapped = last.swap ?? []
  const names = [...swapped, ...madeSince(last.begin.manages, swapped, { target })]
  return {
    backupId: last.begin.backupId,
    finishedAt: last.end?.at ?? last.begin.at,
    returns: names.filter(({ aside }) => aside !== null).map(({ name }) => name),
    leaves: names.filter(({ aside }) => aside === null).map(({ name }) => name),
  }
}

function endedAs(journal: JournalReading, run: JournalRun, how: 'done' | 'undone'): JournalReading {
  return { ...journal, runs: [...journal.runs.slice(0, -1), { ...run, end: { how, at: run.begin.at } }] }
}
