/** A process of its own that does a job and is really killed at a point of it: DIR JOB POINT. Says how many it passed. */
import { rollbackRestore } from '../../../../../src/main/engine/restore/rollback-restore.ts'
import { runRestore } from '../../../../../src/main/engine/restore/run-restore.ts'
import { clock, countingRandom, entriesOf, generate, newTree, openTarget, planFor } from './fixture.ts'
import { killable, killSwitch } from './killable.ts'

const [dir = '', job = '', point = '0'] = process.argv.slice(2)
const kill = killSwitch(Number(point), () => {
  process.kill(process.pid, 'SIGKILL')
  // The signal may need a moment, in which nothing must happen.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
})
const target = await openTarget(dir)
const parts = { target: killable(target, kill), clock, random: countingRandom() }
if (job === 'restore') await runRestore(await planFor(target), entriesOf(newTree), { ...parts, generate })
else await rollbackRestore(parts)
await target.close()
console.log(kill.passed)
