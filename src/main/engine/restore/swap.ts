import type { Place, TargetEntry } from '../../ports/restore-target.ts'
import type { SwapName } from './journal-record.ts'

export interface Move {
  readonly from: Place
  readonly to: Place
}

/** What stands in the target and in one run's staging, by name. */
export interface View {
  readonly target: ReadonlyMap<string, TargetEntry>
  readonly staging: ReadonlyMap<string, TargetEntry>
}

/**
 * The moves that are still to be made, told from what stands where: the same function begins a swap and continues one
 * that was cut short anywhere. It rests on two names that nothing else ever has: a name's `aside` exists if and only if
 * the old was moved, its `incoming` is gone if and only if the new was put in place. A file in the middle of a move is
 * one file under both names; `move` completes it.
 *
 * What another program puts at a name meanwhile is moved to `<name>.set-aside-<stamp>`, never removed.
 *
 * Null where it cannot be done: something that is needed is nowhere. What stands at a name with its `incoming` gone is
 * taken for the new; the caller has compared its bytes.
 */
export function movesForward(names: readonly SwapName[], view: View, stamp: string): readonly Move[] | null {
  const moves: Move[] = []
  for (const swap of names) {
    const { name, aside, incoming } = swap
    const { old, here, next } = lookAt(swap, view)
    const isOldHere = aside !== null && old === undefined
    if (isOldHere) {
      if (here === undefined || (incoming !== null && next === undefined)) return null
      moves.push({ from: atName(name), to: atName(aside) })
    } else if (here !== undefined && isSame(here, old) && aside !== null) {
      moves.push({ from: atName(name), to: atName(aside) })
    } else if (here !== undefined && !isSame(here, next) && (incoming === null || next !== undefined)) {
      moves.push({ from: atName(name), to: setAside(name, stamp) })
    }
    if (incoming !== null && next !== undefined) moves.push({ from: incoming, to: atName(name) })
    else if (incoming !== null && here === undefined) return null
  }
  return moves
}

/**
 * The moves that bring back what stood before, from wherever the swap has come to. The new goes back to where it came
 * from; for names in `changed` it is no longer what was put there, or a program is at it, so somebody may need it and it is
 * set aside.
 */
export function movesBack(
  names: readonly SwapName[],
  view: View,
  changed: ReadonlySet<string>,
  stamp: string,
): readonly Move[] {
  const moves: Move[] = []
  for (const swap of names.toReversed()) {
    const { name, aside, incoming } = swap
    const { old, here, next } = lookAt(swap, view)
    // What stands there is the old, still or again.
    if (aside !== null && old === undefined) continue
    if (here !== undefined && !isSame(here, old)) {
      const isNew = incoming !== null && (next === undefined || isSame(here, next))
      if (isNew && !changed.has(name)) moves.push({ from: atName(name), to: incoming })
      else if (isNew || aside !== null) moves.push({ from: atName(name), to: setAside(name, stamp) })
    }
    if (aside !== null) moves.push({ from: atName(aside), to: atName(name) })
  }
  return moves
}

/** The first name whose old is neither in its place nor aside: no move ever leaves it so, somebody else took it. */
export function lostName(names: readonly SwapName[], view: View): SwapName | null {
  const isLost = ({ name, aside }: SwapName): boolean =>
    aside !== null && !view.target.has(aside) && !view.target.has(name)
  return names.find(isLost) ?? null
}

/**
 * What stands at managed names of a restore that it neither brought nor replaced: made since, so it is of the new state and
 * goes with it.
 */
export function madeSince(
  manages: readonly string[],
  swapped: readonly SwapName[],
  { target }: Pick<View, 'target'>,
): readonly SwapName[] {
  return manages
    .filter((name) => target.has(name) && !swapped.some((swap) => swap.name === name))
    .map((name) => ({ name, aside: null, incoming: null, expect: null }))
}

/** True once anything of the swap has happened. */
export function isTouched(names: readonly SwapName[], view: View): boolean {
  return names.some((swap) => {
    const { old, next } = lookAt(swap, view)
    return old !== undefined || (swap.incoming !== null && next === undefined)
  })
}

/** What would stand there after the moves. */
export function afterMoves(moves: readonly Move[], view: View): View {
  const target = new Map(view.target)
  const staging = new Map(view.staging)
  const areaOf = (place: Place): Map<string, TargetEntry> => (place.area === 'target' ? target : staging)
  for (const { from, to } of moves) {
    const entry = areaOf(from).get(from.name)
    areaOf(from).delete(from.name)
    if (entry !== undefined) areaOf(to).set(to.name, { ...entry, name: to.name })
  }
  return { target, staging }
}

/** A word to end names with, so that `<name><middle><word>` is free for all names: the time, counted up where taken. */
export function freeStamp(names: readonly string[], middle: string, view: View, timeMs: number): string {
  const time = new Date(timeMs).toISOString().replace(/[-:]|\.\d+/g, '')
  for (let count = 1; ; count += 1) {
    const stamp = count === 1 ? time : `${time}-${count}`
    if (names.every((name) => !view.target.has(`${name}${middle}${stamp}`))) return stamp
  }
}

export const setAsideMiddle = '.set-aside-'

export function atName(name: string): Place {
  return { area: 'target', name }
}

export function entryAt(place: Place, view: View): TargetEntry | undefined {
  return (place.area === 'target' ? view.target : view.staging).get(place.name)
}

function lookAt(
  { name, aside, incoming }: SwapName,
  view: View,
): {
  readonly old: TargetEntry | undefined
  readonly here: TargetEntry | undefined
  readonly next: TargetEntry | undefined
} {
  return {
    old: aside === null ? undefined : view.target.get(aside),
    here: view.target.get(name),
    next: incoming === null ? undefined : entryAt(incoming, view),
  }
}

function isSame(a: TargetEntry, b: TargetEntry | undefined): boolean {
  return a.identity === b?.identity
}

function setAside(name: string, stamp: string): Place {
  // The caller chose a stamp that is free for all names.
  return atName(`${name}${setAsideMiddle}${stamp}`)
}
