import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunbookRunner } from '../../../src/main/ports/runbook-runner.ts'
import type { Run } from '../../../src/shared/contract/runbooks.ts'
import { makeAuthority } from '../../lab/certificates.ts'
import { startArmadaServer, type ArmadaLabServer } from '../../lab/masters/armada.ts'
import { armadaTokens } from '../../lab/masters/armada-session.ts'
import { openArmadaLab, type ArmadaRunLab, type Contents } from './armada-lab.ts'
import { goThrough } from './run-lab.ts'

const authority = makeAuthority()
if (authority === null) throw new Error('openssl is needed for these tests')
const certificate = authority.issue('IP:127.0.0.1', 2)
afterAll(() => authority.remove())

/** A server that loses keys, as real ones do, with a backup of its first state and other contents since. */
describe('the runbooks of armada', () => {
  let lab: ArmadaRunLab
  let server: ArmadaLabServer
  let backups: string
  let backupId: string
  let before: Contents
  let wrong: Contents
  let contents: () => Contents
  let snapshot: () => Promise<string>

  beforeEach(async () => {
    lab = await openArmadaLab(authority, certificate)
    ;({ server, backups, backupId, before, wrong, contents, snapshot } = lab)
  })
  afterEach(async () => lab.close())

  async function begin(
    scenario: string,
    inputs: Record<string, string> = {},
    runner: RunbookRunner = lab.running.desk.runbooks,
  ): Promise<Run> {
    return runner.start({
      scenario,
      clusterId: lab.clusterId,
      setting: lab.setting(inputs),
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
    let unbacked = 0
    const run = await goThrough(runbooks, id, {
      ...answers(backupId),
      // One of the old tables, made while the run is under way already.
      'stop-clients': async () => {
        await snapshot()
        return { kind: 'did', note: 'all of them' }
      },
      'accept-backup': async (at) => {
        unbacked += 1
        return answers(backupId)['accept-backup'](at)
      },
    })
    expect(unbacked).toBe(1)
    expect(server.created).toEqual([expect.stringMatching(/^holdfast-canary-run-\w+$/)])
    expect(run.list.filter(({ state }) => state !== 'done' && state !== 'notNeeded')).toEqual([])
    expect(contents()).toEqual(before)
    expect(run.acceptance.signedAt).not.toBeNull()
    expect((await runbooks.close(id, 'finished', '')).state).toBe('finished')
    expect(await lab.leaks(Object.values(armadaTokens))).toEqual([])
  })

  test('a server that forgets what is put does not pass, and the table of its own is deleted there too', async () => {
    const { id } = await begin('AR-2')
    let tries = 0
    const run = await goThrough(lab.running.desk.runbooks, id, {
      ...answers(backupId),
      'accept-canary': () => {
        server.setFaults({ puts: 'forgets' })
        tries += 1
        return tries === 1 ? { kind: 'go' } : null
      },
    })
    expect(stateOf(run, 'accept-canary')).toMatchObject({
      state: 'failed',
      sentence: expect.stringMatching(/does not give back what it was given.* is not there\.$/),
    })
    expect(server.created).toHaveLength(1)
    expect(server.tables.names()).toEqual([...before.keys()])
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

  test('a table with one wrong value among hundreds is not taken for its file, and is replaced', async () => {
    for (const [table, pairs] of before) {
      for (const key of server.tables.from(table, new Uint8Array())) server.tables.drop(table, key)
      for (const pair of pairs) {
        const cut = pair.lastIndexOf('=')
        server.tables.put(
          table,
          Buffer.from(pair.slice(0, cut), 'latin1'),
          Buffer.from(pair.slice(cut + 1), 'hex'),
        )
      }
    }
    expect(contents()).toEqual(before)
    const [first = ''] = server.tables.from('orders', new Uint8Array())
    server.tables.put('orders', Buffer.from(first, 'latin1'), Buffer.from('wrong'))
    const { id } = await begin('AR-2')
    await goThrough(lab.running.desk.runbooks, id, { ...answers(backupId), 'accept-access': () => null })
    expect(contents()).toEqual(before)
    expect(server.restored).toEqual(['orders'])
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
