/**
 * Causes faults at the points of restores, rollbacks and runbooks, and writes what became of them to docs/faults.md.
 *
 *   node test/faults/main.ts [--every 1] [--every-login 4] [--every-reboot 1] [--only restores|runbooks] [--runbook KI-3]
 *     [--fault 'disk full'] [--out docs/faults.md]
 *
 * `--every 3` tries each third point of a step, and a few of each step always. `--only`, `--runbook` and `--fault` leave what they do not
 * name on the page as it was. Ends with 1 where anything ended between the
 * old and the new state, or was not said. Takes root, sshd and Ceph; what cannot be had is left out and told.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startRgw } from '../lab/rgw.ts'
import { startSshd } from '../lab/sshd.ts'
import { tryRestores } from './restores.ts'
import { pageOf, rowsOf, type Section } from './page.ts'
import { tryRunbooks } from './runbooks/matrix.ts'
import { scenesOf } from './runbooks/scenes.ts'
import { runbookTable } from './runbooks/table.ts'
import { restoreTable, type Outcome } from './table.ts'

const inside = 'HOLDFAST_FAULTS_INSIDE'
if (process.getuid?.() === 0 && process.env[inside] === undefined) {
  // What is mounted here is seen by nobody else, and goes with this process however it ends.
  const { status } = spawnSync(
    'unshare',
    ['--mount', '--propagation', 'private', process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    { stdio: 'inherit', env: { ...process.env, [inside]: '1' } },
  )
  process.exit(status ?? 1)
}

const { values } = parseArgs({
  options: {
    every: { type: 'string', default: '1' },
    'every-login': { type: 'string', default: '4' },
    'every-reboot': { type: 'string', default: '1' },
    only: { type: 'string' },
    runbook: { type: 'string' },
    fault: { type: 'string' },
    out: { type: 'string', default: join(import.meta.dirname, '../../docs/faults.md') },
  },
})
const above = await realpath(
  await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'holdfast-faults-')),
)
const [server, rgw] = await Promise.all([startSshd(), startRgw()])
for (const each of [server, rgw]) if ('skip' in each) console.error(each.skip)
const tell = ({ fault, place, step, end, by, said }: Outcome): void =>
  console.error(`${fault}, ${place}, ${step}: ${end}, by ${by}, said ${said}`)
const made: Partial<Record<Section, string>> = {}
const bad: object[] = []
const isWanted = (section: Section): boolean => values.only === undefined || values.only === section
async function readPage(): Promise<string> {
  return readFile(values.out, 'utf8').catch(() => '')
}
async function makeRestores(): Promise<void> {
  if (!isWanted('restores')) return
  const outcomes = await tryRestores({
    above,
    every: Number(values.every),
    everyLogin: Number(values['every-login']),
    server: 'skip' in server ? null : server,
    rgw: 'skip' in rgw ? null : rgw,
    tell,
  })
  made.restores = restoreTable(outcomes)
  bad.push(...outcomes.filter(({ end, said }) => end === 'between' || /^(nothing|internal)/.test(said)))
}
async function makeRunbooks(): Promise<void> {
  if (!isWanted('runbooks')) return
  const scenes = scenesOf({
    rgw: 'skip' in rgw ? null : rgw,
    canMount: process.env[inside] !== undefined,
  })
  const outcomes = await tryRunbooks({
    scenes: scenes.filter(({ name }) => values.runbook === undefined || name === values.runbook),
    isWanted: (fault) => values.fault === undefined || fault === values.fault,
    everyReboot: Number(values['every-reboot']),
    tell: (outcome) => console.error(JSON.stringify(outcome)),
    skip: (scene, why) => console.error(`${scene}: left out, ${why}`),
    fail: (runbook, error) => {
      console.error(runbook, error)
      bad.push({ runbook, error: String(error) })
    },
  })
  made.runbooks = runbookTable(outcomes, rowsOf(await readPage(), 'runbooks'))
  bad.push(
    ...outcomes.filter(
      ({ end, sentTwice, struck }) =>
        end === 'between' || sentTwice > 0 || struck.some(({ said }) => /nothing|internal/.test(said)),
    ),
  )
}
try {
  // They wait for processes and hosts most of the time.
  await Promise.all([makeRestores(), makeRunbooks()])
} finally {
  if (!('skip' in server)) await server.stop()
  if (!('skip' in rgw)) await rgw.stop()
  await rm(above, { recursive: true, force: true })
}
await writeFile(values.out, pageOf(made, await readPage()))
for (const outcome of bad) console.error('NOT AS PROMISED', outcome)
// Runners that were killed still listen.
process.exit(bad.length === 0 ? 0 : 1)
