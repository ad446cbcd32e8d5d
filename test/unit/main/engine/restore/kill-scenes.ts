import {
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { join } from 'node:path'
import { readJournal } from '../../../../../src/main/engine/restore/journal.ts'
import { recoverRestore } from '../../../../../src/main/engine/restore/recover-restore.ts'
import { rollbackRestore } from '../../../../../src/main/engine/restore/rollback-restore.ts'
import { runRestore, type RestoreProgress } from '../../../../../src/main/engine/restore/run-restore.ts'
import type { RestoreTarget } from '../../../../../src/main/ports/restore-target.ts'
import { isHoldfastError } from '../../../../../src/shared/domain/error.ts'
import {
  clock,
  countingRandom,
  entriesOf,
  type FakeProcesses,
  generate,
  openTarget,
  plant,
  planFor,
  requestOf,
  shapeOf,
} from './fixture.ts'
import { killAtCalls } from './killable-calls.ts'
import { killSwitch } from './killable.ts'

/** Small, as every kill is tried: a folder and a file to replace, one to add, one that only goes. */
const before = {
  'kms/CURRENT': 'old current',
  metadata: 'old metadata',
  'patches/p1.zip': 'old patch',
  other: 'not ours',
}
const after = { 'kms/CURRENT': 'new current', iam: 'new iam', metadata: 'new meta' }

export type Job = 'restore' | 'cancelled restore' | 'rollback' | 'recover'

export async function doJob(job: Job, target: RestoreTarget): Promise<void> {
  const parts = { target, clock, random: countingRandom() }
  if (job === 'rollback') await rollbackRestore(parts)
  else if (job === 'recover') await recoverRestore(parts)
  else if (job === 'restore') {
    await runRestore(await planFor(target, requestOf(after)), entriesOf(after), { ...parts, generate })
  } else {
    const { abort, signal } = abortable()
    // At the last moment: everything is swapped and only needs to be read back.
    const onProgress = ({ phase }: RestoreProgress): void => (phase === 'verify' ? abort() : undefined)
    const plan = await planFor(target, requestOf(after))
    const running = runRestore(plan, entriesOf(after), { ...parts, generate, onProgress, signal })
    await running.catch((error: unknown) => {
      if (!isHoldfastError(error, 'cancelled')) throw error
    })
  }
}

function abortable(): { readonly abort: () => void; readonly signal: AbortSignal } {
  const controller = new AbortController()
  return { abort: () => controller.abort(), signal: controller.signal }
}

/**
 * A process within this one: it does one job until it dies at a point (0: never), each system call that changes something
 * being one. How many points it passed. Needs the calls to be killable.
 */
export async function killOff(
  point: number,
  job: Job,
  dir: string,
  processes: FakeProcesses,
): Promise<number> {
  const target = await openTarget(dir, { processes: processes.born() })
  const kill = killSwitch(point)
  using _ = killAtCalls(kill)
  try {
    await doJob(job, target)
  } catch (error) {
    if (point === 0) throw error
  } finally {
    processes.kill()
    await target.close()
  }
  return kill.passed
}

/**
 * Every state that any sequence of kills can reach, each recovered to its end. Gives the shapes that the target then has,
 * and how many states there were.
 */
export async function endsOfAllKills(
  job: Exclude<Job, 'recover'>,
  scene: Scene,
  above: string,
  processes: FakeProcesses,
): Promise<{ readonly shapes: readonly Readonly<Record<string, string>>[]; readonly states: number }> {
  const reached = new Set<string>()
  const shapes = new Map<string, Readonly<Record<string, string>>>()
  const waiting: string[] = []
  let count = 0
  const killAt = async (from: string, what: Job, point: number): Promise<void> => {
    const copy = copied(from, join(above, `${(count += 1)}`))
    await killOff(point, what, copy.path, processes)
    const state = JSON.stringify([shapeOf(copy.path), bookkeepingOf(copy.path)])
    if (reached.has(state)) return copy[Symbol.dispose]()
    reached.add(state)
    waiting.push(copy.path)
  }
  for (let point = 1; point <= scene.points; point += 1) await killAt(scene.before, job, point)
  for (let dir = waiting.pop(); dir !== undefined; dir = waiting.pop()) {
    using recovered = copied(dir, join(above, 'recovered'))
    const points = await killOff(0, 'recover', recovered.path, processes)
    if (stagingOf(recovered.path).length > 0) throw new Error('A recovery left staging behind.')
    const shape = shapeOf(recovered.path)
    shapes.set(JSON.stringify(shape), shape)
    for (let point = 1; point <= points; point += 1) await killAt(dir, 'recover', point)
  }
  return { shapes: [...shapes.values()], states: reached.size }
}

export interface Scene {
  /** A folder in which the job can begin. */
  readonly before: string
  readonly old: Readonly<Record<string, string>>
  /** What an undisturbed restore or rollback makes of it. */
  readonly new: Readonly<Record<string, string>>
  /** What an undisturbed run of this job passes. */
  readonly points: number
}

export async function sceneOf(
  job: Exclude<Job, 'recover'>,
  above: string,
  processes: FakeProcesses,
): Promise<Scene> {
  const dir = join(above, 'before', 'data')
  plant(dir, before)
  if (job === 'rollback') await killOff(0, 'restore', dir, processes)
  using changed = copied(dir, join(above, 'changed'))
  const points = await killOff(0, job === 'rollback' ? job : 'restore', changed.path, processes)
  const scene = { before: dir, old: shapeOf(dir), new: shapeOf(changed.path), points }
  if (job !== 'cancelled restore') return scene
  using cancelled = copied(dir, join(above, 'cancelled'))
  return { ...scene, points: await killOff(0, job, cancelled.path, processes) }
}

function stagingOf(dir: string): readonly string[] {
  const staging = join(dir, '.holdfast', 'staging')
  return existsSync(staging) ? readdirSync(staging) : []
}

/**
 * All of the bookkeeping that a later run depends on. Not in it: the records of single moves, which are for people; locks,
 * which have random names and matter only by whether their holders live.
 */
function bookkeepingOf(dir: string): unknown {
  const staging = join(dir, '.holdfast', 'staging')
  const journal = join(dir, '.holdfast', 'journal')
  const runs = existsSync(journal) ? readJournal(readFileSync(journal), dir).runs : []
  return [
    existsSync(staging) ? shapeOf(staging) : null,
    runs.map(({ run, begin, swap, isGoingBack, end }) => [run, begin.job, swap, isGoingBack, end?.how]),
  ]
}

/** A copy of a folder in a place of its own, for as long as it is used. */
function copied(dir: string, above: string): Disposable & { readonly path: string } {
  const path = join(above, 'data')
  mkdirSync(above)
  copyTree(dir, path, new Map())
  return { path, [Symbol.dispose]: () => rmSync(above, { recursive: true, force: true }) }
}

/** A file under two names stays one: that is what a move of a file looks like in its middle. */
function copyTree(from: string, to: string, copies: Map<number, string>): void {
  const stats = lstatSync(from)
  const first = copies.get(stats.ino)
  if (stats.isDirectory()) {
    mkdirSync(to, { mode: stats.mode })
    for (const name of readdirSync(from)) copyTree(join(from, name), join(to, name), copies)
  } else if (first !== undefined) {
    linkSync(first, to)
  } else {
    copyFileSync(from, to)
    copies.set(stats.ino, to)
  }
}
