import { HoldfastError } from '../../../shared/domain/error.ts'
import type { RestoreTarget } from '../../ports/restore-target.ts'
import { isSameItem } from './item-facts.ts'
import type { JournalRun } from './journal.ts'
import type { SwapName } from './journal-record.ts'
import {
  atName,
  entryAt,
  freeStamp,
  isTouched,
  lostName,
  movesBack,
  movesForward,
  setAsideMiddle,
  type Move,
  type View,
} from './swap.ts'
import { factsAt, lookAtTarget } from './view.ts'

/** How a run that was cut short has to end, told from its records and from what stands there; nothing is changed. */
export interface Ending {
  readonly outcome: 'done' | 'undone'
  /** What is left to do; empty where only bookkeeping is. */
  readonly moves: readonly Move[]
  readonly view: View
}

/**
 * Before the swap: back. Once anything was swapped: forward, if everything that is needed is there and every byte of it
 * is right; else back. A run that was going back goes on doing so. Throws `state.broken` where neither can be reached.
 */
export async function endingOf(
  run: JournalRun,
  target: RestoreTarget,
  timeMs: number,
  signal?: AbortSignal,
): Promise<Ending> {
  const view = await lookAtTarget(target, run.run)
  const names = run.swap
  if (names !== null) refuseLost(names, target, view)
  if (names === null || (!run.isGoingBack && !isTouched(names, view))) {
    return { outcome: 'undone', moves: [], view }
  }
  const stamp = freeStamp(
    names.map(({ name }) => name),
    setAsideMiddle,
    view,
    timeMs,
  )
  if (!run.isGoingBack) {
    const moves = movesForward(names, view, stamp)
    if (moves !== null && (await isAllAsExpected(names, target, view, signal))) {
      return { outcome: 'done', moves, view }
    }
  }
  return { outcome: 'undone', moves: await wayBack(names, target, view, stamp), view }
}

/** The moves back. Not to be cancelled: half a way back is no state to be in. */
export async function wayBack(
  names: readonly SwapName[],
  target: RestoreTarget,
  view: View,
  stamp: string,
): Promise<readonly Move[]> {
  refuseLost(names, target, view)
  const changed = new Set<string>()
  for (const { name, incoming, expect } of names) {
    if (expect === null || incoming === null || entryAt(incoming, view) !== undefined) continue
    const isUsed = (await target.usedBy([name])).length > 0
    if (isUsed || !isSameItem(await factsAt(target, atName(name)), expect)) changed.add(name)
  }
  return movesBack(names, view, changed, stamp)
}

function refuseLost(names: readonly SwapName[], { dir }: RestoreTarget, view: View): void {
  const lost = lostName(names, view)
  if (lost === null) return
  throw new HoldfastError('state.broken', {
    what: `An earlier restore in ${dir} was cut short and can be neither finished nor taken back.`,
    why: `Neither ${lost.name} nor ${lost.aside ?? 'its copy'} is there: somebody moved or removed it since.`,
    unchanged: 'Nothing was changed.',
    next: 'Put it back, then run the restore again.',
  })
}

/** Reads everything that has come in, or is still to come in. */
async function isAllAsExpected(
  names: readonly SwapName[],
  target: RestoreTarget,
  view: View,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for (const { name, incoming, expect } of names) {
    if (incoming === null || expect === null) continue
    const place = entryAt(incoming, view) === undefined ? atName(name) : incoming
    if (!isSameItem(await factsAt(target, place, { signal }), expect)) return false
  }
  return true
}
