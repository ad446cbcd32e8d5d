import { expect, test } from 'vitest'
import type { ConnectionValues } from '../../../../src/shared/contract/connection-fields.ts'
import type { Desk } from '../../../../src/main/desk/desk.ts'
import { acceptedKey, hostKeysOf } from '../../../../src/main/desk/host-keys.ts'
import { forgetHost, keysInConnection, trustHost } from '../../../../src/main/desk/trust-host.ts'
import type { SavedCluster } from '../../../../src/main/ports/desk-state.ts'
import { memoryAuditLog } from '../../../fakes/audit-log.ts'
import { memoryDeskState } from '../../../fakes/desk-state.ts'
import { fakeClock } from '../../../fakes/fake-clock.ts'
import { savedClusterOf } from '../../../support/saved-cluster.ts'

const key = (letter: string): string => `SHA256:${letter.repeat(43)}`
const shown = { address: 'root@kiok-1:2222', fingerprint: key('A') }

async function deskWith(fields: Partial<SavedCluster> = {}) {
  const state = memoryDeskState()
  const cluster = savedClusterOf(fields)
  await state.clusters.put(cluster)
  const audit = memoryAuditLog(fakeClock())
  const parts = { state, audit, publish: () => undefined, healths: { forget: () => undefined } }
  const desk = parts as unknown as Desk
  const saved = (): SavedCluster => state.clusters.get('c1') ?? cluster
  return { cluster, desk, audit, saved }
}

const connection: ConnectionValues = {
  masters: ['http://kiok-1:8080'],
  ssh: { keyFiles: ['/keys/ops'], keyCredential: null, sudoCredential: null, hostKeys: [] },
}

test('A key that was compared stands in the connection of its cluster, and in the audit chain', async () => {
  const { cluster, desk, audit, saved } = await deskWith({ connection })
  await trustHost(cluster, shown, 'INC-1', desk)
  expect(saved().connection).toMatchObject({
    ssh: { keyFiles: ['/keys/ops'], hostKeys: [{ host: shown.address, fingerprint: key('A') }] },
  })
  expect(saved().hostKeys).toEqual([])
  expect(audit.entries[0]).toMatchObject({ action: 'host.trusted', subject: 'kiok-prod', reason: 'INC-1' })
})

test('Without a connection it stands beside it, and moves into the one that is saved later', async () => {
  const { cluster, desk, saved } = await deskWith()
  await trustHost(cluster, shown, null, desk)
  expect(saved()).toMatchObject({ connection: null, hostKeys: [{ host: shown.address }] })
  const inConnection = await keysInConnection('kiok')
  const connected = inConnection({ ...saved(), connection })
  expect(connected).toMatchObject({
    hostKeys: [],
    connection: { ssh: { hostKeys: [{ host: shown.address }] } },
  })
  expect(hostKeysOf(connected)).toHaveLength(1)
})

test('It is of a host, whoever logs in there', async () => {
  const known = [{ host: 'root@kiok-1:22', fingerprint: key('A') }]
  expect(acceptedKey('operator@kiok-1', known)).toBe(key('A'))
  expect(acceptedKey('operator@kiok-1:2222', known)).toBeNull()
})

test('A host that is known by another key keeps that one', async () => {
  const { cluster, desk, saved } = await deskWith({
    hostKeys: [{ host: 'kiok-1:2222', fingerprint: key('B') }],
  })
  const trusting = trustHost(cluster, shown, null, desk)
  await expect(trusting).rejects.toMatchObject({ code: 'host.changedKey' })
  await expect(trusting).rejects.toThrow(new RegExp(`${key('B')}.*${key('A')}`))
  expect(saved().hostKeys).toEqual([{ host: 'kiok-1:2222', fingerprint: key('B') }])
})

test('A key too many is refused: the connection that it would stand in could not be read any more', async () => {
  const hostKeys = Array.from({ length: 64 }, (_, n) => ({ host: `kiok-${n + 10}`, fingerprint: key('B') }))
  const ssh = { keyFiles: [], keyCredential: null, sudoCredential: null, hostKeys }
  const { cluster, desk, audit, saved } = await deskWith({ connection: { ...connection, ssh } })
  await expect(trustHost(cluster, shown, null, desk)).rejects.toMatchObject({ code: 'usage' })
  expect([hostKeysOf(saved()).length, audit.entries]).toEqual([64, []])
})

test('What was trusted without a connection can be taken back, and that is in the audit chain', async () => {
  const other = { host: 'kiok-2', fingerprint: key('B') }
  const { cluster, desk, audit, saved } = await deskWith({
    hostKeys: [{ host: shown.address, fingerprint: key('A') }, other],
  })
  await forgetHost(cluster, shown.address, 'installed anew', desk)
  expect(saved().hostKeys).toEqual([other])
  expect(audit.entries).toMatchObject([
    {
      action: 'host.forgotten',
      facts: [
        { name: 'host', value: shown.address },
        { name: 'fingerprint', value: key('A') },
      ],
      reason: 'installed anew',
    },
  ])
  await forgetHost(saved(), shown.address, null, desk)
  expect(audit.entries).toHaveLength(1)
})

test('A protected cluster needs a reason', async () => {
  const { cluster, desk, saved } = await deskWith({ mode: 'protected' })
  await expect(trustHost(cluster, shown, null, desk)).rejects.toMatchObject({ code: 'cluster.protected' })
  await expect(forgetHost(cluster, shown.address, null, desk)).rejects.toMatchObject({
    code: 'cluster.protected',
  })
  expect(saved().hostKeys).toEqual([])
})
