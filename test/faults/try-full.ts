import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sshd } from '../lab/sshd.ts'
import { doJob } from './job.ts'
import { reach } from './reach.ts'
import { settled, type Trial } from './settled.ts'
import { followSteps, type Step } from './steps.ts'
import type { Outcome, Place } from './table.ts'

/**
 * A file system of the target's own becomes full as a step begins, and stays so until the run has ended. `place` and `server` as of
 * `reach`. Null where none can be mounted.
 */
export async function tryFull(
  trial: Trial,
  place: Place,
  step: Step,
  server: Sshd | null,
): Promise<Outcome | null> {
  const { scene } = trial
  const disk = join(trial.above, `full-${scene.job}-${place.length}-${step.replace(' ', '-')}`)
  mkdirSync(disk)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=755', 'holdfast-test', disk]).status !== 0)
    return null
  try {
    const dir = join(disk, 'data')
    await scene.plant(dir)
    const ballast = join(disk, 'ballast')
    const follow = followSteps(scene.job)
    const target = await reach(place, dir, server)
    let isFull = false
    let error: unknown = null
    const filling = follow.follow(target, async () => {
      if (isFull || follow.now() !== step) return
      isFull = true
      const { bavail, bsize } = statfsSync(disk)
      writeFileSync(ballast, Buffer.alloc(bavail * bsize))
    })
    try {
      await doJob(scene.job, filling)
    } catch (thrown) {
      error = thrown
    }
    await target.close()
    if (!isFull) throw new Error(`The job did not come to ${step}.`)
    rmSync(ballast)
    return await settled(trial, dir, error, { fault: 'disk full', place, step }, 0)
  } finally {
    spawnSync('umount', ['-l', disk])
  }
}
