import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeHome } from '../lab/ssh-home.ts'
import { shellHost } from '../lab/shell-host.ts'
import { targetOn } from '../lab/ssh-target.ts'
import type { Sshd } from '../lab/sshd.ts'
import { openTarget } from '../unit/main/engine/restore/fixture.ts'
import { doJob } from './job.ts'
import { steps, type Step } from './steps.ts'
import type { Outcome, Place } from './table.ts'
import { settled, type Trial } from './try-faults.ts'

const program = join(import.meta.dirname, 'kill-child.ts')

/** Really kills a process that is logged in to a real sshd, at the `at`-th point; null once there is none. */
export async function tryKillOverSsh(trial: Trial, at: number, server: Sshd): Promise<Outcome | null> {
  const { scene, above } = trial
  const dir = join(above, `${scene.job}-child-${at}`)
  await scene.plant(dir)
  const home = await makeHome(server)
  const child = spawn(process.execPath, [program, dir, scene.job, String(at), JSON.stringify(server), home], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  const isKilled = await new Promise<boolean>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (_code, signal) => resolve(signal === 'SIGKILL'))
  })
  if (!isKilled && !said.startsWith('passed')) throw new Error('The child failed.')
  const step: Step = steps.find((each) => each === said.trim()) ?? 'finish'
  const facts = { fault: 'desktop killed', place: 'over SSH', step } as const
  const outcome = await settled(trial, dir, null, facts, at)
  return isKilled ? { ...outcome, said: 'killed' } : null
}

/** The file system becomes full while files are staged; null where none can be mounted. */
export async function tryFull(trial: Trial, place: Place, at: number): Promise<Outcome | null> {
  const disk = join(trial.above, `full-${place.length}-${at}`)
  mkdirSync(disk)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=755', 'holdfast-test', disk]).status !== 0)
    return null
  try {
    const dir = join(disk, 'data')
    const ballast = join(disk, 'ballast')
    await trial.scene.plant(dir)
    const target = place === 'over SSH' ? await targetOn(shellHost(), dir) : await openTarget(dir)
    let error: unknown = null
    try {
      await doJob('restore', target, async function* (entries) {
        let count = 0
        for await (const entry of entries) {
          if (count === at) writeFileSync(ballast, Buffer.alloc(statfsSync(disk).bavail * 4096))
          count += 1
          yield entry
        }
      })
    } catch (thrown) {
      error = thrown
    }
    await target.close()
    rmSync(ballast)
    return await settled(trial, dir, error, { fault: 'disk full', place, step: 'stage' }, at)
  } finally {
    spawnSync('umount', ['-l', disk])
  }
}
