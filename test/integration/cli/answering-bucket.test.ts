import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { answeringServer, type Answer, type AnsweringServer } from '../../fakes/answering-server.ts'
import { entry, errorBody, listing } from '../../unit/main/adapters/s3/s3-fixture.ts'
import { kiokNames, usualKey, writeKiok } from '../../lab/another-hand.ts'
import { runCli, temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
const night = '20261119T020000Z-bbbbbbbb'
const env = { HOLDFAST_MASTER_KEY: usualKey, AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' }

async function serverThat(answer: Answer): Promise<AnsweringServer> {
  const server = await answeringServer(answer)
  onTestFinished(() => server.close())
  return server
}

const httpStatus = { AccessDenied: 403, PreconditionFailed: 412, NoSuchKey: 404 } as const

/** A bucket with one backup of kiok; `refuse` may answer in its place. */
async function bucketOf(refuse: (key: string) => keyof typeof httpStatus | null): Promise<AnsweringServer> {
  const folder = join(home, `backups-${Math.random()}`)
  writeKiok(folder, night)
  const keys = [...kiokNames.map((name) => `${name}.enc`), 'manifest.json'].map((name) => `${night}/${name}`)
  const contents = keys
    .sort()
    .map((key) => entry(`top/${key}`, statSync(join(folder, key)).size))
    .join('')
  return serverThat(({ path, query, headers }, response) => {
    if (query.has('list-type')) return void response.end(listing({ contents }))
    const key = path.replace('/vault/top/', '')
    const code = refuse(key)
    if (code !== null) return void response.writeHead(httpStatus[code]).end(errorBody(code))
    const bytes = readFileSync(join(folder, key))
    const [, first = '0', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? []
    const part = bytes.subarray(Number(first), last === '' ? undefined : Number(last) + 1)
    response.writeHead(headers.range === undefined ? 200 : 206, {
      etag: '"0123456789abcdef0123456789abcdef"',
      'last-modified': 'Fri, 20 Nov 2026 02:00:00 GMT',
      'content-length': part.byteLength,
      'content-range': `bytes ${first}-${Number(first) + part.byteLength - 1}/${bytes.byteLength}`,
    })
    return void response.end(part)
  })
}

function flags(server: AnsweringServer): readonly string[] {
  const address = `s3://vault/top/?endpoint=${encodeURIComponent(server.url)}&region=eu&style=path`
  return ['--repository', address, '--system', 'kiok', '--json']
}

test('A bucket that answers for everything is read to the end', async () => {
  const server = await bucketOf(() => null)
  const { status, stdout } = await runCli(home, ['verify', '--all', ...flags(server)], { env })
  expect([status, JSON.parse(stdout).summary]).toMatchObject([0, { good: 1, objectsRead: 6 }])
  // What a listing tells is not asked for again, object by object.
  expect(server.requests.map(({ method }) => method)).toEqual(server.requests.map(() => 'GET'))
  const whole = server.requests.filter(({ path }) => path.endsWith('.enc'))
  expect(whole).toHaveLength(5)
  // Only the version that was listed is read.
  expect(new Set(whole.map(({ headers }) => headers['if-match']))).toEqual(
    new Set(['"0123456789abcdef0123456789abcdef"']),
  )
})

test.each([
  ['is replaced', 'PreconditionFailed', 'present', 'object.changed'],
  ['vanishes', 'NoSuchKey', 'listed', 'chain.objectMissing'],
] as const)(
  'An object that %s between listing and reading is told so: exit 1',
  async (_what, code, level, finding) => {
    const server = await bucketOf((key) => (key.endsWith('iam.enc') ? code : null))
    const { status, stdout } = await runCli(home, ['verify', '--all', ...flags(server)], { env })
    const [backup] = JSON.parse(stdout).backups
    expect([status, backup.verdict]).toEqual([1, 'bad'])
    const iam = backup.stores.find(({ store }: StoreSaid) => store === 'iam')
    expect([
      iam.levelReached,
      ...iam.findings.map((each: StoreSaid['findings'][number]) => each.code),
    ]).toEqual([level, finding])
  },
)

test('An object that may not be read leaves the verdict open: exit 3, and what else there is is judged', async () => {
  const server = await bucketOf((key) => (key.endsWith('iam.enc') ? 'AccessDenied' : null))
  const { status, stdout } = await runCli(home, ['verify', '--all', ...flags(server)], { env })
  const [backup] = JSON.parse(stdout).backups
  expect([status, backup.verdict]).toEqual([3, 'unknown'])
  expect(
    backup.stores.map(({ store, levelReached, findings }: StoreSaid) => [
      store,
      levelReached,
      ...findings.map(({ code, severity }) => `${severity} ${code}`),
    ]),
  ).toEqual([
    ['metadata', 'matches'],
    ['kms', 'matches'],
    ['iam', 'present', 'error object.unreachable'],
    ['connections', 'matches'],
    ['joblog', 'matches'],
  ])
})

test.each(['AccessDenied', 'NoSuchKey'] as const)(
  'A manifest that was listed and cannot be read (%s) leaves the verdict open: exit 3',
  async (code) => {
    const server = await bucketOf((key) => (key.endsWith('manifest.json') ? code : null))
    const { status, stdout } = await runCli(home, ['verify', '--all', ...flags(server)], { env })
    const [backup] = JSON.parse(stdout).backups
    expect([status, backup.verdict, backup.stores, backup.findings]).toEqual([
      3,
      'unknown',
      [],
      [expect.objectContaining({ code: 'object.unreachable', severity: 'error' })],
    ])
  },
)

test('An object that may not be read beside a damaged one is no excuse: exit 1', async () => {
  const server = await bucketOf((key) => (key.endsWith('iam.enc') ? 'AccessDenied' : null))
  const wrong = { ...env, HOLDFAST_MASTER_KEY: 'another' }
  const { status, stdout } = await runCli(home, ['verify', '--all', ...flags(server)], { env: wrong })
  expect([status, JSON.parse(stdout).backups[0].verdict]).toEqual([1, 'bad'])
})

interface StoreSaid {
  readonly store: string
  readonly levelReached: string
  readonly findings: readonly { readonly code: string; readonly severity: string }[]
}

const page = '<html><head><title>Sign in</title></head><body>Hello</body></html>'

test.each([
  ['a login page', page],
  ['a page that has more and does not say where', listing({ truncated: true })],
  ['the same page again and again', listing({ truncated: true, token: 'again' })],
])('%s is no empty bucket: every command that lists ends with 3', async (_name, body) => {
  const server = await serverThat((_request, response) => response.end(body))
  for (const command of [
    ['backups'],
    ['verify', '--latest'],
    ['verify', '--all'],
    ['key-check'],
    ['show', '2026'],
    ['prune', '--keep-last', '1', '--keep-days', '1', '--apply'],
    ['plan', '2026', '--target', join(home, 'target')],
    ['restore', '2026', '--target', join(home, 'target'), '--confirm', 'target'],
    ['drill', '2026'],
    ['copy', '2026', '--to', pathToFileURL(home).href],
    ['posture'],
  ]) {
    const { status, stdout } = await runCli(home, [...command, ...flags(server)], { env })
    expect([command, status, JSON.parse(stdout).error?.code]).toEqual([command, 3, 'repository.badAnswer'])
  }
  expect(server.requests.filter(({ method }) => method !== 'GET')).toEqual([])
})

test.each([
  [403, 'AccessDenied', 'repository.accessDenied'],
  [403, 'InvalidAccessKeyId', 'repository.badKeyPair'],
  [400, 'ExpiredToken', 'repository.expiredToken'],
  [404, 'NoSuchBucket', 'repository.notFound'],
  [403, 'RequestTimeTooSkewed', 'repository.clockSkew'],
])('%i %s has its own code and sentence on the command line: %s', async (answered, code, expected) => {
  const server = await serverThat((_request, response) => response.writeHead(answered).end(errorBody(code)))
  const { status, stdout } = await runCli(home, ['verify', '--all', ...flags(server)], { env })
  const { error } = JSON.parse(stdout)
  expect([status, error.code]).toEqual([3, expected])
  expect(error.message).toContain(`Could not list "top/" in bucket "vault" at ${server.url}.`)
  expect(error.message).toContain(code)
})

test('A bucket of another region names it, and what to write into the address', async () => {
  const server = await serverThat((_request, response) =>
    response.writeHead(400).end(errorBody('AuthorizationHeaderMalformed', '<Region>eu-central-1</Region>')),
  )
  const { status, stdout } = await runCli(home, ['backups', ...flags(server)], { env })
  const { error } = JSON.parse(stdout)
  expect([status, error.code]).toEqual([3, 'repository.wrongRegion'])
  expect(error.message).toContain('Write region=eu-central-1 into the address.')
})
