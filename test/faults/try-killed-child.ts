import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { shellHost } from '../lab/shell-host.ts'
import { makeHome } from '../lab/ssh-home.ts'
import { targetOn } from '../lab/ssh-target.ts'
import type { Sshd } from '../lab/sshd.ts'
import { killable, killSwitch } from '../unit/main/engine/restore/killable.ts'
import { doJob } from './job.ts'
import { settled, type Trial } from './settled.ts'
import { followSteps, steps, type Step } from './steps.ts'
import type { Outcome } from './table.ts'

const program = join(import.meta.dirname, 'kill-child.ts')

/** The step of each point at which the child could be killed, in order. */
export async function pointsOfChild({ scene, above }: Trial): Promise<readonly Step[]> {
  const dir = join(above, `${scene.job}-points-of-child`)
  await scene.plant(dir)
  const follow = followSteps(scene.job)
  const passed: Step[] = []
  const kill = killSwitch(0)
  const noting = { ...kill, tick: () => void passed.push(follow.now()) }
  const target = await targetOn(shellHost(), dir)
  await doJob(scene.job, follow.follow(killable(target, noting)))
  await target.close()
  return passed
}

/** Really kills a process that is logged in to a real sshd, at the `at`-th point. */
export async function tryKilledChild(trial: Trial, at: number, server: Sshd): Promise<Outcome> {
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
  const step = steps.find((each) => each === said.trim())
  if (!isKilled || step === undefined) throw new Error('The child was not killed.')
  const facts = { fault: 'desktop killed', place: 'over a real sshd', step } as const
  return { ...(await settled(trial, dir, null, facts, at)), said: 'killed' }
}
