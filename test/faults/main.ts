/**
 * Causes faults at the points of a restore and of a rollback, and writes what became of them to docs/faults.md.
 *
 *   node test/faults/main.ts [--every 1] [--out docs/faults.md]
 *
 * `--every 3` tries each third point (each second one of a real process). Ends with 1 where anything ended between the old and the new state, or was not said.
 */
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startSshd } from '../lab/sshd.ts'
import { sceneOf, type Job } from './job.ts'
import { pageOf, places, type Outcome } from './table.ts'
import { tryCut, tryKill, trySecond, trySources, type Trial } from './try-faults.ts'
import { tryFull, tryKillOverSsh } from './try-processes.ts'

const { values } = parseArgs({
  options: {
    every: { type: 'string', default: '1' },
    out: { type: 'string', default: join(import.meta.dirname, '../../docs/faults.md') },
  },
})
const every = Number(values.every)
const above = await realpath(await mkdtemp(join(tmpdir(), 'holdfast-faults-')))
const outcomes: Outcome[] = []
const server = await startSshd()

async function across(stride: number, attempt: (at: number) => Promise<Outcome | null>): Promise<void> {
  for (let at = 1; ; at += stride) {
    const outcome = await attempt(at)
    if (outcome === null) return
    outcomes.push(outcome)
    process.stderr.write(`${outcome.fault}, ${outcome.place}, ${outcome.step}: ${outcome.end}\n`)
  }
}

try {
  for (const job of ['restore', 'rollback'] satisfies Job[]) {
    const trial: Trial = { scene: await sceneOf(job, above), above }
    await across(1, async (at) => tryKill(trial, at))
    for (const place of places) outcomes.push(...(await trySecond(trial, place)))
    if (job === 'restore') {
      for (const place of places) {
        outcomes.push(...(await trySources(trial, place)))
        for (const at of [0, 1, 2]) {
          const outcome = await tryFull(trial, place, at)
          if (outcome !== null) outcomes.push(outcome)
        }
      }
    }
    await Promise.all([
      across(every, async (at) => tryCut(trial, at, 'connection cut')),
      across(every, async (at) => tryCut(trial, at, 'host rebooted')),
      'skip' in server || across(Math.min(every, 2), async (at) => tryKillOverSsh(trial, at, server)),
    ])
  }
} finally {
  if (!('skip' in server)) await server.stop()
  await rm(above, { recursive: true, force: true })
}
await writeFile(values.out, pageOf(outcomes))
const bad = outcomes.filter(
  ({ end, said }) => end === 'between' || said.startsWith('nothing') || said === 'internal',
)
for (const outcome of bad) console.error('NOT AS PROMISED', outcome)
process.exitCode = bad.length === 0 ? 0 : 1
