import { truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { openFolderStore } from '../../src/main/adapters/folder/folder-store.ts'
import type { BackupSystem } from '../../src/main/ports/backup-system.ts'
import type { ClusterDriver, SnapshotOutcome, SnapshotProgress } from '../../src/main/ports/cluster-driver.ts'
import { clusterSchedule, probe as probeSchema, type Probe } from '../../src/shared/contract/masters.ts'
import { connectionField } from '../../src/shared/contract/connection-fields.ts'
import { isHoldfastError } from '../../src/shared/domain/error.ts'
import { verifiableLevels } from '../../src/shared/domain/level.ts'
import { verifyRepository } from '../lab/verify-repository.ts'
import type { LabCluster } from './cluster-driver.ts'
import { inSession } from './in-session.ts'

/** All that a system consists of here. */
export interface SystemParts {
  readonly driver: ClusterDriver
  readonly system: BackupSystem
  /** Its masters, and a repository of its own with good backups; null: there is none. */
  readonly double: null | {
    start(): Promise<LabCluster>
    readonly address: string
    readonly masterKey: string
  }
}

const silent: SnapshotProgress = { progress: () => undefined, log: () => undefined }
const sentence = /\S.*\.$/s

/** What a system has to have, each with what fails where it is missing or does nothing. */
export const partChecks: Readonly<Record<string, (parts: SystemParts) => Promise<void>>> = {
  async 'config schema'({ driver, double }) {
    expect(driver.fields.length).toBeGreaterThan(0)
    for (const field of driver.fields) expect(connectionField.parse(field)).toEqual(field)
    const required = driver.fields.filter((field) => field.required)
    expect(required.length).toBeGreaterThan(0)
    const refused = refusalOf(() => driver.connect({}))
    for (const { name } of required) expect(refused).toContain(name)
    expect(refusalOf(() => driver.connect({ noSuchField: 1 }))).toContain('noSuchField')
    await using(double, async ({ values }) => {
      // The form is drawn from the fields: what the double is reached by has to stand in it.
      const names = driver.fields.map(({ name }) => name)
      for (const name of Object.keys(values)) expect(names).toContain(name)
      expect(driver.connect(values).places).toBeGreaterThan(0)
      return Promise.resolve()
    })
  },

  async capabilities({ driver, system }) {
    expect(driver.system).toBe(system.name)
    expect(driver.summary).toMatch(sentence)
    expect(driver.snapshotWays.length).toBeGreaterThan(0)
    for (const { does, consequences } of driver.snapshotWays)
      for (const each of [does, ...consequences]) expect(each).toMatch(sentence)
    expect(verifiableLevels).toContain(system.highestLevel)
    expect(system.afterTheBytes).not.toBe('')
    return Promise.resolve()
  },

  async 'credentials needed'({ driver, double }) {
    const kinds = driver.fields.map(({ kind }) => kind)
    expect(kinds.some((kind) => ['credential', 'ssh', 'tls'].includes(kind))).toBe(true)
    await using(double, async (cluster) => {
      if (cluster.wrongCredentials === null) return
      const probes = await probesOf(driver, cluster, cluster.wrongCredentials)
      expect(probes.some(({ state }) => state === 'bad')).toBe(true)
      for (const secret of cluster.secrets) expect(JSON.stringify(probes)).not.toContain(secret)
    })
  },

  async probes({ driver, double }) {
    await using(double, async (cluster) => {
      const probes = await probesOf(driver, cluster)
      for (const each of probes) expect(probeSchema.parse(each)).toEqual(each)
      expect(probes.some(({ id, state }) => id === 'answers' && state === 'ok')).toBe(true)
      expect(probes.filter(({ state }) => state === 'bad')).toEqual([])
      expect(cluster.changes()).toBe(0)
    })
  },

  async inventory({ system, double }) {
    await inRepository(double, async (store) => {
      const { backups } = await system.readInventory(store, {
        remembered: () => null,
        facts: () => null,
        saw: () => undefined,
      })
      expect(backups.length).toBeGreaterThan(1)
      expect(new Set(backups.map(({ backupId }) => backupId)).size).toBe(backups.length)
      expect(backups.some(({ objects }) => objects.length > 0)).toBe(true)
      const times = backups.map(({ createdAt }) => createdAt ?? '')
      expect(times).toEqual(times.toSorted().toReversed())
    })
  },

  async verification({ system, double }) {
    await inRepository(double, async (store, folder, masterKey) => {
      const proved = async () => verifyRepository(store, system, { keys: [masterKey], reading: 'everything' })
      const good = (await proved()).backups.filter(({ verdict }) => verdict === 'good')
      expect(good.length).toBeGreaterThan(0)
      const [newest] = good
      const largest = newest?.backup.objects.toSorted((a, b) => b.sizeBytes - a.sizeBytes)[0]
      if (newest === undefined || largest === undefined) throw new Error('no object to damage')
      await truncate(join(folder, largest.key), Math.floor(largest.sizeBytes / 2))
      expect((await proved()).said[newest.backup.backupId]?.verdict).toBe('bad')
    })
  },

  async snapshot({ driver, double }) {
    await using(double, async (cluster) => {
      const before = await keysOf(cluster)
      expect((await snapshotOf(driver, cluster)).kind).toBe('made')
      const added = [...(await keysOf(cluster))].filter((key) => !before.has(key))
      expect(added).not.toEqual([])
    })
  },

  async schedule({ driver, double }) {
    await using(double, async (cluster) => {
      const schedule = await inSession(cluster, async (session) =>
        driver.connect(cluster.values).schedule(session),
      )
      expect(clusterSchedule.parse(schedule)).toEqual(schedule)
      expect(schedule.words).toMatch(sentence)
      expect(schedule.state === 'none').toBe(driver.scheduler === 'none')
      if (schedule.state === 'on') expect(schedule.next.length).toBeGreaterThan(0)
    })
  },

  /** Somebody has to say who deletes old backups, and where nobody does, that. */
  async retention({ driver, system, double }) {
    await using(double, async (cluster) => {
      const { settings } = await inSession(cluster, async (session) =>
        driver.connect(cluster.values).schedule(session),
      )
      const said = [
        ...driver.nobodyDoes.filter((each) => /old backups|deletes|retention/i.test(each)),
        ...settings.filter(({ name }) => name.includes('retention')),
        ...(system.usualRetention === undefined ? [] : [system.usualRetention]),
        ...(system.keepsIndex === undefined ? [] : [system.keepsIndex]),
      ]
      expect(said).not.toEqual([])
    })
  },

  async 'audit lines'({ driver, double }) {
    await using(double, async (cluster) => {
      const { facts } = await snapshotOf(driver, cluster)
      expect(facts.length).toBeGreaterThan(0)
      for (const { name, value } of facts) {
        expect(name).not.toBe('')
        expect(value).not.toBe('')
      }
      for (const secret of cluster.secrets) expect(JSON.stringify(facts)).not.toContain(secret)
    })
  },

  async 'lab double'({ driver, double }) {
    await using(double, async (cluster) => {
      expect(cluster.changes()).toBe(0)
      // A double that cannot break shows nothing of what is told then.
      cluster.breakNextSnapshot()
      const end = await snapshotOf(driver, cluster).catch((error: unknown) => {
        if (isHoldfastError(error)) return { kind: error.code }
        throw error
      })
      expect(end.kind).not.toBe('made')
      expect(cluster.changes()).toBeLessThanOrEqual(1)
      await cluster.kill()
      const answers = (await probesOf(driver, cluster)).filter(({ id }) => id === 'answers')
      expect(answers.map(({ state }) => state)).toEqual(answers.map(() => 'bad'))
      expect(answers.length).toBeGreaterThan(0)
    })
  },
}

type Double = SystemParts['double']

async function using(double: Double, work: (cluster: LabCluster) => Promise<void>): Promise<void> {
  if (double === null) throw new Error('it has no lab double')
  const cluster = await double.start()
  try {
    await work(cluster)
  } finally {
    await cluster.close()
  }
}

async function inRepository(
  double: Double,
  work: (
    store: Awaited<ReturnType<typeof openFolderStore>>,
    folder: string,
    masterKey: string,
  ) => Promise<void>,
): Promise<void> {
  if (double === null) throw new Error('it has no lab double')
  const folder = fileURLToPath(double.address)
  const store = await openFolderStore(folder)
  try {
    await work(store, folder, double.masterKey)
  } finally {
    await store.close()
  }
}

async function probesOf(
  driver: ClusterDriver,
  cluster: LabCluster,
  values = cluster.values,
): Promise<readonly Probe[]> {
  return inSession(cluster, async (session) => {
    const all: Probe[] = []
    for await (const probe of driver.connect(values).probe(session)) all.push(probe)
    return all
  })
}

async function snapshotOf(driver: ClusterDriver, cluster: LabCluster): Promise<SnapshotOutcome> {
  const way = driver.snapshotWays.find(({ makesNothing }) => !makesNothing)?.id ?? 'none'
  return inSession(cluster, async (session) => driver.connect(cluster.values).snapshot(session, way, silent))
}

async function keysOf(cluster: LabCluster): Promise<ReadonlySet<string>> {
  const store = await cluster.repository()
  try {
    const keys = new Set<string>()
    for await (const entry of store.list()) if (entry.kind === 'object') keys.add(entry.key)
    return keys
  } finally {
    await store.close()
  }
}

function refusalOf(connect: () => unknown): string {
  try {
    connect()
  } catch (error) {
    if (isHoldfastError(error, 'connection.invalid')) return error.message
    throw error
  }
  return 'accepted'
}
