import { HoldfastError } from '../../../shared/domain/error.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { LockedTarget, ReadOptions, RestoreTarget } from '../../ports/restore-target.ts'
import { isSameItem } from './item-facts.ts'
import type { Journal } from './journal.ts'
import type { SwapName } from './journal-record.ts'
import { atName, freeStamp, setAsideMiddle, type Move } from './swap.ts'
import { wayBack } from './unfinished.ts'
import { factsAt, lookAtTarget } from './view.ts'

/** What a run works with while it changes a target. */
export interface RunParts {
  readonly run: string
  readonly target: LockedTarget
  readonly journal: Journal
  readonly clock: Pick<Clock, 'now'>
}

/** Begins with the time, so that runs are told apart by people too. */
export function newRunId({
  clock,
  random,
}: {
  readonly clock: Pick<Clock, 'now'>
  readonly random: Random
}): string {
  const time = new Date(clock.now()).toISOString().replace(/[-:]|\.\d+/g, '')
  return `${time}-${Buffer.from(random.bytes(4)).toString('hex')}`
}

/** Each move is durable before it is written down, and both before the next. */
export async function makeMoves(
  moves: readonly Move[],
  { run, target, journal }: RunParts,
  signal?: AbortSignal,
): Promise<void> {
  for (const { from, to } of moves) {
    throwIfCancelled(signal)
    await target.move(from, to)
    await journal.append(run, { kind: 'moved', from, to })
  }
  throwIfCancelled(signal)
  await refuseStarted(moves, target)
}

/** A service that started in the middle of it has opened the old of one name and the new of another. */
async function refuseStarted(moves: readonly Move[], target: RestoreTarget): Promise<void> {
  const places = moves.flatMap(({ from, to }) => [from, to])
  const names = places.flatMap(({ area, name }) => (area === 'target' ? [name] : []))
  const [user] = await target.usedBy([...new Set(names)])
  if (user === undefined) return
  throw new HoldfastError('target.refused', {
    what: `A program was started on what stands in ${target.dir} while it was swapped.`,
    why: `Process ${user.pid} (${user.command}) is using ${user.path}.`,
    next: 'Stop it, and whatever would start it again, then try once more.',
  })
}

/** Reads what now stands in place, every byte; throws where it is not what was staged. */
export async function verifyInPlace(
  names: readonly SwapName[],
  { target }: Pick<RunParts, 'target'>,
  options: ReadOptions = {},
): Promise<void> {
  const { target: entries } = await lookAtTarget(target, null)
  for (const { name, aside, incoming, expect } of names) {
    const isThere = entries.has(name) === (incoming !== null) && (aside === null || entries.has(aside))
    const isRight =
      isThere && (expect === null || isSameItem(await factsAt(target, atName(name), options), expect))
    if (isRight) continue
    throw new HoldfastError('restore.failed', {
      what: `${name} in ${target.dir}, read back after the swap, is not what was put there.`,
      why: 'The disk returned other bytes, or another program wrote to it meanwhile.',
    })
  }
}

/**
 * Back to what stood before, whatever has been done so far. The names that were set aside because another program had
 * changed them. Cannot be cancelled. Where it fails, the journal still tells the next run how to go on.
 */
export async function goBack(
  names: readonly SwapName[] | null,
  why: string,
  parts: RunParts,
): Promise<readonly string[]> {
  const { run, target, journal, clock } = parts
  let moves: readonly Move[] = []
  if (names !== null) {
    // Says only which way a next run continues; on a full disk the way back matters more.
    await journal.append(run, { kind: 'undo', why }).catch(ignoreFull)
    const view = await lookAtTarget(target, run)
    const stamp = freeStamp(
      names.map(({ name }) => name),
      setAsideMiddle,
      view,
      clock.now(),
    )
    moves = await wayBack(names, target, view, stamp)
    for (const { from, to } of moves) {
      await target.move(from, to)
      await journal.append(run, { kind: 'moved', from, to }).catch(ignoreFull)
    }
  }
  await target.removeStaging(run)
  await journal.append(run, { kind: 'undone' }).catch(ignoreFull)
  return setAsideBy(moves)
}

export function setAsideBy(moves: readonly Move[]): readonly string[] {
  return moves.map(({ to }) => to.name).filter((name) => name.includes(setAsideMiddle))
}

export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return
  throw new HoldfastError('cancelled', { what: 'The restore was cancelled.' }, { cause: signal.reason })
}

function ignoreFull(error: unknown): void {
  if (!(error instanceof HoldfastError) || error.code !== 'target.full') throw error
}
