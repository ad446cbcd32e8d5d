import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { openFolderStore } from '../../src/main/adapters/folder/folder-store.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import type { Session, SnapshotProgress } from '../../src/main/ports/cluster-driver.ts'
import type { ObjectStore } from '../../src/main/ports/object-store.ts'
import { armadaConnection, type ArmadaConnection } from '../../src/main/systems/armada/live/connection.ts'
import { compareTable } from '../../src/main/systems/armada/live/compare-table.ts'
import { backUpDirect } from '../../src/main/systems/armada/live/direct.ts'
import { armadaDriver } from '../../src/main/systems/armada/live/driver.ts'
import { countKeys, putValue, readValue, shardOf } from '../../src/main/systems/armada/live/key-values.ts'
import { putBackMissing } from '../../src/main/systems/armada/live/put-back.ts'
import { renewFollowers } from '../../src/main/systems/armada/live/renew-followers.ts'
import { resetFollower } from '../../src/main/systems/armada/live/reset-follower.ts'
import { restoreArmada, type RestoreStage } from '../../src/main/systems/armada/live/restore-armada.ts'
import { findRestoreServer } from '../../src/main/systems/armada/live/restore-server.ts'
import { writeOwnTable } from '../../src/main/systems/armada/live/own-table.ts'
import { openServer, type ArmadaServer } from '../../src/main/systems/armada/live/server.ts'
import { readRestoreSources } from '../../src/main/systems/armada/restore-sources.ts'
import { describeClusterDriver, type LabCluster } from '../conformance/cluster-driver.ts'
import { armadaPairs, makeArmadaBackup } from '../lab/armada.ts'
import { findArmadaBinary, startArmadaProcess, type ArmadaProcess } from '../lab/armada-binary.ts'
import { makeAuthority } from '../lab/certificates.ts'
import { armadaTokens } from '../lab/masters/armada-session.ts'
import { labSessions } from '../lab/masters/lab-session.ts'
import { startRelay } from '../lab/relay.ts'

const found = findArmadaBinary()
const authority = makeAuthority()
const tls =
  authority === null ? null : { certificate: authority.issue('IP:127.0.0.1', 2), caFile: authority.file }
const skip = 'skip' in found ? found.skip : tls === null ? 'no openssl here' : null
afterAll(() => authority?.remove())

const silent: SnapshotProgress = { progress: () => undefined, log: () => undefined }

interface RealCluster {
  readonly process: ArmadaProcess
  readonly config: ArmadaConnection
  readonly session: Session
  readonly server: ArmadaServer
  readonly store: ObjectStore
}

const valuesOf = (port: number) => ({
  servers: [`https://127.0.0.1:${port}`],
  maintenanceToken: 'maintenance',
  tablesToken: 'tables',
  tls: { caFile: authority?.file ?? '' },
})

async function startProcess(leader?: ArmadaProcess): Promise<ArmadaProcess> {
  if ('skip' in found || tls === null) throw new Error('skipped')
  return startArmadaProcess({ ...found, tls, tokens: armadaTokens, ...(leader && { leader }) })
}

async function withCluster<T>(work: (cluster: RealCluster) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-armada-real-'))
  const backups = join(folder, 'backups')
  await mkdir(backups)
  const process = await startProcess()
  const session = labSessions(
    { name: 'armada-real', system: 'armada', address: pathToFileURL(backups).href },
    { tokens: armadaTokens },
  )()
  const store = await openFolderStore(backups)
  try {
    const config = armadaConnection.parse(valuesOf(process.port))
    const server = await untilAnswers(`https://127.0.0.1:${process.port}`, session, config)
    return await work({ process, config, session, server, store })
  } finally {
    await session.close()
    await store.close()
    await process.stop()
    await rm(folder, { recursive: true })
  }
}

/** Looks again until it is so; what never is so ends with the test's own time. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo().catch(() => false))) await systemClock.wait(250)
}

async function untilAnswers(
  origin: string,
  session: Session,
  config: ArmadaConnection,
): Promise<ArmadaServer> {
  const server = await openServer(origin, session, config)
  await until(async () => (await server.status()).errors.length === 0)
  // A leader cluster without a leader yet takes no table.
  if ((await server.role()) === 'leader') await createTable(server, 'first')
  return server
}

async function createTable({ link }: ArmadaServer, name: string): Promise<string> {
  const call = { method: '/regatta.v1.Tables/Create', deadlineMs: 10_000, ...(await link.tablesToken()) }
  await until(async () =>
    link.client.unary(call, { name }).then(
      () => true,
      (error: unknown) => /already exists/.test(String(error)),
    ),
  )
  // The first answer that goes through its log.
  await until(async () => (await countKeys(link, name)).keys === 0)
  return (await shardOf(link, name)) ?? ''
}

async function fill(server: ArmadaServer, table: string, seed: string, keys: number): Promise<void> {
  const shard = (await shardOf(server.link, table)) ?? (await createTable(server, table))
  for (const pair of armadaPairs(seed, table, keys)) await putValue(server.link, { table, shard }, pair)
}

async function stagesOf(
  { session, config }: RealCluster,
  backupId: string,
  tables?: readonly string[],
): Promise<readonly RestoreStage[]> {
  const stages: RestoreStage[] = []
  const choice = { backupId, everyValue: true, ...(tables !== undefined && { tables }) }
  for await (const stage of restoreArmada(session, config, choice, silent)) stages.push(stage)
  return stages
}

describe.skipIf(skip !== null)(`a real server of armada${skip === null ? '' : `: ${skip}`}`, () => {
  test('gives back what a backup held, key for key and value for value, and can be rolled back', async () => {
    await withCluster(async (cluster) => {
      const { server, session, config } = cluster
      await fill(server, 'accounts', 'first', 300)
      await fill(server, 'sister', 'first', 20)
      await createTable(server, 'empty')
      const outcome = await backUpDirect(session, config, silent)
      if (outcome.kind !== 'made' || outcome.backupId === null) throw new Error('not made')
      // Every value another one, and new keys.
      await fill(server, 'accounts', 'second', 350)
      await fill(server, 'empty', 'second', 10)
      await fill(server, 'sister', 'second', 25)
      const sister = await shardOf(server.link, 'sister')
      const stages = await stagesOf(cluster, outcome.backupId, ['accounts', 'empty'])
      expect(stages.flatMap((stage) => (stage.kind === 'compared' ? [stage.compared] : []))).toMatchObject([
        { table: 'accounts', isEqual: true, fileKeys: 300 },
        { table: 'empty', isEqual: true, fileKeys: 0 },
      ])
      expect(await shardOf(server.link, 'sister')).toBe(sister)
      expect((await countKeys(server.link, 'sister')).keys).toBe(25)
      const saved = stages.find((stage) => stage.kind === 'saved')?.safety
      const back = await stagesOf(cluster, saved?.backupId ?? '')
      expect(back.flatMap((stage) => (stage.kind === 'compared' ? [stage.compared] : []))).toMatchObject([
        { table: 'accounts', isEqual: true, fileKeys: 350 },
        { table: 'empty', isEqual: true, fileKeys: 10 },
      ])
    })
  })

  test('loses keys of a restore that is sent as its own tools send it, and none of ours', async () => {
    await withCluster(async (cluster) => {
      const { server, session, config, store } = cluster
      const keys = 30_000
      await makeArmadaBackup('b', '2026-11-19T02:00:00Z', { seed: 'b', tables: { big: keys } }, store)
      const target = await findRestoreServer(session, config, silent)
      const [source] = (await readRestoreSources(store, 'b')).tables
      if (source === undefined) throw new Error('no source')
      async function* messages() {
        yield { info: { table: Buffer.from('big') } }
        const { pieces } = await store.get('b/big.bak')
        for await (const data of pieces) yield { chunk: { data, len: data.byteLength } }
      }
      const call = {
        method: '/maintenance.v1.Maintenance/Restore',
        deadlineMs: 60_000,
        ...(await server.link.maintenanceToken()),
      }
      await server.link.client.clientStream(call, messages())
      const lost = keys - (await countKeys(server.link, 'big')).keys
      // A newer release may have mended it, and then it has to know the newer form too.
      expect(lost > 0).toBe(!target.knowsFormat)
      const compared = await compareTable(server.link, source, store, target)
      expect(compared.isEqual).toBe(lost === 0)
      // Each lost key is the end of a batch, and those are looked at one by one.
      expect(compared.missing).toBe(lost)
      expect(await putBackMissing(server.link, source, store)).toMatchObject({ put: lost, extra: 0 })
      expect((await compareTable(server.link, source, store, { ...target, everyValue: true })).isEqual).toBe(
        true,
      )
      const stages = await stagesOf(cluster, 'b')
      const restored = stages.find((stage) => stage.kind === 'restored')?.restored
      expect(restored?.twice).toBe(lost)
      expect(stages.map(({ kind }) => kind)).not.toContain('putBack')
    })
  })

  test('takes a table of its own, gives back what was written into it, and deletes it', async () => {
    await withCluster(async ({ server }) => {
      const names = async (): Promise<readonly string[]> => (await server.tables()).map(({ name }) => name)
      const others = await names()
      await writeOwnTable(server, 'holdfast-canary-1')
      expect(await names()).toEqual(others)
      // As after an attempt that was cut short once the table was there.
      await createTable(server, 'holdfast-canary-2')
      await writeOwnTable(server, 'holdfast-canary-2')
      expect(await names()).toEqual(others)
    })
  })

  test('does not take a token that is not its own, and tells a follower from a leader', async () => {
    await withCluster(async ({ session, config, server }) => {
      expect(await server.role()).toBe('leader')
      const wrong = { ...config, maintenanceToken: 'wrong' }
      await expect(findRestoreServer(session, wrong, silent)).rejects.toMatchObject({
        code: 'master.refusedLogin',
      })
    })
  })

  test('has followers that keep old values after a reset, and have the restored ones when they are renewed', async () => {
    await withCluster(async (cluster) => {
      const { process, session, config, server, store } = cluster
      const follower = await startProcess(process)
      try {
        const other = await untilAnswers(`https://127.0.0.1:${follower.port}`, session, config)
        expect(await other.role()).toBe('follower')
        await fill(server, 'accounts', 'old', 200)
        await until(async () => (await countKeys(other.link, 'accounts')).keys === 200)
        await makeArmadaBackup('b', '2026-11-19T02:00:00Z', { seed: 'new', tables: { accounts: 220 } }, store)
        await stagesOf(cluster, 'b')
        const limits = { waitMs: 90_000, stillMs: 20_000 }
        const { compared } = await resetFollower(server.link, other, 'accounts', limits)
        if (!compared.isEqual)
          expect(compared.differing + compared.missing + compared.extra).toBeGreaterThan(0)
        const target = await findRestoreServer(session, config, silent)
        const [source] = (await readRestoreSources(store, 'b')).tables
        if (source === undefined) throw new Error('no source')
        const { followers } = await renewFollowers(target, [other], source, store, silent, {
          followerLimits: limits,
        })
        expect(followers).toMatchObject([{ isEqual: true, followerKeys: 220 }])
        const shard = (await shardOf(other.link, 'accounts')) ?? ''
        const [pair] = armadaPairs('new', 'accounts', 1)
        if (pair === undefined) throw new Error('no pair')
        const value = await readValue(other.link, { table: 'accounts', shard }, pair.key)
        expect(Buffer.from(value ?? []).toString()).toBe(pair.value.toString())
      } finally {
        await follower.stop()
      }
    })
  })
})

/** Requests that change something. */
const changing = /\/(Restore|Reset|Put|DeleteRange|Txn|Create|Delete)$/

/** A real server behind a relay, which can break the connection in the middle of a backup. */
async function start(): Promise<LabCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-armada-real-'))
  const backups = join(folder, 'backups')
  await mkdir(backups)
  const process = await startProcess()
  const relay = await startRelay(process.port)
  const values = valuesOf(relay.port)
  const config = armadaConnection.parse(values)
  const sessions = labSessions(
    { name: 'armada-real', system: 'armada', address: pathToFileURL(backups).href },
    { tokens: armadaTokens },
  )
  const first = sessions()
  const server = await untilAnswers(`https://127.0.0.1:${relay.port}`, first, config)
  await fill(server, 'accounts', 'lab', 120)
  await createTable(server, 'limits')
  await first.close()
  let changes = 0
  let isBreaking = false
  return {
    values,
    wrongCredentials: { ...values, maintenanceToken: 'wrong', tablesToken: 'wrong' },
    secrets: Object.values(armadaTokens),
    session(signal) {
      const session = sessions(signal)
      return {
        ...session,
        async grpc(origin, trust, protocol) {
          const client = await session.grpc(origin, trust, protocol)
          return {
            ...client,
            async unary(call, request, ending) {
              if (changing.test(call.method)) changes += 1
              return client.unary(call, request, ending)
            },
            serverStream(call, request, ending) {
              const { table } = request
              const isOfTable = table instanceof Uint8Array && Buffer.from(table).toString() === 'accounts'
              if (isBreaking && isOfTable) relay.cutAtAnswer()
              return client.serverStream(call, request, ending)
            },
          }
        },
      }
    },
    repository: async () => openFolderStore(backups),
    changes: () => changes,
    breakNextSnapshot() {
      isBreaking = true
    },
    keptSecret: () => null,
    kill: async () => process.kill(),
    async close() {
      await relay.stop()
      await process.stop()
      await rm(folder, { recursive: true })
    },
  }
}

if (skip === null) {
  const isDirect = ({ id }: { readonly id: string }): boolean => id === 'direct'
  describe('a real server of armada, asked by its driver', () => {
    describeClusterDriver({
      driver: { ...armadaDriver, snapshotWays: armadaDriver.snapshotWays.filter(isDirect) },
      start,
    })
  })
}
