import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { goThrough, stepOf, whereabouts } from './run-lab.ts'
import { kiokLabOf, password, production, secrets, type KiokRunLab } from './kiok-lab.ts'

/** Without what only a fresh master is asked for. */
async function begin(of: KiokRunLab, scenario: string, more: Readonly<Record<string, string>> = {}) {
  const { scenarios } = of.client.runbooks
  const asked = (await scenarios({ clusterId: of.clusterId })).find(({ id }) => id === scenario)?.inputs ?? []
  const names = new Set(asked.map(({ name }) => name))
  const inputs = Object.fromEntries(
    Object.entries({ ...of.inputs, ...more }).filter(([name]) => names.has(name)),
  )
  return of.client.runbooks.start({ clusterId: of.clusterId, scenario, inputs })
}

const commands = (of: KiokRunLab, host: number): readonly (string | undefined)[] =>
  of.site.hosts[host]?.record().map((line) => line.split(' ')[0]) ?? []

describe('KI-1', () => {
  test('brings a lost master back empty, which takes everything over, after a proved backup of the one that lives', async (context) => {
    const of = await kiokLabOf(context, { hosts: [production, { ...production, dags: ['old'] }] })
    await of.site.startedBefore(0)
    await of.site.startedBefore(0, 'worker')
    const run = await begin(of, 'KI-1', { lost: of.site.hosts[1]?.address ?? '' })
    const ended = await goThrough(of.running.desk.runbooks, run.id)
    expect(whereabouts(ended)).toBe('all behind')
    expect(of.site.state(1)).toMatchObject(production)
    expect(commands(of, 0)).toEqual([])
    expect(commands(of, 1)).toEqual(['start-master'])
    expect(stepOf(ended, 'safety-backup-proved')?.sentence).toContain('is good')
    expect(of.site.changes.some((change) => change.startsWith('restore'))).toBe(false)
    expect(await of.leaks(secrets)).toEqual([])
  }, 90_000)

  test('moves no store that a process has open, though no file says that a master runs', async (context) => {
    const of = await kiokLabOf(context, { hosts: [production, production] })
    await of.site.startedBefore(0)
    await of.site.startedBefore(0, 'worker')
    const lock = join(of.site.hosts[1]?.tree ?? '', 'kiok/data/iam/LOCK')
    await writeFile(lock, '')
    const holder = spawn('sh', ['-c', 'exec flock "$0" sh -c "echo held; cat"', lock], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    await once(holder.stdout, 'data')
    const run = await begin(of, 'KI-1', { lost: of.site.hosts[1]?.address ?? '' })
    const ended = await goThrough(of.running.desk.runbooks, run.id)
    expect(whereabouts(ended)).toMatch(
      /^stores-aside failed: A process on .* has iam open: its stores are not moved/,
    )
    expect(of.site.state(1)).toMatchObject(production)
    holder.stdin.end()
    await once(holder, 'exit')
  }, 90_000)

  test('is refused where no master lives', async (context) => {
    const of = await kiokLabOf(context, { hosts: [null, null] })
    const run = await begin(of, 'KI-1', { lost: of.site.hosts[1]?.address ?? '' })
    const ended = await goThrough(of.running.desk.runbooks, run.id)
    expect(ended.current).toBe('survivor')
    expect(stepOf(ended, 'survivor')?.next).toContain('KI-3 only where none has')
  }, 120_000)
})

describe('KI-2', () => {
  test('opens the gate with a worker, and counts ZooKeeper before', async (context) => {
    const of = await kiokLabOf(context, { hosts: [production] })
    await of.site.startedBefore(0)
    await of.site.killZooKeeper(0)
    const run = await begin(of, 'KI-2')
    const ended = await goThrough(of.running.desk.runbooks, run.id, {
      choose: () => ({ kind: 'choose', option: 'worker' }),
    })
    expect(whereabouts(ended)).toBe('all behind')
    expect(stepOf(ended, 'zookeeper')?.sentence).toBe('2 of 3 members of ZooKeeper take connections.')
    // Another desk does not start or stop the same masters meanwhile.
    expect(stepOf(ended, 'take-lock')).toMatchObject({ state: 'done' })
    expect(stepOf(ended, 'give-lock-back')).toMatchObject({ state: 'done' })
    expect(commands(of, 0)).toEqual(['start-worker'])
    expect(of.site.hosts[0]?.record()[0]).toContain('key=right')
    await of.client.runbooks.close({ id: run.id, outcome: 'finished', reason: '' })
  }, 90_000)

  test('starts a master on the stores that it has where none answers', async (context) => {
    const of = await kiokLabOf(context, { hosts: [production] })
    await of.site.startedBefore(0, 'worker')
    const run = await begin(of, 'KI-2')
    const ended = await goThrough(of.running.desk.runbooks, run.id, {
      clocks: () => ({ kind: 'skip', reason: 'no master answers' }),
      choose: () => ({ kind: 'choose', option: 'start-1' }),
    })
    expect(whereabouts(ended)).toBe('all behind')
    expect(stepOf(ended, 'gate')?.sentence).toContain('are to be started with it: ')
    expect(commands(of, 0)).toEqual(['start-master'])
    expect(of.site.state(0)).toMatchObject(production)
  }, 90_000)

  test('names KI-3 where no master answers and no host holds data', async (context) => {
    const of = await kiokLabOf(context, { hosts: [null] })
    const ended = await goThrough(of.running.desk.runbooks, (await begin(of, 'KI-2')).id)
    expect(ended.current).toBe('gate')
    expect(stepOf(ended, 'gate')?.next).toBe('Close this run and begin KI-3.')
  }, 90_000)

  test('goes no further where ZooKeeper has lost its quorum', async (context) => {
    const of = await kiokLabOf(context, { hosts: [production] })
    await of.site.startedBefore(0)
    await of.site.killZooKeeper(0)
    await of.site.killZooKeeper(1)
    const run = await begin(of, 'KI-2')
    const ended = await goThrough(of.running.desk.runbooks, run.id)
    expect(whereabouts(ended)).toMatch(/^zookeeper todo: 1 of 3 members .* and 2 are needed/)
  }, 120_000)
})

describe('KI-4', () => {
  test('puts an older state back, with a proved backup of the state of now before', async (context) => {
    const wrong = { ...production, dags: ['hello'] }
    const of = await kiokLabOf(context, { hosts: [wrong] })
    await of.site.startedBefore(0)
    await of.site.startedBefore(0, 'worker')
    const wanted = of.backupIds[1] ?? ''
    const run = await begin(of, 'KI-4')
    const ended = await goThrough(of.running.desk.runbooks, run.id, {
      'choose-backup': () => ({ kind: 'choose', option: wanted }),
      'restore-in-ui': () => {
        of.site.restoreInUi(wanted, { user: 'admin', password })
        return { kind: 'did', note: wanted }
      },
    })
    expect(whereabouts(ended)).toBe('all behind')
    expect(of.site.state(0)).toMatchObject(production)
    expect(of.site.changes.indexOf('POST /api/v1/admin/backup')).toBeLessThan(
      of.site.changes.indexOf(`restore ${wanted}`),
    )
    expect(commands(of, 0)).toEqual([])
    // Another desk was kept off meanwhile.
    expect(['take-lock', 'give-lock-back'].map((id) => stepOf(ended, id)?.state)).toEqual(['done', 'done'])
  }, 90_000)
})

describe('KI-5', () => {
  test('goes back to the backup of before a restore, and runs something only once maintenance is off again', async (context) => {
    const wrong = { ...production, dags: ['hello'] }
    const of = await kiokLabOf(context, { hosts: [wrong] })
    await of.site.startedBefore(0)
    await of.site.startedBefore(0, 'worker')
    const { runbooks } = of.running.desk
    const answersTo = (wanted: string) => ({
      'choose-backup': () => ({ kind: 'choose', option: wanted }) as const,
      'restore-in-ui': () => {
        of.site.restoreInUi(wanted, { user: 'admin', password })
        return { kind: 'did', note: wanted } as const
      },
    })
    const first = await goThrough(runbooks, (await begin(of, 'KI-4')).id, answersTo(of.backupIds[1] ?? ''))
    expect(whereabouts(first)).toBe('all behind')
    await of.client.runbooks.close({ id: first.id, outcome: 'finished', reason: '' })

    // It was taken in maintenance, so that the restore switches that on.
    const safety = /has (\S+)\.$/.exec(stepOf(first, 'safety-backup-there')?.sentence ?? '')?.[1] ?? ''
    const back = await goThrough(runbooks, (await begin(of, 'KI-5')).id, answersTo(safety))
    expect(whereabouts(back)).toBe('all behind')
    expect(of.site.state(0)).toMatchObject(wrong)
    expect(stepOf(back, 'accept-canary')).toMatchObject({ state: 'done' })
  }, 120_000)
})

describe.each([
  ['was on before the run stays on', true],
  ['was off is switched off again', false],
])('Maintenance that %s', (_, maintenance) => {
  test('where its step is taken back', async (context) => {
    const of = await kiokLabOf(context, { hosts: [{ ...production, maintenance }] })
    await of.site.startedBefore(0)
    await of.site.startedBefore(0, 'worker')
    const { runbooks } = of.running.desk
    const run = await begin(of, 'KI-4')
    await goThrough(runbooks, run.id, {
      'choose-backup': () => ({ kind: 'choose', option: of.backupIds[1] ?? '' }),
      'cancel-runs': () => null,
    })
    expect(of.site.state(0)?.maintenance).toBe(true)
    await runbooks.proceed(run.id, 'maintenance-on', { kind: 'takeBack' })
    const back = await goThrough(runbooks, run.id, { 'maintenance-on': () => null })
    expect(stepOf(back, 'maintenance-on')?.state).toBe('takenBack')
    expect(of.site.state(0)?.maintenance).toBe(maintenance)
  }, 90_000)
})

describe('KI-6', () => {
  test('sets the saved password by way of a throwaway that only standard input has seen', async (context) => {
    const lost = { ...production, users: { admin: { password: 'nobody knows it', mustChange: false } } }
    const of = await kiokLabOf(context, { hosts: [lost] })
    await of.site.startedBefore(0)
    await of.site.startedBefore(0, 'worker')
    const run = await begin(of, 'KI-6', { leader: of.site.hosts[0]?.address ?? '' })
    const ended = await goThrough(of.running.desk.runbooks, run.id)
    expect(whereabouts(ended)).toBe('all behind')
    expect(of.site.state(0)?.users).toEqual({ admin: { password, mustChange: false } })
    expect(of.site.hosts[0]?.record()).toEqual([
      'kiok-cli iam:reset-password --user admin --new-password - socket=/opt/kiok/data/admin.sock',
    ])
    expect(await of.leaks(secrets)).toEqual([])
  }, 120_000)
})
