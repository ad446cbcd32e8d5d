import { readdir, rename } from 'node:fs/promises'
import { beforeAll, expect, test } from 'vitest'
import { installation, type Installation, type Json } from './desk-commands.ts'
import { keyFile, kiokFolder, type RepositoryFixture } from './fixture.ts'
import { temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
let here: Installation
let kiok: RepositoryFixture
let masterKeyId = ''

beforeAll(async () => {
  here = installation(home)
  kiok = await kiokFolder(home, 'kiok')
  const add = ['credentials', 'add', 'the key', '--kind', 'master-key', '--file', keyFile(home)]
  const { value } = await here.json([...add, '--keep-in', 'sealed-file', ...here.passphraseFile])
  masterKeyId = value.credential.id
})

const clusters = async (): Promise<Json> => (await here.json(['clusters', 'list'])).value.clusters

test('A cluster is added with its key by label, looked at once, and stands in the list', async () => {
  const { status, value } = await here.json([
    'clusters',
    'add',
    'plain',
    ...kiok.flags,
    '--rpo',
    '26h',
    '--rto',
    '20m',
    '--mode',
    'protected',
  ])
  expect(status).toBe(0)
  expect(value.cluster).toMatchObject({
    name: 'plain',
    system: 'kiok',
    mode: 'protected',
    rpoMs: 26 * 3_600_000,
    rtoMs: 20 * 60_000,
    masterKeys: [],
    look: { backups: 3, failure: null },
  })
  const sealed = await here.run(['clusters', 'add', 'sealed', ...kiok.flags, '--master-key', 'the key'])
  expect(sealed.status).toBe(0)
  // Its key lies in a vault that is locked: it is added all the same.
  expect(sealed.stderr).toContain('its backups could not be looked at')
  expect((await clusters()).find(({ name }: Json) => name === 'sealed')).toMatchObject({
    masterKeys: [masterKeyId],
    look: { failure: { code: 'vault.locked' } },
  })
  const { stdout } = await here.run(['clusters', 'list'])
  expect(stdout.split('\n')[0]).toMatch(/^plain +kiok +protected +newest .* ago +3 of 3 not proved +file:/)
  const { entries } = (await here.json(['audit', 'list'])).value
  expect(entries.find(({ action }: { action: string }) => action === 'cluster.added').actor).toMatch(
    /command line$/,
  )
})

test('A cluster keeps what is not named when it is changed; a protected one asks for a reason', async () => {
  const edit = ['clusters', 'edit', 'plain', '--rpo', '2d']
  expect(await here.json(edit)).toMatchObject({ status: 2, value: { error: { code: 'cluster.protected' } } })
  const reason = ['--reason', 'it moved']
  const { value } = await here.json([...edit, '--rto', 'none', ...reason])
  expect(value.cluster).toMatchObject({ mode: 'protected', rpoMs: 172_800_000, rtoMs: null, masterKeys: [] })
  const keyed = await here.json(['clusters', 'edit', 'plain', '--master-key', masterKeyId, ...reason])
  expect(keyed.value.cluster).toMatchObject({ rpoMs: 172_800_000, masterKeys: [masterKeyId] })
  const bare = await here.json([
    'clusters',
    'edit',
    'plain',
    '--no-master-key',
    '--mode',
    'normal',
    ...reason,
  ])
  expect(bare.value.cluster).toMatchObject({ masterKeys: [], mode: 'normal' })
  const renamed = await here.json(['clusters', 'edit', 'plain', '--name', 'renamed'])
  expect(renamed.value.cluster).toMatchObject({ id: value.cluster.id, name: 'renamed' })
})

test('Looking anew waits for the look, and its status tells whether the repository was reached', async () => {
  const looked = await here.json(['clusters', 'refresh', 'renamed'])
  expect(looked).toMatchObject({
    status: 0,
    value: { clusters: [{ name: 'renamed', look: { failure: null } }] },
  })
  await rename(kiok.folder, `${kiok.folder}-away`)
  const { status, stderr, stdout } = await here.run(['clusters', 'refresh'])
  await rename(`${kiok.folder}-away`, kiok.folder)
  expect(status).toBe(3)
  expect(stdout).toContain('not reached (repository.notFound)')
  expect(stderr).toContain('renamed: ')
  // The one whose key is locked away is told of, too, and hides nothing of the other.
  expect(stdout).toContain('not reached (vault.locked)')
})

test.each([
  ['another confirmation', ['remove', 'renamed', '--confirm', 'RENAMED'], 'usage'],
  ['a name that nobody has', ['remove', 'nobody', '--confirm', 'nobody'], 'cluster.notFound'],
  ['a name that is taken', ['add', 'sealed', '--repository', 'file:///tmp', '--system', 'kiok'], 'usage'],
  ['a system that there is not', ['add', 'x', '--repository', 'file:///tmp', '--system', 'vms'], 'usage'],
  ['a mode that there is not', ['edit', 'renamed', '--mode', 'open'], 'usage'],
  ['a span that is none', ['edit', 'renamed', '--rpo', '26'], 'usage'],
  ['a span below a minute', ['edit', 'renamed', '--rpo', '0.1m'], 'usage'],
  ['a key that the vault has not', ['edit', 'renamed', '--master-key', 'nothing'], 'credential.notFound'],
  ['a name of 200 letters', ['edit', 'renamed', '--name', 'x'.repeat(200)], 'usage'],
  [
    'an address with a login',
    ['add', 'x', '--repository', 's3://AKIA:secret@bucket/', '--system', 'kiok'],
    'repository.badAddress',
  ],
])('%s is refused, and nothing is changed', async (_what, args, code) => {
  const before = await clusters()
  expect(await here.json(['clusters', ...args])).toMatchObject({ status: 2, value: { error: { code } } })
  expect(await clusters()).toEqual(before)
})

test('A cluster is removed by its name, and its backups stay', async () => {
  const { stdout, status } = await here.run(['clusters', 'remove', 'renamed', '--confirm', 'renamed'])
  expect(status).toBe(0)
  expect(stdout).toBe(`Removed renamed. Its backups in ${kiok.address} stay as they are.\n`)
  expect(await clusters()).toMatchObject([{ name: 'sealed' }])
  expect((await readdir(kiok.folder)).sort()).toEqual([...kiok.ids])
})

test('Of a repository that was never reached it is not said that it holds no backup', async () => {
  const address = ['--system', 'kiok', '--repository', 'file:///nowhere/at/all']
  const { status, stdout } = await here.run(['clusters', 'add', 'away', ...address])
  expect([status, stdout]).toEqual([0, expect.stringContaining('backups not known  not reached')])
  expect((await here.run(['clusters', 'remove', 'away', '--confirm', 'away'])).status).toBe(0)
})
