import { expect, test } from 'vitest'
import type { Desk } from '../../../../src/main/desk/desk.ts'
import { forgetHost, trustHost } from '../../../../src/main/desk/trust-host.ts'
import { trustedHosts } from '../../../../src/main/desk/trusted-hosts.ts'
import { noAccess } from '../../../../src/shared/contract/repositories.ts'
import { memoryAuditLog } from '../../../fakes/audit-log.ts'
import { memoryDeskState } from '../../../fakes/desk-state.ts'
import { fakeClock } from '../../../fakes/fake-clock.ts'
import { savedClusterOf } from '../../../support/saved-cluster.ts'

const key = (letter: string): string => `SHA256:${letter.repeat(43)}`
const start = '2026-11-01T00:00:00.000Z'

async function deskWith(connection: Record<string, never> | null | object = null) {
  const state = memoryDeskState()
  const clock = fakeClock(Date.parse(start))
  const audit = memoryAuditLog(clock)
  await state.clusters.put(savedClusterOf({ connection: connection as never }))
  const parts = { state, audit, publish: () => undefined, healths: { forget: () => undefined } }
  const cluster = () => state.clusters.get('c1') ?? savedClusterOf()
  return { desk: parts as unknown as Desk, state, clock, cluster }
}

const inConnection = {
  masters: ['http://kiok-1:8080'],
  // An empty part reads like one for SSH, and is none.
  tls: {},
  ssh: { keyFiles: ['/keys/ops'], keyCredential: null, sudoCredential: null, hostKeys: [] },
}

test('Every trusted key is listed with whose it is and since when it is trusted, wherever it is kept', async () => {
  const { desk, state, clock, cluster } = await deskWith(inConnection)
  await trustHost(cluster(), { address: 'root@b', fingerprint: key('B') }, null, desk)
  await clock.run(clock.wait(60_000))
  await trustHost(cluster(), { address: 'root@a', fingerprint: key('A') }, null, desk)
  await state.repositories.put({
    id: 'r1',
    name: 'mirror',
    address: 'sftp://ops@store:2222/backups',
    system: 'kiok',
    access: { ...noAccess, hostKey: key('C') },
  })
  const ofCluster = { of: 'cluster', id: 'c1', name: 'kiok-prod' }
  expect(await trustedHosts(desk)).toEqual([
    { host: 'root@a', fingerprint: key('A'), ...ofCluster, since: '2026-11-01T00:01:00.000Z' },
    { host: 'root@b', fingerprint: key('B'), ...ofCluster, since: start },
    { host: 'store:2222', fingerprint: key('C'), of: 'repository', id: 'r1', name: 'mirror', since: null },
  ])
})

test('A key of a connection is forgotten with an entry, nothing else of the connection changes, and it is trusted anew from then', async () => {
  const { desk, clock, cluster } = await deskWith(inConnection)
  await trustHost(cluster(), { address: 'root@a', fingerprint: key('A') }, null, desk)
  await trustHost(cluster(), { address: 'root@b', fingerprint: key('B') }, null, desk)
  await forgetHost(cluster(), 'root@a', null, desk)
  expect(cluster().connection).toEqual({
    ...inConnection,
    ssh: { ...inConnection.ssh, hostKeys: [{ host: 'root@b', fingerprint: key('B') }] },
  })
  expect((await trustedHosts(desk)).map(({ host }) => host)).toEqual(['root@b'])
  expect((await desk.audit.list({ limit: 1 })).entries[0]).toMatchObject({ action: 'host.forgotten' })
  await clock.run(clock.wait(60_000))
  await trustHost(cluster(), { address: 'root@a', fingerprint: key('A') }, null, desk)
  expect((await trustedHosts(desk))[0]).toMatchObject({ host: 'root@a', since: '2026-11-01T00:01:00.000Z' })
})
