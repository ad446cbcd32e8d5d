import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { snapshotPhases, snapshotWork } from '../../../src/main/desk/live/snapshot-work.ts'
import { savedCluster } from '../../../src/main/desk/saved.ts'
import type { DeskPorts } from '../../../src/main/desk/ports.ts'
import type { Views } from '../../../src/main/desk/views.ts'
import type { ConnectionValues } from '../../../src/shared/contract/connection-fields.ts'
import { startKiokMasters, type KiokMasters } from '../../lab/masters/kiok.ts'
import { startKisekiNodes } from '../../lab/masters/kiseki.ts'
import { makeKiokRepository, usualSizes } from '../../lab/kiok.ts'
import { masterKey, withFolder } from '../../lab/demonstration-fleet.ts'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  kindlingSchema,
  kindlingSecrets,
  startKindling,
  type KindlingLab,
} from '../../lab/masters/kindling.ts'
import { postgresProblem, postgresTemplate, type PostgresTemplate } from '../../lab/postgres.ts'
import { jobContext, openDeskLab, type DeskLab } from './desk-lab.ts'

const password = 'a password that is shown nowhere'
/** The repository is looked at several times, with a pause that this test does not need. */
const impatient = { now: () => Date.now(), wait: async () => Promise.resolve() }

type Ports = DeskPorts & { readonly views: Views }

let lab: DeskLab
let kiok: KiokMasters
let writesBackups = true
let jobs = 0
let taken = 0

beforeAll(async () => {
  lab = await openDeskLab()
  kiok = await startKiokMasters({
    users: { admin: { password } },
    takeBackup: async () => (writesBackups ? takeBackup() : '20991120T020000Z-00000000'),
  })
})

afterAll(async () => {
  await kiok.kill()
  await lab.close()
})

async function takeBackup(): Promise<string> {
  return withFolder(join(lab.dir, 'fleet', 'kiok-stage'), lab.ports, async (store) => {
    const byteWork = await lab.ports.openByteWork(null)
    // Ids have whole seconds, and two backups may be taken in one.
    taken += 1
    const at = new Date(lab.ports.clock.now() + taken * 1000).toISOString()
    const [id = ''] = await makeKiokRepository(
      {
        seed: 'kiok-stage',
        cluster: 'kiok-stage',
        masterKey,
        storeSizes: usualSizes,
        iterations: 1000,
        nights: [{ at, changed: 'all' }],
      },
      { store, byteWork },
    )
    await byteWork.close()
    return id
  })
}

/** The desk with a login, and with waits that take no time. */
function ports(): Ports {
  return {
    ...lab.ports,
    secrets: { ...lab.ports.secrets, login: async () => ({ user: 'admin', password }) },
  }
}

async function connect(name: string, values: ConnectionValues): Promise<void> {
  const { state } = lab.ports
  await state.clusters.put({ ...savedCluster(name, state), connection: values })
}

async function snapshot(clusterId: string, way: string, over: Partial<Ports> = {}, jobId?: string) {
  jobs += 1
  const context = { ...jobContext(), jobId: jobId ?? `snapshot-${jobs}` }
  const outcome = await snapshotWork({ clusterId, way }, context, { ...ports(), ...over })
  return { ...outcome, phases: context.phases, jobId: context.jobId }
}

const actionsOf = (jobId: string): readonly string[] =>
  lab.ports.audit.entries
    .filter(({ facts }) => facts.some(({ value }) => value === jobId))
    .map(({ action }) => action)

describe('A snapshot of kiok', () => {
  beforeAll(async () => connect('kiok-stage', { masters: [...kiok.origins], login: 'login-1' }))

  test('is asked for once, found in the repository, proved and written down', async () => {
    const before = kiok.changes()
    const { outcome, tone, result, phases, jobId } = await snapshot('kiok-stage', 'asked')
    expect(tone, outcome).toBe('good')
    expect(result).toMatchObject({ kind: 'snapshot', clusterSaid: 'made', verdict: 'good' })
    expect(phases).toEqual([...snapshotPhases])
    expect(kiok.changes()).toBe(before + 1)
    expect(actionsOf(jobId)).toEqual(['snapshot.requested', 'verify.finished', 'snapshot.ended'])
    expect(JSON.stringify(lab.ports.audit.entries)).not.toContain(password)
  })

  test('whose answer is lost is looked up in the repository, and not asked for again', async () => {
    kiok.breakNextBackup()
    const before = kiok.changes()
    const { tone, result } = await snapshot('kiok-stage', 'asked')
    expect(result).toMatchObject({ clusterSaid: 'unknown', verdict: 'good' })
    expect(tone).toBe('good')
    expect(kiok.changes()).toBe(before + 1)
  })

  test('that a follower gave up waiting for is looked up too', async () => {
    kiok.forwardTimesOut()
    const { result } = await snapshot('kiok-stage', 'asked')
    expect(result).toMatchObject({ clusterSaid: 'unknown', verdict: 'good' })
  })

  test('that an earlier process had asked for is only looked for', async () => {
    const jobId = 'snapshot-of-a-dead-process'
    await lab.ports.audit.append({
      action: 'snapshot.requested',
      subject: 'kiok-stage',
      facts: [{ name: 'job', value: jobId }],
    })
    await takeBackup()
    const before = kiok.changes()
    const { result, phases } = await snapshot('kiok-stage', 'asked', {}, jobId)
    expect(result).toMatchObject({ clusterSaid: 'unknown', verdict: 'good' })
    expect(kiok.changes()).toBe(before)
    expect(phases).not.toContain(snapshotPhases[1])
  })

  test('that the cluster calls done while the repository holds nothing new is bad news', async () => {
    writesBackups = false
    const { tone, outcome } = await snapshot('kiok-stage', 'asked', { clock: impatient })
    writesBackups = true
    expect(tone).toBe('bad')
    expect(outcome).toContain('the repository holds no new backup')
  })

  test('is not asked for where the masters are not ready', async () => {
    kiok.setReady(false)
    const before = kiok.changes()
    await expect(snapshot('kiok-stage', 'asked')).rejects.toMatchObject({
      code: 'job.refused',
      text: { unchanged: 'Nothing was asked for, and nothing was changed.' },
    })
    kiok.setReady(true)
    expect(kiok.changes()).toBe(before)
  })

  test('is not asked for where it cannot be written down', async () => {
    lab.ports.audit.refuse('The disk is full.')
    const before = kiok.changes()
    await expect(snapshot('kiok-stage', 'asked')).rejects.toMatchObject({ code: 'audit.cannotWrite' })
    lab.ports.audit.refuse(null)
    expect(kiok.changes()).toBe(before)
  })
})

test('What kiseki’s own button makes is called a logged request, and no snapshot', async () => {
  const nodes = await startKisekiNodes({ takeSnapshot: async () => Promise.reject(new Error('never')) })
  await connect('kiseki-lab', { nodes: [...nodes.origins], dataPorts: [nodes.dataPort] })
  const { tone, outcome, result } = await snapshot('kiseki-lab', 'logged', { clock: impatient })
  expect(outcome).toContain('only logged')
  expect(tone).toBe('bad')
  expect(result).toMatchObject({ clusterSaid: 'onlyLogged', backupId: null })
  await nodes.kill()
})

test('The refusals of a kiseki node are explained, and none of them sends somebody to restart it', async () => {
  const nodes = await startKisekiNodes({ takeSnapshot: async () => Promise.reject(new Error('never')) })
  await connect('kiseki-lab', { nodes: [...nodes.origins], dataPorts: [nodes.dataPort] })
  nodes.refuseSignature()
  await expect(snapshot('kiseki-lab', 'created')).rejects.toMatchObject({
    code: 'master.refused',
    text: {
      next: expect.stringMatching(
        /KISEKI_BACKUP_BACKEND=fs.*leave it as it is where it would not start again/,
      ),
    },
  })
  nodes.stayInProgress()
  await expect(snapshot('kiseki-lab', 'created')).rejects.toMatchObject({
    code: 'master.busy',
    text: {
      why: expect.stringContaining('tells neither who began it nor since when'),
      next: expect.stringContaining('Do not restart this one'),
    },
  })
  await nodes.kill()
})

const postgres = postgresProblem()

describe.skipIf(postgres !== null)(
  `A snapshot of kindling${postgres === null ? '' : ` (skipped: ${postgres})`}`,
  () => {
    let template: PostgresTemplate
    let kindling: KindlingLab
    beforeAll(async () => {
      template = await postgresTemplate('kindling', kindlingSchema, async (made) => {
        await made.pgBackRest('stanza-create')
      })
      kindling = await startKindling(template)
      const { state } = lab.ports
      const saved = state.repositories.get('kindling-eu')
      if (saved === null) throw new Error('the fleet has no kindling')
      await state.repositories.put({ ...saved, address: pathToFileURL(kindling.postgres.repository).href })
      await connect('kindling-eu', kindling.values)
    })
    afterAll(async () => {
      await kindling.close()
      await template.remove()
    })
    test('of its database is found under pgBackRest’s label, and proved with the WAL that it needs', async () => {
      const { outcome, tone, result } = await snapshot('kindling-eu', 'full', secretsOf())
      expect(tone, outcome).toBe('good')
      expect(result).toMatchObject({
        clusterSaid: 'made',
        verdict: 'good',
        backupId: expect.stringMatching(/^\d{8}-\d{6}F$/),
      })
    })

    test('of its volumes is found by the id that kindling gave it', async () => {
      const { outcome, tone, result } = await snapshot('kindling-eu', 'volumes', secretsOf())
      expect(tone, outcome).toBe('good')
      expect(result).toMatchObject({
        clusterSaid: 'made',
        verdict: 'good',
        backupId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      })
    })

    test('that is kept outside of the repository was read by nobody here: it is called neither good nor bad', async () => {
      const { state } = lab.ports
      const saved = state.repositories.get('kindling-eu')
      if (saved === null) throw new Error('the fleet has no kindling')
      const another = join(lab.dir, 'another-bucket')
      await mkdir(another)
      await state.repositories.put({ ...saved, address: pathToFileURL(another).href })
      const { outcome, tone, result, phases, jobId } = await snapshot('kindling-eu', 'volumes', secretsOf())
      await state.repositories.put(saved)
      expect(outcome).toContain('nothing of it was read here')
      expect(tone).toBe('attention')
      expect(result).toMatchObject({ clusterSaid: 'made', backupId: null, verdict: null })
      expect(phases).not.toContain(snapshotPhases[3])
      expect(actionsOf(jobId)).toEqual(['snapshot.requested', 'snapshot.ended'])
    })

    function secretsOf(): Partial<Ports> {
      return {
        secrets: {
          ...ports().secrets,
          password: async () => Promise.resolve(kindlingSecrets.sudo),
          token: async () => Promise.resolve(kindlingSecrets.token),
        },
      }
    }
  },
)
