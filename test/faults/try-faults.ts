import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RestoreTarget } from '../../src/main/ports/restore-target.ts'
import type { StagedEntry } from '../../src/main/ports/staged-entry.ts'
import { HoldfastError, isHoldfastError, type ErrorCode } from '../../src/shared/domain/error.ts'
import { shellHost } from '../lab/shell-host.ts'
import { targetOn } from '../lab/ssh-target.ts'
import { openTarget } from '../unit/main/engine/restore/fixture.ts'
import { cutHost } from './cut-host.ts'
import { doJob, endOf, onThisMachine, recovered, type Scene } from './job.ts'
import { followSteps, type Step } from './steps.ts'
import type { Outcome, Place } from './table.ts'

export interface Trial {
  readonly scene: Scene
  readonly above: string
}

/** Ends what a job has come to, on the host and over the connection in turns, and says what stands. */
export async function settled(
  { scene }: Trial,
  dir: string,
  error: unknown,
  facts: Pick<Outcome, 'fault' | 'place' | 'step'>,
  turn: number,
): Promise<Outcome> {
  const before = endOf(scene, dir)
  const journal = readdirSync(dir).includes('.holdfast') ? endsIn(dir) : true
  await recovered(async () => (turn % 2 === 0 ? openTarget(dir) : targetOn(shellHost(), dir)))
  const end = endOf(scene, dir)
  const staging = await onThisMachine(dir, async (target) => target.listStaging())
  if (staging.length > 0) throw new Error('Something was left in staging.')
  rmSync(dir, { recursive: true })
  const said = error === null ? 'none' : isHoldfastError(error) ? error.code : 'killed'
  return { ...facts, end, by: before === end && journal ? 'itself' : 'next', said }
}

/** True where the last run in the journal has its end. */
function endsIn(dir: string): boolean {
  let text = ''
  try {
    text = readFileSync(join(dir, '.holdfast/journal'), 'utf8')
  } catch {
    return true
  }
  return text === '' || /"kind":"(done|undone)"[^\n]*\n$/.test(text)
}

/** Cuts the connection at the `at`-th point; null once there is no such point. */
export async function tryCut(
  trial: Trial,
  at: number,
  fault: 'connection cut' | 'host rebooted',
): Promise<Outcome | null> {
  const { scene, above } = trial
  const dir = join(above, `${scene.job}-${fault.replace(' ', '-')}-${at}`)
  await scene.plant(dir)
  const follow = followSteps(scene.job)
  let step: Step = follow.now()
  const host = cutHost(shellHost(), at, async () => {
    step = follow.now()
    if (fault === 'host rebooted') reboot(dir)
  })
  let target: RestoreTarget | null = null
  let error: unknown = null
  try {
    target = await targetOn(host, dir)
    await doJob(scene.job, follow.follow(target))
  } catch (thrown) {
    error = thrown
  }
  const wasReached = host.passed() >= at
  await (target ?? host).close()
  const outcome = await settled(trial, dir, error, { fault, place: 'over SSH', step }, at)
  return wasReached ? outcome : null
}

/** Every process that holds a lock is dead, and its lock is one of an earlier boot. */
function reboot(dir: string): void {
  const folder = join(dir, '.holdfast')
  for (const name of readNames(folder).filter((each) => /^lock-[0-9a-f]{32}$/.test(each))) {
    const file = join(folder, name)
    const lock = JSON.parse(readFileSync(file, 'utf8')) as { readonly pid: number }
    process.kill(lock.pid, 'SIGKILL')
    writeFileSync(file, `${JSON.stringify({ ...lock, bootId: 'an earlier boot' })}\n`)
  }
}

function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

class Killed extends Error {}

/** This process as one that is killed at the `at`-th operation, on a target of this machine; null once there is none. */
export async function tryKill(trial: Trial, at: number): Promise<Outcome | null> {
  const { scene, above } = trial
  const dir = join(above, `${scene.job}-killed-${at}`)
  await scene.plant(dir)
  const follow = followSteps(scene.job)
  let passed = 0
  let step: Step = follow.now()
  const target = await openTarget(dir)
  const dying = follow.follow(target, async () => {
    passed += 1
    if (passed === at) step = follow.now()
    if (passed >= at) throw new Killed()
  })
  let error: unknown = null
  try {
    await doJob(scene.job, dying)
  } catch (thrown) {
    error = thrown
  }
  // What the dead leave: its lock file, with a process that is no more.
  for (const name of readNames(join(dir, '.holdfast')).filter((each) => each.startsWith('lock-'))) {
    const file = join(dir, '.holdfast', name)
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"startTicks":"\d+"/, '"startTicks":"1"'))
  }
  await target.close()
  const facts = { fault: 'desktop killed', place: 'on this machine', step } as const
  const outcome = await settled(trial, dir, error, facts, at)
  return passed >= at ? { ...outcome, said: 'killed' } : null
}

/** Another run tries to begin at each operation of a job that holds the lock; the job goes on as if nothing was. */
export async function trySecond(trial: Trial, place: Place): Promise<readonly Outcome[]> {
  const { scene, above } = trial
  const dir = join(above, `${scene.job}-second-${place.length}`)
  await scene.plant(dir)
  const follow = followSteps(scene.job)
  const open = async (): Promise<RestoreTarget> =>
    place === 'over SSH' ? targetOn(shellHost(), dir) : openTarget(dir)
  const target = await open()
  const seen: Pick<Outcome, 'step' | 'said'>[] = []
  let turn = 0
  const watched = follow.follow(target, async () => {
    const isHeld = readNames(join(dir, '.holdfast')).some((name) => /^lock-[0-9a-f]{32}$/.test(name))
    turn += 1
    if (!isHeld && follow.now() !== 'check') return
    // On the host and over the connection in turns.
    const other = turn % 2 === 0 ? await openTarget(dir) : await targetOn(shellHost(), dir)
    try {
      const locked = await other.lock()
      await locked.release()
      if (isHeld) seen.push({ step: follow.now(), said: 'nothing, though the folder was locked' })
    } catch (error) {
      if (isHeld) seen.push({ step: follow.now(), said: isHoldfastError(error) ? error.code : 'internal' })
    } finally {
      await other.close()
    }
  })
  await doJob(scene.job, watched)
  await target.close()
  const facts = { fault: 'second operator', place, step: follow.now() }
  const outcome = await settled(trial, dir, null, facts, 0)
  return seen.map((each) => ({ ...outcome, ...each }))
}

/** What reading a backup ends with. */
const sourceFaults: readonly (readonly [string, ErrorCode])[] = [
  ['wrong key', 'key.wrong'],
  ['damaged object', 'restore.failed'],
  ['object deleted meanwhile', 'object.missing'],
]

/** The source ends at each of the entries, before its first byte or in its middle. */
export async function trySources(trial: Trial, place: Place): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const [fault, code] of sourceFaults) {
    for (const at of [0, 1, 2]) {
      const dir = join(trial.above, `source-${place.length}-${code}-${at}`)
      await trial.scene.plant(dir)
      const target = place === 'over SSH' ? await targetOn(shellHost(), dir) : await openTarget(dir)
      let error: unknown = null
      try {
        await doJob('restore', target, (entries) => failing(entries, at, code))
      } catch (thrown) {
        error = thrown
      }
      await target.close()
      outcomes.push(await settled(trial, dir, error, { fault, place, step: 'stage' }, at))
    }
  }
  return outcomes
}

async function* failing(
  entries: AsyncIterable<StagedEntry>,
  at: number,
  code: ErrorCode,
): AsyncGenerator<StagedEntry> {
  const broken = new HoldfastError(code, { what: 'The object ends here.' })
  let count = 0
  for await (const entry of entries) {
    if (count === at) {
      yield {
        ...entry,
        pieces: (async function* () {
          for await (const piece of entry.pieces) {
            yield piece.subarray(0, 3)
            throw broken
          }
        })(),
      }
    }
    yield entry
    count += 1
  }
}
