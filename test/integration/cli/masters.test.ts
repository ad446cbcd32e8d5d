import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openFolderStore } from '../../../src/main/adapters/folder/folder-store.ts'
import { makeKiokRepository, nightsFrom } from '../../lab/kiok.ts'
import { startKiokMasters, type KiokMasters } from '../../lab/masters/kiok.ts'
import { inProcessByteWork } from '../../fakes/in-process-byte-work.ts'
import { mkdir } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { installation, type Installation, type Json } from './desk-commands.ts'
import { temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
const folder = join(home, 'kiok-lab')
const password = 'a password that is shown nowhere'
let here: Installation
let masters: KiokMasters

async function writeNights(nights: Parameters<typeof makeKiokRepository>[0]['nights']): Promise<string> {
  const store = await openFolderStore(folder)
  const byteWork = inProcessByteWork(new Map())
  const ids = await makeKiokRepository(
    {
      seed: 'masters',
      cluster: 'kiok-lab',
      masterKey: '',
      plain: true,
      storeSizes: { metadata: 400, kms: 300, iam: 90, connections: 12, joblog: 500 },
      nights,
    },
    { store, byteWork },
  )
  await byteWork.close()
  await store.close()
  return ids.at(-1) ?? ''
}

beforeAll(async () => {
  await mkdir(folder)
  await writeNights(nightsFrom('2026-11-18T02:00:00Z', 2, () => ['metadata']))
  masters = await startKiokMasters({
    users: { admin: { password } },
    takeBackup: async () => writeNights([{ at: new Date().toISOString(), changed: 'all' }]),
  })
  here = installation(home)
  const keep = ['--keep-in', 'sealed-file', ...here.passphraseFile]
  const login = await here.json(
    ['credentials', 'add', 'login', '--kind', 'login', '--user', 'admin', ...keep],
    { input: `${password}\n` },
  )
  const address = ['--system', 'kiok', '--repository', pathToFileURL(folder).href]
  await here.run(['clusters', 'add', 'kiok-lab', ...address])
  const set = ['--set', `masters=${masters.origins.join(',')}`, '--set', `login=${login.value.credential.id}`]
  const connected = await here.run(['connect', 'kiok-lab', ...set, ...here.passphraseFile])
  expect(connected.status, connected.stderr).toBe(0)
})
afterAll(async () => masters.kill())

test('The masters are asked how they are, with evidence, and nothing is changed', async () => {
  const { status, stdout } = await here.run(['probe', 'kiok-lab', ...here.passphraseFile])
  expect(status).toBe(0)
  expect(stdout).toContain('GET /readyz → 200')
  expect(stdout).toContain('Schedule: The leader takes a backup at 0 2 * * *.')
  expect(stdout).not.toContain(password)
  expect(masters.changes()).toBe(0)
})

test('What will be taken, by whom, and what nobody does, is said', async () => {
  const { status, value } = await here.json(['schedule', 'kiok-lab', ...here.passphraseFile])
  expect(status).toBe(0)
  expect(value).toMatchObject({ theirs: { state: 'on', cron: '0 2 * * *', nextFrom: 'server' }, ours: null })
  expect(value.nobody).toHaveLength(1)
})

test('Times that are to come stand in UTC and in the zone of the operator', async () => {
  const at = (TZ: string) => here.run(['schedule', 'kiok-lab', ...here.passphraseFile], { env: { TZ } })
  expect((await at('Asia/Tokyo')).stdout).toMatch(
    /^ {2}next \S+T02:00:00Z \(in .+\), \d{4}-\d\d-\d\d 11:00 in Asia\/Tokyo$/m,
  )
  expect((await at('UTC')).stdout).toMatch(/^ {2}next \S+T02:00:00Z \(in [^,]+\)$/m)
})

test('A snapshot is taken, and its status is what the repository shows of it', async () => {
  const { status, value } = await here.json(['snapshot', 'kiok-lab', ...here.passphraseFile])
  // Nothing of this lab is sealed, which is worth a warning and no error.
  expect(status).toBe(0)
  expect(value).toMatchObject({
    state: 'done',
    result: { kind: 'snapshot', clusterSaid: 'made', verdict: 'warning' },
  })
  expect(masters.changes()).toBe(1)
})

test('This console takes snapshots by itself from when it is told to, in a way that stops nothing, until it is ended', async () => {
  const set = ['snapshot-schedule', 'kiok-lab', '--cron', '30 3 * * *', '--zone', 'Europe/Berlin']
  const { status, value } = await here.json(set)
  expect(status).toBe(0)
  expect(value.schedule).toMatchObject({ cron: '30 3 * * *', zone: 'Europe/Berlin' })
  expect(value.next).toHaveLength(3)
  const shown = async (): Promise<Json> =>
    (await here.json(['schedule', 'kiok-lab', ...here.passphraseFile])).value.ours
  expect((await shown()).schedule).toEqual(value.schedule)
  for (const wrong of [
    [],
    ['--cron', '30 3 * * *', '--off'],
    ['--cron', 'at night'],
    ['--cron', '0 1 * * *', '--way', 'none'],
  ]) {
    const refused = await here.json(['snapshot-schedule', 'kiok-lab', ...wrong])
    expect(refused).toMatchObject({ status: 2, value: { error: { code: 'usage' } } })
  }
  expect((await shown()).schedule).toEqual(value.schedule)
  expect((await here.run(['snapshot-schedule', 'kiok-lab', '--off'])).status).toBe(0)
  expect(await shown()).toBeNull()
})

test("The cluster's own settings are shown, previewed, and changed exactly as previewed", async () => {
  const settings = ['clusters', 'settings', 'kiok-lab', ...here.passphraseFile]
  const { value: before } = await here.json(settings)
  const cron = before.settings.find(({ kind }: Json) => kind === 'cron')
  expect(cron).toMatchObject({ value: '0 2 * * *', canChange: true })
  const change = ['--set', `${cron.name}=15 4 * * *`]
  const changes = masters.changes()
  const preview = await here.run([...settings, ...change])
  expect(preview.status).toBe(0)
  expect(preview.stdout).toContain('0 2 * * * → 15 4 * * *')
  const hash = /--plan ([0-9a-f]{64})$/m.exec(preview.stdout)?.[1] ?? ''
  expect(masters.changes()).toBe(changes)
  const other = await here.json([...settings, '--set', `${cron.name}=0 5 * * *`, '--plan', hash])
  expect(other).toMatchObject({ status: 2, value: { error: { code: 'plan.changed' } } })
  expect(await here.json([...settings, '--plan', hash])).toMatchObject({ status: 2 })
  expect(masters.changes()).toBe(changes)
  const { status, value } = await here.json([...settings, ...change, '--plan', hash])
  expect(status).toBe(0)
  expect(value.settings).toContainEqual({ ...cron, value: '15 4 * * *' })
})

test('The key of a host is trusted once it was compared, and forgotten again', async () => {
  const fingerprint = `SHA256:${'a'.repeat(43)}`
  await here.run(['clusters', 'add', 'far', '--system', 'kiok', '--repository', pathToFileURL(folder).href])
  const trust = ['clusters', 'trust-host', 'far', 'admin@m1:22', '--host-key']
  expect((await here.run([...trust, fingerprint])).status).toBe(0)
  const keys = async (): Promise<Json> =>
    (await here.json(['clusters', 'list'])).value.clusters.find(({ name }: Json) => name === 'far').hostKeys
  expect(await keys()).toEqual([{ host: 'admin@m1:22', fingerprint }])
  const another = await here.json([...trust, `SHA256:${'b'.repeat(43)}`])
  expect(another.value.error.code).toBe('host.changedKey')
  expect((await here.json([...trust, 'MD5:no'])).value.error.code).toBe('usage')
  const forget = ['clusters', 'forget-host', 'far']
  expect(await here.json([...forget, 'admin@m2'])).toMatchObject({ status: 2 })
  expect((await here.run([...forget, 'admin@m1:22'])).status).toBe(0)
  expect(await keys()).toEqual([])
})

test('A locked vault, a cluster that is not there, and one without masters are refused with what to do', async () => {
  const locked = await here.run(['probe', 'kiok-lab'])
  expect(locked).toMatchObject({ status: 3, stdout: '' })
  expect(locked.stderr).toContain('passphrase')
  expect(await here.run(['snapshot', 'nowhere', ...here.passphraseFile])).toMatchObject({ status: 2 })
  const address = ['--system', 'kiok', '--repository', pathToFileURL(folder).href]
  await here.run(['clusters', 'add', 'alone', ...address])
  const alone = await here.run(['snapshot', 'alone', ...here.passphraseFile])
  expect(alone.status).toBe(2)
  expect(alone.stderr).toContain(
    'Give its connection first: on its page Connection, or with "holdfast connect".',
  )
})

test('Masters that are dead are bad news, with status 1, and a snapshot of them is not asked for', async () => {
  await masters.kill()
  expect(await here.run(['probe', 'kiok-lab', ...here.passphraseFile])).toMatchObject({ status: 1 })
  const refused = await here.run(['snapshot', 'kiok-lab', ...here.passphraseFile])
  expect(refused.status).toBe(2)
  expect(refused.stdout + refused.stderr).toContain('Nothing was asked for')
})
