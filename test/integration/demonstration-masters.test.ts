import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import type { DemonstrationFleet, DemonstrationMasters } from '../../src/main/cli/context.ts'
import { openByteWorkers } from '../../src/main/hosts/byte-workers.ts'
import { openStore } from '../../src/main/hosts/open-store.ts'
import { driverOf } from '../../src/main/systems/drivers.ts'
import { backupSystemOf } from '../../src/main/systems/registry.ts'
import { systemNames } from '../../src/shared/domain/system-name.ts'
import { inSession } from '../conformance/in-session.ts'
import { makeDemonstrationFleet, masterKey, withFolder } from '../lab/demonstration-fleet.ts'
import { startDemonstrationMasters } from '../lab/masters/demonstration.ts'
import { labSessions, type LabSecrets } from '../lab/masters/lab-session.ts'
import { verifyRepository } from '../lab/verify-repository.ts'

const ports = {
  clock: systemClock,
  openStore,
  openByteWork: async (workers: number | null) =>
    openByteWorkers(new URL('../../src/main/hosts/worker.ts', import.meta.url), workers),
}

let dir: string
let fleet: DemonstrationFleet
let masters: DemonstrationMasters
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hf-demo-masters-'))
  fleet = await makeDemonstrationFleet(dir, ports)
  masters = await startDemonstrationMasters(dir, ports)
})
afterAll(async () => {
  await masters.close()
  await rm(dir, { recursive: true })
})

/** The connection as the desk keeps it: credentials by their ids. */
function connected(name: string) {
  const cluster = fleet.clusters.find((each) => each.name === name)
  const connection = masters.connections.find((each) => each.cluster === name)
  if (cluster === undefined || connection === undefined) throw new Error(`no connection of ${name}`)
  const fields = Object.keys(connection.credentials)
  const secrets = Object.entries(connection.credentials).map(([field, { secret }]): LabSecrets => {
    if (secret.kind === 'login') return { logins: { [field]: secret } }
    return secret.kind === 'token' ? { tokens: { [field]: secret.token } } : {}
  })
  return {
    cluster,
    values: { ...connection.values, ...Object.fromEntries(fields.map((field) => [field, field])) },
    session: labSessions(cluster, Object.assign({}, ...secrets) as LabSecrets),
  }
}

test('Every system of the demonstration has masters that answer, and one cluster has dead ones', async () => {
  const down: string[] = []
  const answering = new Set<string>()
  for (const { name } of fleet.clusters) {
    const { cluster, values, session } = connected(name)
    const driver = await driverOf(cluster.system)
    const states = await inSession({ session }, async (opened) => {
      const found: string[] = []
      for await (const { id, state } of driver.connect(values).probe(opened))
        if (id === 'answers') found.push(state)
      return found
    })
    if (states.every((state) => state === 'bad')) down.push(name)
    else answering.add(cluster.system)
  }
  expect(down).toEqual(['chango-dr'])
  expect([...answering].toSorted()).toEqual([...systemNames].toSorted())
})

test.for(['kiok-stage', 'chango-core', 'kiseki-lab', 'armada-edge', 'kindling-eu'])(
  'A snapshot of %s comes into the folder that the desk reads, and is what it is called there',
  async (name) => {
    const { cluster, values, session } = connected(name)
    const driver = await driverOf(cluster.system)
    const way = driver.snapshotWays.find(({ makesNothing }) => !makesNothing)?.id ?? ''
    const outcome = await inSession({ session }, async (opened) =>
      driver.connect(values).snapshot(opened, way, { progress: () => undefined, log: () => undefined }),
    )
    expect(outcome).toMatchObject({ kind: 'made' })
    const system = await backupSystemOf(cluster.system)
    const { said } = await withFolder(join(dir, 'fleet', name), ports, async (store) =>
      verifyRepository(store, system, { keys: [masterKey], reading: 'everything' }),
    )
    const made = outcome.kind === 'made' ? said[outcome.backupId ?? ''] : undefined
    // A kiseki as it is shipped puts nothing into its snapshots, and an empty one is told as that.
    expect(made?.verdict).toBe(cluster.system === 'kiseki' ? 'warning' : 'good')
  },
)
