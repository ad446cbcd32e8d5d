import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openS3Store } from '../../../src/main/adapters/s3/open-s3-store.ts'
import { systemClock } from '../../../src/main/adapters/system/clock.ts'
import { inProcessByteWork } from '../../fakes/in-process-byte-work.ts'
import { openStore } from '../../../src/main/hosts/open-store.ts'
import type { ObjectStore } from '../../../src/main/ports/object-store.ts'
import { parseAddress } from '../../../src/shared/domain/address.ts'
import { answeringServer, type AnsweringServer } from '../../fakes/answering-server.ts'
import { makeBucket } from '../../lab/bucket.ts'
import { makeKiokRepository, nightsFrom } from '../../lab/kiok.ts'
import { sharedRgw } from '../../lab/shared.ts'
import { noAccess } from '../../../src/shared/contract/repositories.ts'

/** Repositories whose keys are canaries, and all that a program under test is given to use them. */
export interface Scene {
  readonly dir: string
  readonly home: string
  readonly stateFolder: string
  readonly canaries: Readonly<Record<string, string>>
  secretOf(name: string): string
  /** Files in `dir` that hold a canary because somebody put it there. */
  readonly given: readonly string[]
  /** Of `typed`, `file` and `damaged`: a folder repository. */
  folderOf(name: string): string
  /** Refuses everything, and repeats what it was sent. */
  readonly echo: AnsweringServer
  readonly bucket: { readonly address: string; readonly accessKeyId: string } | null
  /** For a program that can be crashed with SIGUSR2. */
  readonly environment: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** Each of a shape of its own: signs that URLs, JSON and shells write in other ways. */
function makeCanaries(run: string): Record<string, string> {
  return {
    passphrase: `canary "${run}" p\u00e4ssphrase & six words`,
    wrongPassphrase: `canary ${run} a passphrase of another place`,
    secretAccessKey: `canary/${run}+secretAccess/Key==`,
    sessionToken: `canary.${run}.session=Token/+`,
    typedMasterKey: `canary-${run}-typed master key %41`,
    fileMasterKey: `canary-${run}-master key of a file`,
    wrongMasterKey: `canary-${run}-wrong-master-key`,
    password: `canary-${run}-p@ss:word/`,
    token: `canary-${run}-bearer.token_of-a.master`,
    loginPassword: `canary-${run}-login'password`,
  }
}

export async function openScene(): Promise<Scene> {
  const run = randomBytes(6).toString('hex')
  const canaries = makeCanaries(run)
  const secretOf = (name: string): string => {
    const secret = canaries[name]
    if (secret === undefined) throw new Error(`There is no ${name}.`)
    return secret
  }
  const dir = await mkdtemp(join(tmpdir(), 'holdfast-canary-'))
  const home = join(dir, 'home')
  const stateFolder = join(home, 'state')
  const folderOf = (name: string): string => join(dir, 'repositories', name)
  for (const name of ['home', 'tmp']) await mkdir(join(dir, name))
  await fillFolder(folderOf('typed'), secretOf('typedMasterKey'))
  await fillFolder(folderOf('file'), secretOf('fileMasterKey'))
  const [, , newest = ''] = await fillFolder(folderOf('damaged'), secretOf('typedMasterKey'))
  const damaged = join(folderOf('damaged'), newest, 'joblog.enc')
  const bytes = await readFile(damaged)
  bytes[1_000_000] = (bytes[1_000_000] ?? 0) ^ 1
  await writeFile(damaged, bytes)
  const given = {
    'typed.key': 'typedMasterKey',
    'file.key': 'fileMasterKey',
    'wrong.key': 'wrongMasterKey',
    'passphrase.key': 'passphrase',
  }
  for (const [name, secret] of Object.entries(given)) {
    await writeFile(join(dir, name), secretOf(secret), { mode: 0o600 })
  }
  const bucket = await fillBucket(run, secretOf('typedMasterKey'))
  // What opens the real bucket is looked for as well.
  if (bucket !== null) canaries['secretOfTheBucket'] = bucket.secretAccessKey
  await writeFile(join(dir, 'crash.json'), JSON.stringify(Object.values(canaries)), { mode: 0o600 })
  // As a bucket and as a master: whatever was sent comes back in what is said of it.
  const echo = await answeringServer(({ headers, path, body }, response) => {
    const said = `${JSON.stringify(headers)} ${path} ${body.toString()}`
    if (path.startsWith('/bucket')) {
      response.writeHead(403, { 'content-type': 'application/xml', 'x-amz-request-id': 'echo' })
      response.end(`<Error><Code>AccessDenied</Code><Message>${said.replace(/[<&]/g, ' ')}</Message></Error>`)
    } else {
      response.writeHead(401, { 'content-type': 'application/json', 'x-echo': encodeURIComponent(said) })
      response.end(JSON.stringify({ error: said, message: said, code: said }))
    }
  })
  return {
    dir,
    home,
    stateFolder,
    canaries,
    secretOf,
    given: [...Object.keys(given), 'crash.json', 'home/.aws/credentials'].map((name) => join(dir, name)),
    folderOf,
    echo,
    bucket,
    environment: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      TMPDIR: join(dir, 'tmp'),
      HOLDFAST_STATE_DIR: stateFolder,
      CRASH_WITH: join(dir, 'crash.json'),
      NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, '../../support/crash-child.ts')).href}`,
    },
    close: async () => {
      await echo.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function fill(store: ObjectStore, masterKey: string): Promise<readonly string[]> {
  const byteWork = inProcessByteWork(new Map())
  const storeSizes = { metadata: 400_000, kms: 3000, iam: 900, connections: 1200, joblog: 2_000_000 }
  const first = new Date(Date.now() - 3 * 86_400_000).toISOString()
  const nights = nightsFrom(first, 3, () => ['metadata', 'joblog'])
  const lab = { seed: 'canary', cluster: 'kiok-canary', masterKey, nights, storeSizes }
  try {
    return await makeKiokRepository(lab, { store, byteWork })
  } finally {
    await byteWork.close()
    await store.close()
  }
}

async function fillFolder(folder: string, masterKey: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true })
  return fill(await openStore(parseAddress(pathToFileURL(folder).href), noAccess, 'write'), masterKey)
}

/** A bucket on the real server; null where there is none on this machine. */
async function fillBucket(run: string, masterKey: string) {
  const rgw = await sharedRgw()
  if ('skip' in rgw) return null
  const { endpoint, accessKeyId, secretAccessKey } = rgw
  const credentials = { accessKeyId, secretAccessKey }
  const bucket = `canary-${run}`
  await makeBucket(rgw, bucket)
  const store = await openS3Store(
    { kind: 's3', bucket, prefix: '', endpoint, region: null, style: 'path' },
    { credentials: { source: 'keys', keys: credentials }, clock: systemClock },
  )
  await fill(store, masterKey)
  return { address: `s3://${bucket}/?endpoint=${endpoint}&style=path`, ...credentials }
}
