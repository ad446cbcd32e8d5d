import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunbookRunner } from '../../../src/main/ports/runbook-runner.ts'
import type { Run } from '../../../src/shared/contract/runbooks.ts'
import { makeAuthority } from '../../lab/certificates.ts'
import { startArmadaServer, type ArmadaLabServer } from '../../lab/masters/armada.ts'
import { armadaTokens } from '../../lab/masters/armada-session.ts'
import { goThrough, openRunLab, type RunLab } from './run-lab.ts'

const authority = makeAuthority()
if (authority === null) throw new Error('openssl is needed for these tests')
const certificate = authority.issue('IP:127.0.0.1', 2)
afterAll(() => authority.remove())

const tables = { orders: 400, users: 300 }

/** A server that loses keys, as real ones do, with a backup of its first state and other contents since. */
describe('the runbooks of armada', () => {
  let server: ArmadaLabServer
  let lab: RunLab
  let backups: string
  let backupId: string
  let before: ReadonlyMap<string, readonly string[]>
  let wrong: ReadonlyMap<string, readonly string[]>

  beforeEach(async () => {
    backups = await mkdtemp(join(tmpdir(), 'holdfast-armada-'))
    server = await startArmadaServer({
      tables,
      version: 1,
      logBytes: 16 * 1024,
      tls: certificate,
      maintenanceToken: armadaTokens.maintenance,
      tablesToken: armadaTokens.tables,
    })
    lab = await openRunLab({
      system: 'armada',
      name: 'armada-edge',
      folder: backups,
      secrets: {
        maintenance: { kind: 'token', token: armadaTokens.maintenance },
        tables: { kind: 'token', token: armadaTokens.tables },
      },
      connection: (ids) => ({
        servers: [server.origin],
        maintenanceToken: ids['maintenance'] ?? '',
        tablesToken: ids['tables'] ?? '',
        tls: { caFile: authority.file },
      }),
    })
    backupId = await snapshot()
    before = contents()
    for (const table of Object.keys(tables)) {
      for (const key of server.tables.from(table, new Uint8Array()).slice(0, 50))
        server.tables.drop(table, key)
      server.tables.put(table, Buffer.from('written since'), Buffer.from('new'))
    }
    wrong = contents()
  })
  afterEach(async () => {
    await lab.close()
    await server.stop()
    await rm(backups, { recursive: true, force: true })
  })

  async function snapshot(): Promise<string> {
    const { client, clusterId } = lab
    const { id } = await client.masters.snapshot({ id: clusterId, way: 'direct' })
    for await (const _ of await client.jobs.events({ id, after: 0 })) continue
    const { result } = await client.jobs.get({ id })
    if (result?.kind !== 'snapshot' || result.backupId === null) throw new Error('no snapshot')
    return result.backupId
  }

  function contents(): ReadonlyMap<string, readonly string[]> {
    return new Map(
      server.tables
        .names()
        .map((table) => [
          table,
          server.tables
            .from(table, new Uint8Array())
            .map((key) => `${key}=${server.tables.get(table, key)?.toString('hex') ?? ''}`),
        ]),
    )
  }

  async function begin(
    scenario: string,
    inputs: Record<string, string> = {},
    runner: RunbookRunner = lab.running.desk.runbooks,
  ): Promise<Run> {
    const { connection, name } = lab.running.desk.state.clusters.get(lab.clusterId) ?? {}
    return runner.start({
      scenario,
      clusterId: lab.clusterId,
      setting: {
        cluster: { name: name ?? '', system: 'armada', connection: connection ?? null },
        inputs: { tables: '', ...inputs },
      },
      failedAt: new Date().toISOString(),
      answers: [],
      reason: null,
    })
  }

  const answers = (chosen: string) => ({
    'choose-backup': () => ({ kind: 'choose' as const, option: chosen }),
    'stop-clients': () => ({ kind: 'did' as const, note: 'all of them' }),
    'accept-backup': async (run: Run) => {
      const isThere = run.list.find(({ id }) => id === 'accept-backup')?.state === 'done'
      if (!isThere) await snapshot()
      return { kind: 'go' as const }
    },
  })

  const stateOf = (run: Run, id: string) => run.list.find((step) => step.id === id)

  test('AR-2 brings back every key of the backup on a server that loses some, to a signed sheet', async () => {
    const { runbooks } = lab.running.desk
    const { id } = await begin('AR-2')
    const run = await goThrough(runbooks, id, answers(backupId))
    expect(run.list.filter(({ state }) => state !== 'done' && state !== 'notNeeded')).toEqual([])
    expect(contents()).toEqual(before)
    expect(run.acceptance.signedAt).not.toBeNull()
    expect((await runbooks.close(id, 'finished', '')).state).toBe('finished')
    expect(await lab.leaks(Object.values(armadaTokens))).toEqual([])
  })

  test('keys that the server loses all the same are put back, and that is said', async () => {
    server.setFaults({ restore: 'losesMore' })
    const { id } = await begin('AR-2')
    const run = await goThrough(lab.running.desk.runbooks, id, {
      ...answers(backupId),
      'accept-access': () => null,
    })
    const said = stateOf(run, 'put-tables')?.lines.map(({ sentence }) => sentence) ?? []
    expect(said.join(' ')).toContain('lacked keys; they were put back')
    expect(contents()).toEqual(before)
  })

  test('what was put in place is taken back, and the tables are as they were before', async () => {
    const { runbooks } = lab.running.desk
    const { id } = await begin('AR-2')
    await goThrough(runbooks, id, {
      ...answers(backupId),
      'accept-content': () => null,
      'accept-access': () => null,
    })
    expect(contents()).toEqual(before)
    await runbooks.proceed(id, 'put-tables', { kind: 'takeBack' })
    for await (const run of runbooks.watch(id, new AbortController().signal)) {
      if (stateOf(run, 'put-tables')?.state === 'takenBack') break
    }
    expect(contents()).toEqual(wrong)
  })

  test('AR-3 replaces the tables that were named, and leaves their sisters alone', async () => {
    const { id } = await begin('AR-3', { tables: 'users' })
    await goThrough(lab.running.desk.runbooks, id, { ...answers(backupId), 'accept-access': () => null })
    expect(contents().get('users')).toEqual(before.get('users'))
    expect(contents().get('orders')).toEqual(wrong.get('orders'))
  })

  test.each(['before', 'after'] as const)(
    'a connection that breaks %s each action leaves it to be looked at, and the end is the same',
    async (cut) => {
      const { runner, acts } = await lab.cutRunner(cut)
      const { id } = await begin('AR-2', {}, runner)
      const run = await goThrough(runner, id, {
        ...answers(backupId),
        'accept-access': () => null,
      })
      expect(stateOf(run, 'put-tables')?.state).toBe('done')
      expect(contents()).toEqual(before)
      expect(acts.get('put-tables')).toBe(1)
    },
  )

  test('a file that is damaged is refused before anything is sent, and the tables stay', async () => {
    const { readdir, readFile, writeFile } = await import('node:fs/promises')
    const folder = join(backups, backupId)
    const file = (await readdir(folder)).find((name) => name.endsWith('.bak')) ?? ''
    const bytes = await readFile(join(folder, file))
    bytes[Math.floor(bytes.byteLength / 2)] = (bytes[Math.floor(bytes.byteLength / 2)] ?? 0) ^ 1
    await writeFile(join(folder, file), bytes)
    const changes = server.changes()
    const { id } = await begin('AR-2')
    const run = await goThrough(lab.running.desk.runbooks, id, answers(backupId))
    expect(run.current === 'prove-backup' || run.current === 'choose-backup').toBe(true)
    expect(server.changes()).toBe(changes)
    expect(contents()).toEqual(wrong)
  })

  test('AR-6 saves what a follower has into a backup that is proved, and X-4 sees that a token is taken', async () => {
    const follower = await startArmadaServer({
      tables: {},
      version: 1,
      tls: certificate,
      maintenanceToken: armadaTokens.maintenance,
      tablesToken: armadaTokens.tables,
      follows: server,
    })
    try {
      for (const table of server.tables.names()) follower.tables.take(table, server.tables.contents(table))
      const { state } = lab.running.desk
      const saved = state.clusters.get(lab.clusterId)
      if (saved === null) throw new Error('no cluster')
      await state.clusters.put({
        ...saved,
        connection: { ...saved.connection, followers: [follower.origin] },
      })
      const { id } = await begin('AR-6')
      const run = await goThrough(lab.running.desk.runbooks, id, {
        'choose-follower': () => ({ kind: 'choose', option: follower.origin }),
      })
      expect(run.list.map(({ state: each }) => each)).toEqual(run.list.map(() => 'done'))
      const kept = stateOf(run, 'read-follower')?.evidence
      expect(kept).toEqual(
        expect.arrayContaining([{ name: 'orders', value: `${wrong.get('orders')?.length ?? 0} keys` }]),
      )
      await lab.running.desk.runbooks.close(id, 'finished', '')
      const token = await begin('X-4')
      const signed = await goThrough(lab.running.desk.runbooks, token.id)
      expect(stateOf(signed, 'accept-token')?.state).toBe('done')
    } finally {
      await follower.stop()
    }
  })
})
