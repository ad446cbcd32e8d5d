import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { old, restored, rootOf, storesOn } from '../../lab/runbooks/chango-stores.ts'
import {
  canary,
  deskOf,
  expectNoSecret,
  hostsOf,
  isStart,
  login,
  masterKey,
  said,
} from '../../support/chango-lab.ts'
import { goThrough, never, startRun } from '../../support/runbook-runs.ts'

test('CH-1 lets a lost master take everything from the one that leads', async (context) => {
  const hosts = await hostsOf(context, 2)
  await hosts.startZooKeeper(2)
  await hosts.startMaster(2, masterKey)
  await rm(hosts.pathOn(1, `${rootOf[2]}/kms`), { recursive: true })
  // The lab's hosts share their ports: that of the master that lives would be seen on the other one.
  const desk = await deskOf(hosts, { inputs: { ports: '1' } })
  const runner = await desk.open()
  const run = await goThrough(runner, await startRun(runner, 'CH-1', desk.setting))
  expect(run.current, said(run)).toBeNull()
  expect(hosts.runs()).toEqual([1, 2])
  const record = await hosts.record()
  expect(record).toContain('host-1 pulled from host-2')
  expect(record.filter(isStart)).toHaveLength(1)
  expect(record.join('\n')).not.toMatch(/backup-restore|stop-master|pushed/)
  await expectNoSecret(hosts, desk)
}, 180_000)

test('CH-1 is refused where no other master leads', async (context) => {
  const hosts = await hostsOf(context, 1)
  const desk = await deskOf(hosts)
  const runner = await desk.open()
  const run = await goThrough(runner, await startRun(runner, 'CH-1', desk.setting))
  expect(run.list.find(({ state }) => state === 'failed')).toMatchObject({ id: 'another-leads' })
  expect(await hosts.record()).toEqual([])
}, 120_000)

const keySays = { 1: 'unknown command: master-key', 2: 'master key: loaded fingerprint: [0-9a-f]{16}$' }

test.for([1, 2] as const)(
  'CH-2 starts the one master that was chosen, once (chango/%i)',
  { timeout: 120_000 },
  async (dialect, context) => {
    const hosts = await hostsOf(context, dialect)
    await hosts.startMaster(2, masterKey)
    await hosts.startZooKeeper(1)
    const desk = await deskOf(hosts)
    const runner = await desk.open()
    const run = await goThrough(runner, await startRun(runner, 'CH-2', desk.setting), ({ id }) =>
      id === 'choose-restart' ? { kind: 'choose', option: hosts.addresses[0] ?? '' } : null,
    )
    expect(run.current, said(run)).toBeNull()
    expect(run.list.find(({ id }) => id === 'key-status')?.lines.map(({ sentence }) => sentence)).toEqual([
      `No master runs on ${hosts.addresses[0]} that could be asked for its key.`,
      expect.stringMatching(
        new RegExp(`^The tool on ${hosts.addresses[1]} says of its master key: ${keySays[dialect]}`),
      ),
    ])
    const record = await hosts.record()
    expect(record.filter(isStart).map((line) => line.slice(0, 6))).toEqual(['host-1'])
    expect(record.join('\n')).not.toContain('stop-master')
    expect(hosts.runs()).toEqual([1, 2])
  },
)

test('CH-3 lets ZooKeeper begin empty, and the masters keep their stores', async (context) => {
  const hosts = await hostsOf(context, 1)
  const data = '/var/lib/chango/zookeeper'
  await hosts.writeFile(1, `${data}/version-2/log.1`, 'elections')
  await hosts.writeFile(2, `${data}/version-2/log.1`, 'elections')
  const desk = await deskOf(hosts)
  const runner = await desk.open()
  const run = await goThrough(runner, await startRun(runner, 'CH-3', desk.setting), ({ id }) =>
    id === 'choose-way' ? { kind: 'choose', option: 'gone' } : id === 'confirm-empty' ? 'stop here' : null,
  )
  const asking = await runner.runner.ask(run.id, 'confirm-empty', never)
  const first = hosts.addresses[0] ?? ''
  expect(asking?.kind === 'confirm' ? asking.says.join(' ') : '').toContain(
    `The master on ${first} is started first, and the others take over what it has`,
  )
  // Nothing was restored, so nothing speaks of it.
  expect(JSON.stringify(run.list)).not.toContain('restored state')
  const ended = await goThrough(runner, run)
  expect(ended.current, said(ended)).toBeNull()
  for (const place of [1, 2]) {
    expect(await storesOn(hosts, place)).toBe(old)
    expect(existsSync(hosts.pathOn(place, `${data}/version-2`))).toBe(false)
    expect(existsSync(hosts.pathOn(place, `${data}/myid`))).toBe(true)
  }
  const started = (await hosts.record())
    .filter((line) => / start-/.test(line))
    .map((line) => line.split(' ').slice(0, 2).join(' '))
  expect(started).toEqual([
    'host-1 start-zookeeper',
    'host-2 start-zookeeper',
    'host-1 start-master',
    'host-2 start-master',
  ])
}, 180_000)

test('CH-5 saves the wrong state, goes back to an older one, and CH-6 takes that back', async (context) => {
  const hosts = await hostsOf(context, 1)
  const patches = '/opt/chango/data/master/patches/trino'
  await hosts.writeFile(1, `${patches}/own.jar`, 'of this state')
  await hosts.startZooKeeper(1)
  await hosts.startMaster(1, masterKey)
  await hosts.startMaster(2, masterKey)
  const desk = await deskOf(hosts)
  const runner = await desk.open()
  const back = await goThrough(runner, await startRun(runner, 'CH-5', desk.setting), canary)
  expect(back.current, said(back)).toBeNull()
  const record = await hosts.record()
  expect(record.indexOf('http backup-run')).toBeLessThan(
    record.findIndex((line) => / stop-master /.test(line)),
  )
  expect(record.filter((line) => / stop-master /.test(line)).map((line) => line.slice(0, 6))).toEqual([
    'host-2',
    'host-1',
  ])
  expect(back.list.find(({ id }) => id === 'choose-backup')?.sentence).toContain(hosts.backupId)
  for (const place of [1, 2]) expect(await storesOn(hosts, place)).toBe(restored)
  expect((await readdir(hosts.pathOn(1, patches))).toSorted()).toEqual(['patch-1.jar', 'patch-2.jar'])
  await runner.runner.accept(back.id, 'all green')
  await runner.runner.close(back.id, 'finished', '')

  const undone = await goThrough(runner, await startRun(runner, 'CH-6', desk.setting), canary)
  expect(undone.current, said(undone)).toBeNull()
  for (const place of [1, 2]) expect(await storesOn(hosts, place)).toBe(old)
  expect(await readdir(hosts.pathOn(1, patches))).toEqual(['own.jar'])
  expect(hosts.runs()).toEqual([1, 2])
  expect((await hosts.record()).join('\n')).not.toContain('pushed its own state')
  await expectNoSecret(hosts, desk)
}, 300_000)

test('CH-7 sets a lost password anew without it standing anywhere', async (context) => {
  const hosts = await hostsOf(context, 2)
  await hosts.startZooKeeper(1)
  await hosts.startMaster(1, masterKey)
  hosts.users.set(login.user, 'what nobody knows any more')
  const known = { user: login.user, password: 'canary-first-new-password' }
  const desk = await deskOf(hosts, { login: known })
  const runner = await desk.open()
  const run = await goThrough(runner, await startRun(runner, 'CH-7', desk.setting), ({ id }) => {
    if (id === 'change-password') {
      // A person does so in the masters' own pages, then in the vault.
      known.password = 'canary-lasting-password'
      hosts.users.set(login.user, known.password)
      hosts.mustChange.delete(login.user)
    }
    return null
  })
  expect(run.current, said(run)).toBeNull()
  const [reset, ...more] = (await hosts.record()).filter((line) => line.includes('reset-password'))
  expect(more).toEqual([])
  expect(reset).toMatch(
    /user=chango argv=iam:reset-password --user admin --new-password - socket=\/\S+\/admin\.sock password=yes shown=no$/,
  )
  await expectNoSecret(hosts, desk, ['canary-first-new-password', 'canary-lasting-password'])
}, 120_000)

test('X-5 restores chango, then starts kiok through chango and leaves its restore to KI-3', async (context) => {
  const hosts = await hostsOf(context, 2)
  hosts.components.set('kiok/kiok-prod', { kind: 'kiok', id: 'kiok-prod', status: 'STOPPED' })
  const desk = await deskOf(hosts, { inputs: { kiok: 'kiok-prod' } })
  const runner = await desk.open()
  const run = await goThrough(runner, await startRun(runner, 'X-5', desk.setting), (step) =>
    step.id === 'kiok-data' ? { kind: 'choose', option: 'lost' } : canary(step),
  )
  expect(run.current, said(run)).toBeNull()
  const starts = (await hosts.record()).filter((line) => line.startsWith('http start'))
  expect(starts.at(-1)).toBe('http start kiok/kiok-prod')
  expect(starts).toHaveLength(3)
  expect(run.list.find(({ id }) => id === 'restore-kiok')).toMatchObject({ state: 'done' })
}, 180_000)
