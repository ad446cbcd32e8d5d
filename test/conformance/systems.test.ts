import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openByteWorkers } from '../../src/main/hosts/byte-workers.ts'
import { openStore } from '../../src/main/hosts/open-store.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import type { LiveCluster } from '../../src/main/ports/cluster-driver.ts'
import { driverOf } from '../../src/main/systems/drivers.ts'
import { backupSystemOf } from '../../src/main/systems/registry.ts'
import { systemNames, type SystemName } from '../../src/shared/domain/system-name.ts'
import { makeDemonstrationFleet, masterKey } from '../lab/demonstration-fleet.ts'
import { postgresProblem } from '../lab/postgres.ts'
import type { LabCluster } from './cluster-driver.ts'
import { endArmadaLabs, startArmadaLab } from './labs/armada.ts'
import { startChangoLab } from './labs/chango.ts'
import { endKindlingLabs, startKindlingLab } from './labs/kindling.ts'
import { startKiokLab } from './labs/kiok.ts'
import { startKisekiLab } from './labs/kiseki.ts'
import { partChecks, type SystemParts } from './system-parts.ts'

/** Of each system: what plays it, and why it cannot be played here. */
const doubles: Readonly<
  Record<SystemName, { start(): Promise<LabCluster>; readonly problem?: string | null }>
> = {
  kiok: { start: async () => startKiokLab() },
  chango: { start: async () => startChangoLab('chango/2') },
  kiseki: { start: async () => startKisekiLab('s3') },
  armada: { start: startArmadaLab },
  kindling: { start: startKindlingLab, problem: postgresProblem() },
}

let folder: string
let addresses: ReadonlyMap<SystemName, string>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-systems-'))
  const { clusters } = await makeDemonstrationFleet(folder, {
    clock: systemClock,
    openStore,
    openByteWork: async (workers) =>
      openByteWorkers(new URL('../../src/main/hosts/worker.ts', import.meta.url), workers),
  })
  // The last of each system: the first of kiok has a damaged object that all share.
  addresses = new Map(clusters.map(({ system, address }) => [system, address]))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  endArmadaLabs()
  await endKindlingLabs()
})

/** With a repository of its own, which a check may damage. */
async function partsOf(name: SystemName): Promise<SystemParts> {
  const own = await mkdtemp(join(folder, 'own-'))
  await cp(fileURLToPath(addresses.get(name) ?? ''), own, { recursive: true, preserveTimestamps: true })
  return {
    driver: await driverOf(name),
    system: await backupSystemOf(name),
    double: { ...doubles[name], address: pathToFileURL(own).href, masterKey },
  }
}

describe.each(systemNames)('%s has', (name) => {
  const { problem = null } = doubles[name]
  test.skipIf(problem !== null).each(Object.entries(partChecks))(
    `%s, which works on its double${problem === null ? '' : ` (skipped: ${problem})`}`,
    async (_, check) => check(await partsOf(name)),
  )
})

/** Each part, taken away or left half done; of a system that is whole otherwise. */
const halves: Readonly<Record<string, (whole: SystemParts) => SystemParts>> = {
  'config schema': (whole) => ({ ...whole, driver: { ...whole.driver, fields: [] } }),
  capabilities: (whole) => ({ ...whole, driver: { ...whole.driver, snapshotWays: [] } }),
  'credentials needed': (whole) => ({
    ...whole,
    driver: {
      ...whole.driver,
      fields: whole.driver.fields.filter(({ kind }) => !['credential', 'ssh', 'tls'].includes(kind)),
    },
  }),
  probes: (whole) => live(whole, () => ({ async *probe() {} })),
  inventory: (whole) => ({
    ...whole,
    system: {
      ...whole.system,
      readInventory: async () => Promise.resolve({ backups: [], objectsRead: 0, bytesRead: 0 }),
    },
  }),
  // It says of each backup what it said once, whatever is read.
  verification: (whole) => ({
    ...whole,
    system: {
      ...whole.system,
      async readInventory(...args) {
        const read = await whole.system.readInventory(...args)
        return {
          ...read,
          backups: read.backups.map((backup) => ({
            ...backup,
            judge: () => ({ createdAt: null, stores: [], findings: [] }),
          })),
        }
      },
    },
  }),
  snapshot: (whole) =>
    live(whole, () => ({
      snapshot: async () => Promise.resolve({ kind: 'onlyLogged', sentence: 'Logged.', facts: [] }),
    })),
  schedule: (whole) =>
    live(whole, (cluster) => ({
      schedule: async (session) => ({ ...(await cluster.schedule(session)), words: '' }),
    })),
  retention: (whole) => {
    const { usualRetention: _, keepsIndex: __, ...system } = whole.system
    const bare = { ...whole, system, driver: { ...whole.driver, nobodyDoes: [] } }
    return live(bare, (cluster) => ({
      schedule: async (session) => ({ ...(await cluster.schedule(session)), settings: [] }),
    }))
  },
  'audit lines': (whole) =>
    live(whole, (cluster) => ({
      async snapshot(...args) {
        const outcome = await cluster.snapshot(...args)
        return { ...outcome, facts: [] }
      },
    })),
  'lab double': (whole) => ({ ...whole, double: null }),
}

function live(whole: SystemParts, half: (cluster: LiveCluster) => Partial<LiveCluster>): SystemParts {
  const connect = (values: unknown): LiveCluster => {
    const cluster = whole.driver.connect(values)
    return { ...cluster, ...half(cluster) }
  }
  return { ...whole, driver: { ...whole.driver, connect } }
}

describe('A system that is half made', () => {
  test('is tried without each part that there is', () => {
    expect(Object.keys(halves)).toEqual(Object.keys(partChecks))
  })

  test.each(Object.entries(halves))('fails without its %s', async (part, half) => {
    const check = partChecks[part]
    if (check === undefined) throw new Error(`nothing checks ${part}`)
    const whole = await partsOf('kiok')
    await expect(check(half(whole))).rejects.toThrow()
  })
})
