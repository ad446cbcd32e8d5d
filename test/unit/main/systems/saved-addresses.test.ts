import { expect, test } from 'vitest'
import type { Session } from '../../../../src/main/ports/cluster-driver.ts'
import type { GrpcClient, GrpcMessage } from '../../../../src/main/ports/grpc-client.ts'
import { driverOf } from '../../../../src/main/systems/drivers.ts'
import { systemNames, type SystemName } from '../../../../src/shared/domain/system-name.ts'
import { fakeClock } from '../../../fakes/fake-clock.ts'
import { memoryStore } from '../../../fakes/memory-store.ts'
import { fakeHost } from '../../../fakes/remote-host.ts'
import { fakeSession } from '../../../fakes/session.ts'
import { connections, everyStep } from './every-step.ts'

const evil = 'evil.example'

/** Every name under which a master tells of others, and each of them lies. */
const lies = {
  accessToken: 'a token',
  leader: `http://${evil}:8080`,
  leaderAddress: `${evil}:8080`,
  host: evil,
  hostname: evil,
  address: `${evil}:8080`,
  url: `http://${evil}/`,
  endpoint: `http://${evil}/`,
  isLeader: true,
  ready: true,
  id: 'x',
  nodeId: `master-${evil}`,
  node_id: 1,
  leader_id: 2,
  leader_s3: `http://${evil}:9000`,
  peers: [{ id: 2, address: `${evil}:9100` }],
  storage_url: `s3://${evil}/key`,
  project_id: 'x',
  status: 'detached',
  health: 'healthy',
}
const replies = [JSON.stringify(lies), JSON.stringify([lies]), JSON.stringify({ masters: [lies] })]

const members: GrpcMessage = {
  members: [{ id: '1', name: evil, peerURLs: [`http://${evil}`], clientURLs: [`https://${evil}:8443`] }],
  tables: {},
  errors: [],
  snapshots: [],
}

/** Everybody answers, and writes down who was asked. */
function liars(asked: Set<string>, text: string, clock = fakeClock()): Partial<Session> {
  const grpc = {
    unary: async () => Promise.resolve(members),
    async *serverStream() {},
    clientStream: async () => Promise.resolve(members),
    close: () => undefined,
  } as unknown as GrpcClient
  return {
    async http({ origins }) {
      for (const origin of origins) asked.add(origin)
      return Promise.resolve({
        async send({ origin }) {
          if (origin !== undefined) asked.add(origin)
          return Promise.resolve({
            status: 200,
            text,
            header: () => null,
            origin: origin ?? origins[0] ?? '',
          })
        },
        close: async () => undefined,
      })
    },
    async grpc(origin) {
      asked.add(origin)
      return Promise.resolve(grpc)
    },
    async host(address) {
      asked.add(address)
      return Promise.resolve(fakeHost(() => ({ stdout: `${evil}\n` }), { clock, name: address }))
    },
    login: async () => Promise.resolve({ user: 'somebody', password: 'a password' }),
    token: async () => Promise.resolve('a token'),
    masterKeys: async () => Promise.resolve([]),
    repository: async () => Promise.resolve(memoryStore()),
  }
}

const saved = (system: SystemName): string => JSON.stringify(connections[system])

test.each(systemNames)('No question to %s leads to an address that a master names', async (system) => {
  const driver = await driverOf(system)
  const live = driver.connect(connections[system])
  for (const text of replies) {
    const asked = new Set<string>()
    const clock = fakeClock()
    const session = fakeSession({ name: 'eu', system }, new AbortController().signal, {
      clock,
      ...liars(asked, text, clock),
    })
    const probing = (async () => {
      for await (const _ of live.probe(session)) continue
      await live.schedule(session)
      for (const { id } of driver.snapshotWays) {
        for await (const _ of live.beforeSnapshot(session, id)) continue
        await live.snapshot(session, id, { progress: () => undefined, log: () => undefined })
      }
    })()
    // What comes of it is no question here, but whom it asks.
    await clock.run(probing).catch(() => undefined)
    expect(asked.size).toBeGreaterThan(0)
    for (const address of asked) expect(saved(system)).toContain(address)
  }
})

test.each(systemNames)('No step of %s’s runbooks leads to an address that a master names', async (system) => {
  const asked = new Set<string>()
  for (const text of replies)
    await everyStep(system, (called, clock) => {
      called()
      return liars(asked, text, clock)
    })
  expect(asked.size).toBeGreaterThan(0)
  expect([...asked].filter((address) => address.includes(evil))).toEqual([])
})
