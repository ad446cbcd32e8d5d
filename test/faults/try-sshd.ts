import { join } from 'node:path'
import type { RestoreTarget } from '../../src/main/ports/restore-target.ts'
import { startRelay, type Relay } from '../lab/relay.ts'
import { shellHost } from '../lab/shell-host.ts'
import { makeHome, reachHost } from '../lab/ssh-home.ts'
import { targetOn } from '../lab/ssh-target.ts'
import type { Sshd } from '../lab/sshd.ts'
import { struckHost } from './cut-host.ts'
import { doJob } from './job.ts'
import { rebootLocks } from './locks.ts'
import { settled, type Trial } from './settled.ts'
import { followSteps, type Step } from './steps.ts'
import type { Outcome } from './table.ts'

export type SshdFault = 'connection cut' | 'session killed' | 'host rebooted'

/** The step of each point at which a job can be struck, in order. */
export async function pointsToStrike({ scene, above }: Trial): Promise<readonly Step[]> {
  const dir = join(above, `${scene.job}-points-to-strike`)
  await scene.plant(dir)
  const follow = followSteps(scene.job)
  const passed: Step[] = []
  const note = async (): Promise<void> => void passed.push(follow.now())
  const target = await targetOn(struckHost(shellHost(), { before: note, during: note }), dir)
  await doJob(scene.job, follow.follow(target))
  await target.close()
  return passed
}

/**
 * A job over a real SSH connection through a relay, which meets a real fault at the `at`-th point: odd ones lie before a
 * command, even ones while it runs. Null for a point that it never comes to.
 */
export async function trySshd(
  trial: Trial,
  at: number,
  fault: SshdFault,
  server: Sshd,
): Promise<Outcome | null> {
  const { scene, above } = trial
  const dir = join(above, `${scene.job}-sshd-${fault.replace(' ', '-')}-${at}`)
  await scene.plant(dir)
  const follow = followSteps(scene.job)
  const relay = await startRelay(server.port)
  const known = server.knownHosts.replaceAll(`:${server.port} `, `:${relay.port} `)
  const host = await reachHost(server, {
    address: `${server.user}@${server.host}:${relay.port}`,
    account: { home: await makeHome(server, '', known), user: server.user },
  })
  let step: Step | null = null
  let passed = 0
  const point = async (isRunning: boolean): Promise<void> => {
    passed += 1
    if (passed !== at) return
    step = follow.now()
    strike(fault, { server, relay, isRunning, dir })
  }
  let target: RestoreTarget | null = null
  let error: unknown = null
  try {
    target = await targetOn(
      struckHost(host, { before: async () => point(false), during: async () => point(true) }),
      dir,
    )
    await doJob(scene.job, follow.follow(target))
  } catch (thrown) {
    error = thrown
  }
  await (target ?? host).close()
  await relay.stop()
  const outcome = await settled(
    trial,
    dir,
    error,
    { fault, place: 'over a real sshd', step: step ?? 'finish' },
    at,
  )
  return step === null ? null : outcome
}

function strike(
  fault: SshdFault,
  of: { readonly server: Sshd; readonly relay: Relay; readonly isRunning: boolean; readonly dir: string },
): void {
  switch (fault) {
    case 'connection cut':
      // A command that is under way is answered, and the answer never arrives.
      if (of.isRunning) of.relay.cutAtAnswer()
      else of.relay.cut()
      return
    case 'session killed':
      of.server.killSessions()
      return
    case 'host rebooted':
      of.server.killStarted()
      of.server.killSessions()
      rebootLocks(of.dir)
  }
}
