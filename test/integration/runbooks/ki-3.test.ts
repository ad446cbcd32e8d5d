import { spawn } from 'node:child_process'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openFolderStore } from '../../../src/main/adapters/folder/folder-store.ts'
import type { Run } from '../../../src/shared/contract/runbooks.ts'
import { goThrough, stepOf, whereabouts, type Answers } from './run-lab.ts'
import { kiokLabOf, password, production, secrets, type KiokRunLab } from './kiok-lab.ts'

async function begin({ client, clusterId, inputs }: KiokRunLab): Promise<Run> {
  return client.runbooks.start({ clusterId, scenario: 'KI-3', inputs: { ...inputs } })
}

const wantedBackup = ({ backupIds }: KiokRunLab): string => backupIds[1] ?? ''

/** What an operator answers from the beginning to the end where the login is deadlocked. */
function answersOf(of: KiokRunLab): Answers {
  const wanted = wantedBackup(of)
  return {
    'choose-backup': () => ({ kind: 'choose', option: wanted }),
    deadlock: () => ({ kind: 'choose', option: 'reset' }),
    'deadlock-after-reset': () => ({ kind: 'choose', option: 'other-root' }),
    'restore-in-ui': () => {
      of.site.restoreInUi(wanted, { user: 'admin', password })
      return { kind: 'did', note: wanted }
    },
  }
}

const startsOf = (of: KiokRunLab): readonly string[] =>
  of.site.hosts.flatMap((host) => host.record()).filter((line) => line.startsWith('start-'))

describe('KI-3', () => {
  test('brings a cluster back whose masters have all lost their data, out of the login deadlock, to a signed sheet', async (context) => {
    const of = await kiokLabOf(context, { hosts: [null, null] })
    const run = await begin(of)
    const ended = await goThrough(of.running.desk.runbooks, run.id, answersOf(of))
    expect(whereabouts(ended)).toBe('all behind')
    expect(stepOf(ended, 'login')?.sentence).toContain('login deadlock')
    expect(stepOf(ended, 'deadlock-reset')?.sentence).toContain('no such user')
    await of.client.runbooks.close({ id: run.id, outcome: 'finished', reason: '' })
    expect([of.site.state(0), of.site.state(1)]).toMatchObject([production, production])
    const starts = startsOf(of)
    for (const line of starts) {
      expect(line).toMatch(/key=right s3=given shown=no .* bucket=kiok-lab prefix=backups iterations=1000/)
    }
    expect(starts.map((line) => /root=(\S+)/.exec(line)?.[1])).toEqual([
      '/kiok',
      '/kiok',
      '/kiok-dr',
      '/kiok-dr',
      '/kiok',
      '/kiok',
      '/kiok',
    ])
    // The only backup of the whole run is the one at its end.
    expect(of.site.changes.filter((change) => change === 'POST /api/v1/admin/backup')).toHaveLength(1)
    expect(of.site.changes.indexOf('POST /api/v1/admin/backup')).toBeGreaterThan(
      of.site.changes.indexOf(`restore ${wantedBackup(of)}`),
    )
    expect(await of.leaks(secrets)).toEqual([])
  }, 120_000)

  test('needs no way out where ZooKeeper does not know the cluster: the first administrator gets the saved password', async (context) => {
    const of = await kiokLabOf(context, { hosts: [null], roots: [] })
    const run = await begin(of)
    const ended = await goThrough(of.running.desk.runbooks, run.id, answersOf(of))
    expect(whereabouts(ended)).toBe('all behind')
    expect(stepOf(ended, 'deadlock')?.state).toBe('notNeeded')
    expect(of.site.state(0)).toMatchObject(production)
  }, 120_000)

  test('restores a kiok that chango has started, and starts, stops and moves nothing of it', async (context) => {
    const users = { admin: { password: 'admin', mustChange: true } }
    const fresh = { dags: [], cron: null, maintenance: false, users, connections: [], logs: [] }
    const of = await kiokLabOf(context, { hosts: [fresh] })
    await of.site.startedBefore(0)
    await of.site.startedBefore(0, 'worker')
    const { client, clusterId, inputs } = of
    const run = await client.runbooks.start({
      clusterId,
      scenario: 'KI-3',
      inputs: { ...inputs, starts: 'chango' },
    })
    const ended = await goThrough(of.running.desk.runbooks, run.id, answersOf(of))
    expect(whereabouts(ended)).toBe('all behind')
    expect(of.site.state(0)).toMatchObject(production)
    expect(of.site.hosts[0]?.record()).toEqual([])
  }, 120_000)

  test('puts nothing over a kiok that chango has started and that has its data', async (context) => {
    const of = await kiokLabOf(context, { hosts: [production] })
    await of.site.startedBefore(0)
    await of.site.startedBefore(0, 'worker')
    const { client, clusterId, inputs } = of
    const run = await client.runbooks.start({
      clusterId,
      scenario: 'KI-3',
      inputs: { ...inputs, starts: 'chango' },
    })
    const ended = await goThrough(of.running.desk.runbooks, run.id, answersOf(of))
    expect(whereabouts(ended)).toMatch(/^still-empty failed: It holds 3\sDAGs, 2\sconnections/)
    expect(of.site.changes).toEqual([])
  }, 120_000)

  test('is refused while a master still holds data, and names KI-1', async (context) => {
    const of = await kiokLabOf(context, { hosts: [null, production] })
    const ended = await goThrough(of.running.desk.runbooks, (await begin(of)).id)
    expect(ended.current).toBe('no-survivor')
    expect(stepOf(ended, 'no-survivor')?.sentence).toContain(
      `${of.site.hosts[1]?.address} holds data: metadata`,
    )
    expect(stepOf(ended, 'no-survivor')?.next).toContain('KI-1')
    expect(stepOf(ended, 'no-survivor')?.canSkip).toBe(false)
    expect(startsOf(of)).toEqual([])
  }, 120_000)

  test('stops before anything is touched where the key opens no backup', async (context) => {
    const of = await kiokLabOf(context, { hosts: [null], key: 'another key of enough length, thirty-two' })
    const ended = await goThrough(of.running.desk.runbooks, (await begin(of)).id, answersOf(of))
    expect(ended.current).toBe('prove-backup')
    expect(stepOf(ended, 'prove-backup')?.state).toBe('failed')
    expect(startsOf(of)).toEqual([])
  }, 120_000)

  test('notices a backup of the empty state before anybody restores “the latest”', async (context) => {
    const of = await kiokLabOf(context, { hosts: [null], roots: [] })
    const run = await begin(of)
    const ended = await goThrough(of.running.desk.runbooks, run.id, {
      ...answersOf(of),
      'enable-backup': async () => {
        const store = await openFolderStore(of.backupsFolder)
        await store.put('20991231T000000Z-00000000/manifest.json', Buffer.from('{}'))
        await store.close()
        return { kind: 'did', note: '' }
      },
    })
    expect(whereabouts(ended)).toMatch(
      /^no-backup-yet failed: A backup was made .* 20991231T000000Z-00000000/,
    )
    expect(of.site.changes.some((change) => change.startsWith('restore'))).toBe(false)
  }, 120_000)

  test('says that another row was restored than the one that was confirmed', async (context) => {
    const of = await kiokLabOf(context, { hosts: [null], roots: [] })
    const run = await begin(of)
    const [older = ''] = of.backupIds
    const ended = await goThrough(of.running.desk.runbooks, run.id, {
      ...answersOf(of),
      'restore-in-ui': (now) =>
        stepOf(now, 'restore-in-ui')?.state === 'failed' ? null : { kind: 'did', note: older },
    })
    expect(whereabouts(ended)).toContain(`${older} was restored, and ${wantedBackup(of)} was confirmed.`)
  }, 120_000)

  for (const cut of ['before', 'after'] as const) {
    test(`goes on where every action was cut ${cut} it was done, and does none of them twice`, async (context) => {
      const of = await kiokLabOf(context, { hosts: [null, null] })
      const { runner, acts } = await of.cutRunner(cut)
      const cluster = of.running.desk.state.clusters.get(of.clusterId)
      const run = await runner.start({
        scenario: 'KI-3',
        clusterId: of.clusterId,
        setting: {
          cluster: { name: 'kiok-lab', system: 'kiok', connection: cluster?.connection ?? null },
          inputs: { ...of.usualInputs },
        },
        failedAt: new Date().toISOString(),
        answers: [],
        reason: null,
      })
      const ended = await goThrough(runner, run.id, answersOf(of))
      expect(whereabouts(ended)).toBe('all behind')
      // Those of which nobody can see whether they happened, and which do no harm twice.
      const harmless = new Set(['give-lock-back', 'deadlock-reset', 'accept-canary'])
      const twice = [...acts].filter(([id, times]) => times > 1 && !harmless.has(id))
      expect(twice).toEqual([])
      expect(startsOf(of)).toHaveLength(7)
      expect([of.site.state(0), of.site.state(1)]).toMatchObject([production, production])
      expect(await of.leaks(secrets)).toEqual([])
    }, 180_000)
  }

  test('takes a start back that failed since somebody else had started the master, and leaves that one alone', async (context) => {
    const of = await kiokLabOf(context, { hosts: [null] })
    const { runbooks } = of.running.desk
    const run = await begin(of)
    const asked = await goThrough(runbooks, run.id, { ...answersOf(of), 'start-master': () => null })
    expect(asked.current).toBe('start-master')
    const bin = join(of.site.hosts[0]?.tree ?? '', 'kiok', 'bin')
    const { uid } = await stat(bin)
    const foreign = spawn('sleep', ['3600'], { uid, stdio: 'ignore' })
    context.onTestFinished(() => void foreign.kill())
    await writeFile(join(bin, 'master.pid'), `${foreign.pid}`)
    const refused = await goThrough(runbooks, run.id, answersOf(of))
    expect(stepOf(refused, 'start-master')).toMatchObject({
      state: 'failed',
      sentence: expect.stringContaining('that this run did not start'),
    })
    await runbooks.proceed(run.id, 'start-master', { kind: 'takeBack' })
    const back = await goThrough(runbooks, run.id, { 'start-master': () => null })
    expect(stepOf(back, 'start-master')).toMatchObject({
      state: 'takenBack',
      sentence: expect.stringContaining('left alone'),
    })
    expect(foreign.exitCode ?? foreign.signalCode).toBeNull()
    expect(of.site.hosts[0]?.record()).not.toContain('stop-master')
  }, 120_000)

  test('takes back the start and the moved stores where the run is given up', async (context) => {
    const of = await kiokLabOf(context, { hosts: [null, null] })
    const { runbooks } = of.running.desk
    const run = await begin(of)
    const stopped = await goThrough(runbooks, run.id, {
      ...answersOf(of),
      deadlock: (now) =>
        stepOf(now, 'deadlock')?.state === 'done' ? null : { kind: 'choose', option: 'vendor' },
      'stop-for-vendor': () => null,
    })
    expect(stepOf(stopped, 'stop-for-vendor')?.sentence).toContain('only the vendor can say')
    for (const id of ['start-worker', 'start-master', 'stores-aside']) {
      await runbooks.proceed(run.id, id, { kind: 'takeBack' })
      const now = await goThrough(runbooks, run.id, {
        [id]: () => null,
        'stop-for-vendor': () => null,
        'start-worker': () => null,
        'start-master': () => null,
      })
      expect(stepOf(now, id)?.state).toBe('takenBack')
    }
    expect(of.site.isUp(0)).toBe(false)
    await of.client.runbooks.close({ id: run.id, outcome: 'abandoned', reason: 'The vendor is asked.' })
  }, 120_000)
})
