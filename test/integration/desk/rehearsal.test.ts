import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { drillHistory } from '../../../src/main/desk/drills/drill-history.ts'
import { openSession } from '../../../src/main/desk/live/open-session.ts'
import { recoveryOf } from '../../../src/main/desk/runbooks/recovery.ts'
import { rehearsal } from '../../../src/main/systems/any/x-6.ts'
import type { SavedCluster } from '../../../src/main/ports/desk-state.ts'
import type { RunbookSetting } from '../../../src/main/ports/runbook.ts'
import { answer, goThrough, openRunbookDesk, startRun } from '../../support/runbook-runs.ts'
import { openDeskLab, type DeskLab } from './desk-lab.ts'

let lab: DeskLab
let folder: string

beforeAll(async () => {
  lab = await openDeskLab()
  folder = join(lab.dir, 'rehearsals')
  await mkdir(folder, { mode: 0o700 })
})
afterAll(async () => lab.close())

function clusterOf(name: string): SavedCluster {
  const found = lab.ports.state.clusters.get(name)
  if (found === null) throw new Error(`the lab has no ${name}`)
  return found
}

async function deskOf(cluster: SavedCluster) {
  return openRunbookDesk({
    runbooks: [rehearsal],
    session: (signal) => openSession(cluster, 'test', lab.ports, signal),
    recovery: (signal) => recoveryOf(cluster, { id: 'run' }, lab.ports, signal),
  })
}

function settingOf(
  { name, system }: SavedCluster,
  connection: RunbookSetting['cluster']['connection'] = null,
): RunbookSetting {
  return { cluster: { name, system, connection }, inputs: { folder } }
}

test.each(['kiok-stage', 'chango-dr'])(
  'a rehearsal with %s fetches, proves, unpacks, times, and leaves nothing',
  async (name) => {
    const cluster = clusterOf(name)
    const desk = await deskOf(cluster)
    const run = await goThrough(desk, await startRun(desk, 'X-6', settingOf(cluster)), ({ id }) =>
      id === 'clean-up' ? 'stop here' : null,
    )
    expect(run.list.map(({ id, state }) => `${id} ${state}`)).toEqual([
    'not-production done', 'choose-backup done', 'prove-backup done', 'plan-drill done', 'unpack done', 'clean-up todo',
  ]) // prettier-ignore
    const drill = join(folder, `holdfast-drill-${run.id}`)
    expect(readdirSync(drill).length).toBeGreaterThan(1)
    const unpacked = run.list.find(({ id }) => id === 'unpack')
    expect(unpacked?.evidence.map(({ name }) => name)).toEqual([
      'took', 'Prove', 'Read and open', 'Unpack', 'Put in place', 'Read back', 'not measured', 'not measured',
    ]) // prettier-ignore
    const cleaned = await answer(desk, run, { kind: 'go' })
    expect(cleaned.list.at(-1)).toMatchObject({ state: 'done' })
    expect(readdirSync(drill).filter((name) => !name.startsWith('.'))).toEqual([])
    const closed = await desk.runner.close(run.id, 'finished', '')
    expect(closed.state).toBe('finished')
    const { drills } = await drillHistory(cluster, lab.ports)
    expect(drills[0]).toMatchObject({ by: 'runbook', outcome: { kind: 'restored' }, folderStands: false })
  },
)

test('an unpacked rehearsal can be taken back, and is not where somebody else has put something beside it', async () => {
  const cluster = clusterOf('kiok-stage')
  const desk = await deskOf(cluster)
  const run = await goThrough(desk, await startRun(desk, 'X-6', settingOf(cluster)), ({ id }) =>
    id === 'clean-up' ? 'stop here' : null,
  )
  const drill = join(folder, `holdfast-drill-${run.id}`)
  writeFileSync(join(drill, 'notes'), 'mine')
  const refused = await answer(desk, run, { kind: 'go' })
  expect(refused.list.at(-1)).toMatchObject({ state: 'failed' })
  expect(refused.list.at(-1)?.sentence).toContain('notes stands there, too.')
  expect(existsSync(join(drill, 'notes'))).toBe(true)
})

test('a rehearsal that is given up leaves nothing of what it had unpacked', async () => {
  const cluster = clusterOf('kiok-stage')
  const desk = await deskOf(cluster)
  const run = await goThrough(desk, await startRun(desk, 'X-6', settingOf(cluster)), ({ id }) =>
    id === 'clean-up' ? 'stop here' : null,
  )
  const drill = join(folder, `holdfast-drill-${run.id}`)
  expect(readdirSync(drill).length).toBeGreaterThan(1)
  await desk.runner.close(run.id, 'abandoned', 'It is late.')
  expect(readdirSync(drill).filter((name) => !name.startsWith('.'))).toEqual([])
})

test('a rehearsal on a host of the cluster is refused before anything is looked at', async () => {
  const cluster = clusterOf('kiok-stage')
  const desk = await deskOf(cluster)
  const setting = settingOf(cluster, { hosts: ['ops@Master-1:2222'], masters: ['https://kiok.example:8080'] })
  for (const host of ['root@master-1', 'kiok.example:22']) {
    const run = await startRun(desk, 'X-6', { ...setting, inputs: { folder: `ssh://${host}/var/tmp` } })
    expect(run.list[0]).toMatchObject({ state: 'failed' })
    expect(run.list[0]?.sentence).toContain(`is a host of ${cluster.name}.`)
    await desk.runner.close(run.id, 'abandoned', 'a test')
  }
  const other = await startRun(desk, 'X-6', { ...setting, inputs: { folder: 'ssh://root@lab-9/var/tmp' } })
  expect(other.list[0]).toMatchObject({ state: 'done' })
})

test.each(['', '/', 'relative', 'sftp://host/x', '/a\nb'])('%j is no folder for a rehearsal', (given) => {
  expect(() => rehearsal.steps({ ...settingOf(clusterOf('kiok-stage')), inputs: { folder: given } })).toThrow(
    'is no folder for a rehearsal',
  )
})
