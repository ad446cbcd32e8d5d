/** A process of its own that works on a folder of a host and is really killed at an operation: DIR JOB POINT SSHD HOME. */
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { reachHost } from '../lab/ssh-home.ts'
import { targetOn } from '../lab/ssh-target.ts'
import type { Sshd } from '../lab/sshd.ts'
import { killable, killSwitch } from '../unit/main/engine/restore/killable.ts'
import { doJob } from './job.ts'
import { followSteps } from './steps.ts'

const [dir = '', job = '', point = '0', server = '', home = ''] = process.argv.slice(2)
const name = job === 'rollback' ? 'rollback' : 'restore'
const sshd = JSON.parse(server) as Sshd
const follow = followSteps(name)
const kill = killSwitch(Number(point), () => {
  process.stdout.write(`${follow.now()}\n`)
  process.kill(process.pid, 'SIGKILL')
  // The signal may need a moment, in which nothing must happen.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
})
const host = await reachHost(sshd, { account: { home, user: sshd.user }, clock: systemClock })
const target = await targetOn(host, dir)
await doJob(name, follow.follow(killable(target, kill)))
await target.close()
