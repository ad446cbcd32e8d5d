import { readdirSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drillCost } from '../../../src/main/desk/drills/drill-cost.ts'
import { drillHistory } from '../../../src/main/desk/drills/drill-history.ts'
import { drillPhases } from '../../../src/main/desk/drills/drill-phases.ts'
import { drillWork } from '../../../src/main/desk/drills/drill-work.ts'
import { prepareRestore } from '../../../src/main/desk/prepare-restore.ts'
import { savedCluster } from '../../../src/main/desk/saved.ts'
import { backupDetails } from '../../../src/main/operations/backup-details.ts'
import { refuseDrill } from '../../../src/main/operations/drill-backup.ts'
import type { RepositoryView } from '../../../src/main/operations/view-repository.ts'
import type { JobContext } from '../../../src/main/ports/job-runner.ts'
import { jobContext, openDeskLab, type DeskLab } from './desk-lab.ts'

let lab: DeskLab
beforeAll(async () => {
  lab = await openDeskLab()
})
afterAll(async () => lab.close())

const scratchFolder = (): string => join(lab.dir, 'state', 'scratch')

async function newest(clusterId: string): Promise<string> {
  const { backups } = await lab.ports.views.view(clusterId)
  const backup = backups[0]?.backup
  if (backup === undefined) throw new Error(`${clusterId} has no backup`)
  return backup.backupId
}

async function freshView(clusterId: string): Promise<RepositoryView> {
  return lab.ports.views.view(clusterId, -1)
}

async function drill(clusterId: string, backupId: string, context: JobContext = jobContext()) {
  return drillWork({ clusterId, backupId, folder: null }, context, lab.ports)
}

const history = async (clusterId: string) => drillHistory(savedCluster(clusterId, lab.ports.state), lab.ports)

describe.each(['kiok-stage', 'chango-dr', 'armada-edge'])('A drill of %s', (clusterId) => {
  test('restores the newest backup, measures each part, and leaves nothing but the fact', async () => {
    const backupId = await newest(clusterId)
    const context = { ...jobContext(), jobId: `drill-${clusterId}` }
    const { outcome, tone, result } = await drill(clusterId, backupId, context)
    expect(outcome).toMatch(/^Restored for trial in [\d.]+\u00a0s: .*, every byte read back\.$/)
    expect(tone).toBe('good')
    expect(context.phases.filter((phase, place) => context.phases[place - 1] !== phase)).toEqual([
      ...drillPhases,
    ])
    expect(readdirSync(scratchFolder())).toEqual([])

    const { drills, targetMs } = await history(clusterId)
    const [last] = drills
    expect(targetMs).toBe(savedCluster(clusterId, lab.ports.state).rtoMs)
    expect(last).toMatchObject({
      id: `drill-${clusterId}`,
      by: 'job',
      backupId,
      outcome: { kind: 'restored' },
      against: 'within',
      folderStands: false,
    })
    expect(last?.phases.map(({ name }) => name)).toEqual([
      'prove',
      'read',
      'unpack',
      'place',
      'readBack',
      'cleanUp',
    ])
    const measured = last?.phases.filter(({ name }) => name !== 'cleanUp') ?? []
    expect(last?.rtoMs).toBe(measured.reduce((sum, { tookMs }) => sum + tookMs, 0))
    expect(last?.notMeasured.at(-1)).toContain('acceptance')
    expect(result).toMatchObject({ kind: 'drill', rtoMs: last?.rtoMs, leftFolder: null })
  })

  test('is seen on the backup, in the look at the cluster, and in the audit chain', async () => {
    const backupId = await newest(clusterId)
    const view = await freshView(clusterId)
    const details = backupDetails(backupId, view)
    expect(details).toMatchObject({ level: 'restored', restoredAt: expect.stringContaining('T') })
    await lab.ports.views.refresh(clusterId)
    expect(lab.ports.views.look(clusterId)?.lastDrill).toMatchObject({ backupId, outcome: 'restored' })
    const actions = lab.ports.audit.entries
      .filter(({ subject }) => subject === clusterId)
      .map(({ action }) => action)
    expect(actions).toEqual(
      expect.arrayContaining(['drill.started', 'drill.finished', 'backup.drilled', 'backup.judged']),
    )
    const [entry] = await lab.ports.state.verifications.list(view.repository, backupId)
    expect(entry).toMatchObject({ level: 'restored', jobId: `drill-${clusterId}` })
  })

  test('tells how long the next one takes, and a restore, with the source', async () => {
    const view = await freshView(clusterId)
    const cost = drillCost(null, view, { usualFolder: '/scratch', cluster: clusterId, driller: null })
    expect(cost).toMatchObject({
      refused: null,
      proveBytes: 0,
      estimateSource: expect.stringMatching(/^Measured in the drill of/),
    })
    expect(cost.estimateMs).toBeGreaterThan(0)
    expect(cost.commandLine).toBe(`holdfast drill ${await newest(clusterId)} --cluster ${clusterId}`)

    const targetDir = join(lab.dir, `target-${clusterId}`)
    const asked = { clusterId, backupId: await newest(clusterId), targetDir }
    const events = []
    for await (const event of prepareRestore(asked, lab.ports, { planned: () => undefined }))
      events.push(event)
    const made = events.find(({ type }) => type === 'plan')
    expect(made).toMatchObject({
      plan: {
        estimateSource: expect.stringMatching(/^Measured in the drill of/),
        estimateMs: expect.any(Number),
      },
    })
  })
})

describe('A drill', () => {
  test('of a bad backup has failed, and says at what', async () => {
    const { backups } = await lab.ports.views.view('kiok-prod')
    const backupId = backups[0]?.backup.backupId ?? ''
    const { tone, result } = await drill('kiok-prod', backupId)
    expect(tone).toBe('bad')
    expect(result).toMatchObject({ outcome: { kind: 'failed', at: 'prove' }, rtoMs: null })
    expect((await history('kiok-prod')).drills[0]).toMatchObject({
      outcome: { kind: 'failed' },
      against: 'notMeasured',
      folderStands: false,
    })
    expect(backupDetails(backupId, await freshView('kiok-prod'))).toMatchObject({
      verdict: 'bad',
      restoredAt: null,
    })
    expect(readdirSync(scratchFolder())).toEqual([])
  })

  test('of a snapshot of kiseki shows that its bytes can be read, and calls nothing restored', async () => {
    const { backups } = await lab.ports.views.view('kiseki-lab')
    const full = backups.find(({ backup }) => (backup.sizeBytes ?? 0) > 2_000)?.backup.backupId ?? ''
    const { tone, outcome, result } = await drill('kiseki-lab', full)
    expect(tone).toBe('attention')
    expect(outcome).toContain('came out whole and were read back.')
    expect(result).toMatchObject({ outcome: { kind: 'readable' }, rtoMs: null })
    const details = backupDetails(full, await freshView('kiseki-lab'))
    expect([details.level === 'restored', details.restoredAt]).toEqual([false, null])
  })

  test('of a database of kindling is refused with the reason; one of a volume is not', async () => {
    const view = await lab.ports.views.view('kindling-eu')
    const database = view.backups.find(({ backup }) => backup.isOfPart !== true)?.backup
    const volume = view.backups.findLast(({ backup }) => backup.isOfPart === true)?.backup
    if (database === undefined || volume === undefined) throw new Error('the lab lacks one of the two')
    const cost = drillCost(database.backupId, view, {
      usualFolder: '/scratch',
      cluster: 'kindling-eu',
      driller: null,
    })
    expect(cost.refused).toContain('Files of a running database are no database')
    expect(() => refuseDrill(database)).toThrow('There is no drill of')
    await expect(drill('kindling-eu', database.backupId)).rejects.toMatchObject({ code: 'restore.refused' })
    expect((await history('kindling-eu')).drills).toEqual([])
    expect(await drill('kindling-eu', volume.backupId)).toMatchObject({ tone: 'good' })
  })

  test.each(drillPhases.slice(0, -1))(
    'that is cancelled at “%s” removes what it wrote, and is no fact',
    async (phase) => {
      const before = (await history('chango-core')).drills.length
      const abort = new AbortController()
      const context: JobContext = {
        ...jobContext(abort.signal),
        phase: (name) => (name === phase ? abort.abort() : undefined),
      }
      const backups = (await lab.ports.views.view('chango-core')).backups.map(({ backup }) => backup.backupId)
      // Each of these proves another one, so that there is something left to be cut short.
      const backupId = backups[drillPhases.findIndex((each) => each === phase)] ?? ''
      await expect(drill('chango-core', backupId, context)).rejects.toMatchObject({ code: 'cancelled' })
      expect(readdirSync(scratchFolder())).toEqual([])
      expect((await history('chango-core')).drills).toHaveLength(before)
    },
  )

  test('that waited for its turn while a run of its cluster was opened is not begun', async () => {
    const runbooks = {
      openRunOf: () => ({
        id: 'run-1',
        title: 'Restore a fresh master',
        startedAt: '2026-11-21T02:00:00.000Z',
        startedBy: 'ann@console',
      }),
    }
    const asked = { clusterId: 'kiok-stage', backupId: await newest('kiok-stage'), folder: null }
    await expect(drillWork(asked, jobContext(), { ...lab.ports, runbooks })).rejects.toMatchObject({
      code: 'runbook.refused',
      text: { what: expect.stringContaining('begun 2026-11-21T02:00:00.000Z by ann@console') },
    })
  })

  test('is not begun in a saved repository, nor in a folder that was restored into', async () => {
    const backupId = await newest('chango-dr')
    const target = join(lab.dir, 'restored-into')
    await mkdir(join(target, '.holdfast'), { recursive: true })
    writeFileSync(join(target, '.holdfast', 'journal'), '')
    for (const folder of [join(lab.dir, 'fleet', 'armada-edge'), target]) {
      const asked = { clusterId: 'chango-dr', backupId, folder }
      const before = readdirSync(folder)
      await expect(drillWork(asked, jobContext(), lab.ports)).rejects.toMatchObject({
        code: 'target.refused',
      })
      expect(readdirSync(folder)).toEqual(before)
    }
  })
})

test('Nothing of all this was unexpected', () => {
  expect(lab.incidents).toEqual([])
})
