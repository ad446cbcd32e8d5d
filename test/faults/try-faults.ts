import { join } from 'node:path'
import type { RestoreTarget } from '../../src/main/ports/restore-target.ts'
import type { StagedEntry } from '../../src/main/ports/staged-entry.ts'
import { HoldfastError, isHoldfastError } from '../../src/shared/domain/error.ts'
import { shellHost } from '../lab/shell-host.ts'
import { targetOn } from '../lab/ssh-target.ts'
import type { Sshd } from '../lab/sshd.ts'
import { openTarget } from '../unit/main/engine/restore/fixture.ts'
import { cutHost } from './cut-host.ts'
import { doJob } from './job.ts'
import { locksOf, orphanLocks, rebootLocks } from './locks.ts'
import { reach } from './reach.ts'
import { settled, type Trial } from './settled.ts'
import { followSteps, type Step } from './steps.ts'
import type { Outcome, Place } from './table.ts'

/** The step of each point at which a connection could be cut, in order. */
export async function pointsToCut({ scene, above }: Trial): Promise<readonly Step[]> {
  const dir = join(above, `${scene.job}-points`)
  await scene.plant(dir)
  const follow = followSteps(scene.job)
  const passed: Step[] = []
  const host = cutHost(shellHost(), async () => {
    passed.push(follow.now())
    return false
  })
  const target = await targetOn(host, dir)
  await doJob(scene.job, follow.follow(target))
  await target.close()
  return passed
}

/** Cuts the connection at the `at`-th point. */
export async function tryCut(
  trial: Trial,
  at: number,
  fault: 'connection cut' | 'host rebooted',
): Promise<Outcome> {
  const { scene, above } = trial
  const dir = join(above, `${scene.job}-${fault.replace(' ', '-')}-${at}`)
  await scene.plant(dir)
  const follow = followSteps(scene.job)
  let step: Step = follow.now()
  let passed = 0
  const host = cutHost(shellHost(), async () => {
    passed += 1
    if (passed !== at) return false
    step = follow.now()
    if (fault === 'host rebooted') rebootLocks(dir)
    return true
  })
  let target: RestoreTarget | null = null
  let error: unknown = null
  try {
    target = await targetOn(host, dir)
    await doJob(scene.job, follow.follow(target))
  } catch (thrown) {
    error = thrown
  }
  await (target ?? host).close()
  return settled(trial, dir, error, { fault, place: 'over SSH', step }, at)
}

class Killed extends Error {}

/** The step of each point at which this process could be killed, in order. */
export async function pointsToKill({ scene, above }: Trial): Promise<readonly Step[]> {
  const dir = join(above, `${scene.job}-points-to-kill`)
  await scene.plant(dir)
  const follow = followSteps(scene.job)
  const passed: Step[] = []
  const target = await openTarget(dir)
  await doJob(
    scene.job,
    follow.follow(target, async () => void passed.push(follow.now())),
  )
  await target.close()
  return passed
}

/** This process as one that is killed at the `at`-th operation, on a target of this machine. */
export async function tryKill(trial: Trial, at: number): Promise<Outcome> {
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
  try {
    await doJob(scene.job, dying)
  } catch {
    // Nobody hears of it.
  }
  orphanLocks(dir)
  await target.close()
  const facts = { fault: 'desktop killed', place: 'on this machine', step } as const
  return { ...(await settled(trial, dir, null, facts, at)), said: 'killed' }
}

/** Another run tries to begin at each operation of a job that holds the lock; the job goes on as if nothing was. */
export async function trySecond(
  trial: Trial,
  place: Place,
  server: Sshd | null,
): Promise<readonly Outcome[]> {
  const { scene, above } = trial
  const dir = join(above, `${scene.job}-second-${place.length}`)
  await scene.plant(dir)
  const follow = followSteps(scene.job)
  const target = await reach(place, dir, server)
  const seen: Pick<Outcome, 'step' | 'said'>[] = []
  let turn = 0
  const watched = follow.follow(target, async () => {
    const isHeld = locksOf(dir).length > 0
    turn += 1
    if (!isHeld && follow.now() !== 'check') return
    // On the host and over the connection in turns.
    const other = await reach(turn % 2 === 0 ? 'on this machine' : place, dir, server)
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

/** The key turns out to be another one at each of the entries, before its first byte or in its middle. */
export async function tryWrongKey(
  trial: Trial,
  place: Place,
  server: Sshd | null,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const at of [0, 1, 2]) {
    const dir = join(trial.above, `wrong-key-${place.length}-${at}`)
    await trial.scene.plant(dir)
    const target = await reach(place, dir, server)
    let error: unknown = null
    try {
      await doJob('restore', target, (entries) => failing(entries, at))
    } catch (thrown) {
      error = thrown
    }
    await target.close()
    outcomes.push(await settled(trial, dir, error, { fault: 'wrong key', place, step: 'stage' }, at))
  }
  return outcomes
}

async function* failing(entries: AsyncIterable<StagedEntry>, at: number): AsyncGenerator<StagedEntry> {
  const broken = new HoldfastError('key.wrong', { what: 'The key opens nothing here.' })
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
