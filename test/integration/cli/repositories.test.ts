import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { installation, type Installation, type Json } from './desk-commands.ts'
import { kiokFolder, type RepositoryFixture } from './fixture.ts'
import { temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
const elsewhere = join(home, 'else where')
const address = pathToFileURL(elsewhere).href
let here: Installation
let kiok: RepositoryFixture

beforeAll(async () => {
  here = installation(home)
  mkdirSync(elsewhere)
  kiok = await kiokFolder(home, 'kiok')
})

const repositories = async (): Promise<Json> => (await here.json(['repositories', 'list'])).value.repositories
const entries = async (action: string): Promise<Json> =>
  (await here.json(['audit', 'list'])).value.entries.filter((entry: Json) => entry.action === action)

test('A place is added by itself, once, and says what of it does not work', async () => {
  expect((await here.run(['repositories', 'list'])).stdout).toContain('No repository is known yet')
  const add = ['repositories', 'add', 'copies', '--system', 'kiok', '--repository']
  const { status, value } = await here.json([...add, address])
  expect(status).toBe(0)
  expect(value.repository).toMatchObject({
    id: 'copies',
    name: 'copies',
    address: address,
    clusters: [],
  })
  expect((await here.json([...add, address])).value.repository.id).toBe('copies')
  expect(await repositories()).toHaveLength(1)
  const [added] = await entries('repository.added')
  expect(added).toMatchObject({ subject: 'copies', actor: expect.stringMatching(/command line$/) })
  const missing = await here.run([...add, 'file:///no/such/folder'])
  expect([missing.status, missing.stderr]).toEqual([0, expect.stringContaining('Note: ')])
  const gone = await here.run(['repositories', 'remove', 'copies-'.concat('x')])
  expect(gone.status).toBe(2)
  const two = await here.json(['repositories', 'remove', 'copies'])
  // The id of the first one; the name alone would be that of two.
  expect(two.value.removed.id).toBe('copies')
  const [{ id }] = await repositories()
  await here.run(['repositories', 'remove', id])
  expect(await repositories()).toEqual([])
  expect(readdirSync(elsewhere)).toEqual([])
})

test('What is not named stays when a repository is reached in another way; each part can be taken away', async () => {
  const bucket = 's3://backups/kiok/?endpoint=http://127.0.0.1:9&style=path'
  const kept = 's3://backups/kiok/?endpoint=http%3A%2F%2F127.0.0.1%3A9&style=path'
  const way = ['--profile', 'reader', '--ca-file', '/etc/own.pem', '--allow-http', '--max-rate', '2M']
  await here.run(['repositories', 'add', 'bucket', '--system', 'kiok', '--repository', bucket, ...way])
  const edit = async (...args: readonly string[]): Promise<Json> =>
    (await here.json(['repositories', 'edit', 'bucket', ...args])).value.repository
  expect(await edit('--name', 'a bucket')).toMatchObject({
    name: 'a bucket',
    address: kept,
    access: {
      credential: { source: 'profile', profile: 'reader' },
      caFile: '/etc/own.pem',
      allowHttp: true,
      maxBytesPerSecond: 2_000_000,
    },
  })
  const bare = ['--no-credential', '--no-ca-file', '--no-allow-http', '--no-max-rate']
  expect((await edit(...bare)).access).toMatchObject({
    credential: { source: 'environment' },
    caFile: null,
    allowHttp: false,
    maxBytesPerSecond: null,
  })
  // A key behind the option that gives none.
  expect((await edit('--no-ssh-key', '--ssh-key', '/k1')).access.sshKeyFiles).toEqual(['/k1'])
  const moved = await edit('--repository', address, '--no-ssh-key')
  expect(moved).toMatchObject({
    address: address,
    access: { credential: { source: 'none' }, sshKeyFiles: [] },
  })
  const [changed] = await entries('repository.changed')
  const moves = changed.facts.find(({ name }: Json) => name === 'address').value
  expect(moves).toBe(`"${kept}" → "${address}"`)
})

test.each([
  ['a repository that nobody added', ['edit', 'nobody', '--name', 'x'], 'repository.unsaved'],
  ['a profile beside a credential', ['edit', 'bucket', '--profile', 'p', '--credential', 'c'], 'usage'],
  ['a credential that the vault has not', ['edit', 'bucket', '--credential', 'c'], 'credential.notFound'],
  ['a rate that is none', ['edit', 'bucket', '--max-rate', 'fast'], 'usage'],
  [
    'an address with a login',
    ['edit', 'bucket', '--repository', 's3://AKIA:secret@b/'],
    'repository.badAddress',
  ],
])('%s is refused, and nothing is changed', async (_what, args, code) => {
  const before = await repositories()
  const refused = await here.json(['repositories', ...args])
  expect(refused).toMatchObject({ status: 2, value: { error: { code } } })
  expect(JSON.stringify(refused)).not.toContain('secret@')
  expect(await repositories()).toEqual(before)
})

test('What a cluster uses is listed with it, told in figures, and not forgotten', async () => {
  await here.run(['clusters', 'add', 'prod', ...kiok.flags])
  const { stdout } = await here.run(['repositories', 'list'])
  expect(stdout).toMatch(/^prod +prod +kiok +prod +3 backups, .* seen (just now|.* ago) +file:/m)
  const usage = await here.run(['repositories', 'usage', 'prod'])
  expect([usage.status, usage.stdout]).toEqual([0, expect.stringContaining('3 backups that would take')])
  expect((await here.json(['repositories', 'usage', 'prod'])).value).toMatchObject({ backups: 3 })
  expect(await here.json(['repositories', 'remove', 'prod'])).toMatchObject({
    status: 2,
    value: { error: { code: 'repository.inUse' } },
  })
})
