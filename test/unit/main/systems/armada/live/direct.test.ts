import { afterAll, describe, expect, test } from 'vitest'
import { armada } from '../../../../../../src/main/systems/armada/armada.ts'
import { armadaConnection } from '../../../../../../src/main/systems/armada/live/connection.ts'
import { backUpDirect } from '../../../../../../src/main/systems/armada/live/direct.ts'
import { armadaDriver } from '../../../../../../src/main/systems/armada/live/driver.ts'
import { usualLimits } from '../../../../../../src/main/systems/armada/live/server.ts'
import type { Session, SnapshotProgress } from '../../../../../../src/main/ports/cluster-driver.ts'
import type { Probe } from '../../../../../../src/shared/contract/masters.ts'
import { readSmall } from '../../../../../../src/main/engine/transfer/read-small.ts'
import { verifyRepository } from '../../../../../lab/verify-repository.ts'
import { makeAuthority } from '../../../../../lab/certificates.ts'
import type { ArmadaFaults } from '../../../../../lab/masters/armada.ts'
import { startArmadaCluster, type ArmadaCluster } from '../../../../../lab/masters/armada-session.ts'

const silent: SnapshotProgress = { progress: () => undefined, log: () => undefined }
const tables = { accounts: 200, limits: 0, sessions: 90 }
const authority = makeAuthority()
afterAll(() => authority?.remove())

async function using<T>(
  work: (cluster: ArmadaCluster, session: Session) => Promise<T>,
  options?: Parameters<typeof startArmadaCluster>[1],
  signal?: AbortSignal,
): Promise<T> {
  const cluster = await startArmadaCluster(tables, options)
  const session = cluster.session(signal)
  try {
    return await work(cluster, session)
  } finally {
    await session.close()
    await cluster.close()
  }
}

async function keysIn(cluster: ArmadaCluster): Promise<readonly string[]> {
  const store = await cluster.repository()
  const keys: string[] = []
  for await (const entry of store.list()) if (entry.kind === 'object') keys.push(entry.key)
  await store.close()
  return keys
}

const valuesOf = ({ server }: ArmadaCluster) => ({ servers: [server.origin] })
const configOf = (cluster: ArmadaCluster) => armadaConnection.parse(valuesOf(cluster))

async function probesOf(
  session: Session,
  values: unknown,
): Promise<ReadonlyMap<string, Pick<Probe, 'state' | 'answer'>>> {
  const found = new Map<string, Probe>()
  for await (const probe of armadaDriver.connect(values).probe(session)) found.set(probe.id, probe)
  return found
}

describe('A backup that is streamed from a server', () => {
  test.each([1, 2] as const)(
    'holds every table, its sidecar and its manifest (format %i)',
    async (version) => {
      await using(
        async (cluster, session) => {
          const outcome = await backUpDirect(session, configOf(cluster), silent)
          if (outcome.kind !== 'made' || outcome.backupId === null) throw new Error('not made')
          const id = outcome.backupId
          expect(id).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/)
          expect(await keysIn(cluster)).toEqual(
            ['accounts.bak', 'holdfast.json', 'limits.bak', 'manifest.json', 'sessions.bak'].map(
              (name) => `${id}/${name}`,
            ),
          )
          const store = await cluster.repository()
          const { said } = await verifyRepository(store, armada)
          expect(said[id]).toMatchObject({ verdict: 'good' })
          const sidecar: unknown = JSON.parse(
            Buffer.from(await readSmall(store, `${id}/holdfast.json`, 1e6)).toString('utf8'),
          )
          expect(sidecar).toMatchObject({
            serverVersion: 'v0.10.0',
            tables: { accounts: { keys: 200 }, limits: { keys: 0 }, sessions: { keys: 90 } },
          })
          await store.close()
          expect(cluster.server.changes()).toBe(0)
          expect(cluster.server.streamed).toEqual(['accounts', 'limits', 'sessions'])
        },
        { version },
      )
    },
  )

  test.each<readonly [string, ArmadaFaults, string]>([
    ['a table is in error', { inError: 'sessions' }, 'master.notReady'],
    ['the status leaves a table out', { leftOut: 'sessions' }, 'master.notReady'],
    ['its maintenance is off', { maintenance: 'off' }, 'master.notOffered'],
    ['it is a follower', { maintenance: 'follower' }, 'master.notLeader'],
  ])('is refused before a table is streamed where %s', async (_, faults, code) => {
    await using(async (cluster, session) => {
      cluster.server.setFaults(faults)
      await expect(backUpDirect(session, configOf(cluster), silent)).rejects.toMatchObject({ code })
      expect(cluster.server.streamed).toEqual([])
      expect(cluster.server.changes()).toBe(0)
      expect(await keysIn(cluster)).toEqual([])
    })
  })

  test.each<readonly [string, ArmadaFaults['stream'] & string, string]>([
    ['a piece is not as long as it says', 'lies', 'master.badAnswer'],
    ['the stream ends in the middle of a table', 'ends', 'master.badAnswer'],
    ['the stream ends before the first record', 'endsAtOnce', 'master.badAnswer'],
    ['the bytes are not what they were', 'spoils', 'master.badAnswer'],
    ['pieces without a byte come for ever', 'empties', 'master.badAnswer'],
    ['the connection breaks', 'breaks', 'master.unreachable'],
    ['the stream stalls', 'stalls', 'master.timedOut'],
  ])('leaves nothing where %s, and is not asked for again', async (_, stream, code) => {
    await using(async (cluster, session) => {
      cluster.server.setFaults({ stream })
      await expect(
        backUpDirect(session, configOf(cluster), silent, { ...usualLimits, stallMs: 300 }),
      ).rejects.toMatchObject({
        code,
        text: { unchanged: expect.stringContaining('No backup was made') },
      })
      expect(cluster.server.streamed).toEqual(['accounts'])
      expect(await keysIn(cluster)).toEqual([])
    })
  })

  test('leaves nothing when it is cancelled', async () => {
    const cancel = new AbortController()
    await using(
      async (cluster, session) => {
        const report = { ...silent, progress: () => cancel.abort() }
        await expect(backUpDirect(session, configOf(cluster), report)).rejects.toMatchObject({
          code: 'cancelled',
        })
        expect(await keysIn(cluster)).toEqual([])
      },
      {},
      cancel.signal,
    )
  })

  test('comes from the next server where the first one is dead', async () => {
    await using(async (cluster, session) => {
      const dead = await startArmadaCluster(tables)
      await dead.close()
      const config = { ...configOf(cluster), servers: [dead.server.origin, cluster.server.origin] }
      expect(await backUpDirect(session, config, silent)).toMatchObject({ kind: 'made' })
    })
  })
})

describe('Probes of a server', () => {
  test.each<readonly [string, ArmadaFaults, string, string]>([
    ['a table in error', { inError: 'sessions' }, 'tables', 'sessions: shard not ready'],
    ['a table that its status leaves out', { leftOut: 'sessions' }, 'listed', 'sessions'],
    ['maintenance that is off', { maintenance: 'off' }, 'role', 'switched off'],
    ['a follower among the servers', { maintenance: 'follower' }, 'role', 'It is a follower'],
  ])('find %s, and change nothing by asking', async (_, faults, id, words) => {
    await using(async (cluster, session) => {
      cluster.server.setFaults(faults)
      const probe = (await probesOf(session, valuesOf(cluster))).get(id)
      expect(probe).toMatchObject({ state: 'bad', answer: expect.stringContaining(words) })
      expect(cluster.server.calls).not.toContain('/maintenance.v1.Maintenance/Reset')
      expect(cluster.server.streamed).toEqual([])
    })
  })

  test('do not send a token over plaintext, and say so', async () => {
    await using(async (cluster, session) => {
      const probes = await probesOf(session, { ...valuesOf(cluster), maintenanceToken: 'maintenance' })
      expect(probes.get('role')).toMatchObject({ state: 'bad', code: 'master.insecure' })
      expect(cluster.server.calls).not.toContain('/maintenance.v1.Maintenance/Backup')
    })
  })

  test('warn of a server that speaks plaintext and wants no token', async () => {
    await using(async (cluster, session) => {
      const probes = await probesOf(session, valuesOf(cluster))
      expect(probes.get('tls')).toMatchObject({ state: 'warning' })
      expect(probes.get('role')).toMatchObject({
        state: 'warning',
        answer: expect.stringContaining('wants no token'),
      })
    })
  })

  test.skipIf(authority === null)(
    'tell a wrong token from a right one, and from one that nobody needs, over TLS',
    async () => {
      if (authority === null) return
      const tls = authority.issue('IP:127.0.0.1', 2)
      await using(
        async (cluster, session) => {
          const values = { ...valuesOf(cluster), tls: { caFile: authority.file }, tablesToken: 'tables' }
          const right = await probesOf(session, { ...values, maintenanceToken: 'maintenance' })
          expect(right.get('role')).toMatchObject({ state: 'ok' })
          const wrong = await probesOf(session, { ...values, maintenanceToken: 'wrong' })
          expect(wrong.get('role')).toMatchObject({ state: 'bad', code: 'master.refusedLogin' })
          cluster.server.setFaults({ tokens: 'any' })
          const open = await probesOf(session, { ...values, maintenanceToken: 'maintenance' })
          expect(open.get('role')).toMatchObject({
            state: 'warning',
            answer: expect.stringContaining('wants no token'),
          })
          const untrusting = await probesOf(session, { ...values, tls: {} })
          expect(untrusting.get('answers')).toMatchObject({ state: 'bad', code: 'master.tls' })
        },
        { tls },
      )
    },
  )
})
