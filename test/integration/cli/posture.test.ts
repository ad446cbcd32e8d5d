import {
  CreateMultipartUploadCommand,
  PutBucketAclCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutObjectAclCommand,
  PutObjectLockConfigurationCommand,
  PutObjectCommand,
  CreateBucketCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { chmodSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, type TestContext } from 'vitest'
import { openS3Store } from '../../../src/main/adapters/s3/open-s3-store.ts'
import { systemClock } from '../../../src/main/adapters/system/clock.ts'
import { nightsFrom } from '../../lab/kiok.ts'
import { sharedRgw } from '../../lab/shared.ts'
import { fillWithKiok, kiokFolder } from './fixture.ts'
import { runCli, temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
const privateKey =
  '-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0LWNhbmFyeQ==\n-----END OPENSSH PRIVATE KEY-----\n'

interface Said {
  readonly status: number | null
  readonly verdict: string
  readonly stdout: string
  readonly check: (id: string) => {
    readonly state: string
    readonly sentence: string
    readonly evidence: readonly string[]
  }
}

async function postureOf(
  address: string,
  options: { readonly system?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Said> {
  const { system, env = {} } = options
  const { status, stdout } = await runCli(
    home,
    ['posture', '--repository', address, ...(system === undefined ? [] : ['--system', system]), '--json'],
    { env },
  )
  const document = JSON.parse(stdout)
  return {
    status,
    verdict: document.verdict,
    stdout,
    check: (id) => document.checks.find((each: { id: string }) => each.id === id),
  }
}

interface Bucket {
  readonly admin: S3Client
  readonly name: string
  readonly address: string
  readonly env: Readonly<Record<string, string>>
  readonly put: (key: string, body: string) => Promise<void>
}

/** Three nights of kiok below `backups/` of a new bucket on the real server, or the test is skipped with the reason. */
async function kiokBucket({ skip }: TestContext, name: string, locked = false): Promise<Bucket> {
  const rgw = await sharedRgw()
  if ('skip' in rgw) return skip(rgw.skip)
  const { endpoint, accessKeyId, secretAccessKey } = rgw
  const keys = { accessKeyId, secretAccessKey }
  const admin = new S3Client({ endpoint, credentials: keys, region: 'us-east-1', forcePathStyle: true })
  onTestFinished(() => admin.destroy())
  await admin.send(new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: locked }))
  if (locked) {
    const DefaultRetention = { Mode: 'COMPLIANCE', Days: 30 } as const
    await admin.send(
      new PutObjectLockConfigurationCommand({
        Bucket: name,
        ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention } },
      }),
    )
  }
  const store = await openS3Store(
    { kind: 's3', bucket: name, prefix: 'backups/', endpoint, region: null, style: 'path' },
    { credentials: { source: 'keys', keys }, clock: systemClock },
  )
  await fillWithKiok(store, { nights: nightsFrom('2026-11-10T02:00:00Z', 2, () => ['metadata']) })
  await store.close()
  return {
    admin,
    name,
    address: `s3://${name}/backups/?endpoint=${encodeURIComponent(endpoint)}&style=path`,
    env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    put: async (Key, Body) => void (await admin.send(new PutObjectCommand({ Bucket: name, Key, Body }))),
  }
}

test('A bucket that keeps versions and locks them says until when, and what it does not tell is no good', async (context) => {
  const { address, env } = await kiokBucket(context, 'posture-locked', true)
  const said = await postureOf(address, { system: 'kiok', env })
  expect(said.status).toBe(0)
  for (const id of ['keyLike', 'publicAccess', 'versioning', 'objectLock', 'lockDates', 'encryption'])
    expect([id, said.check(id).state]).toEqual([id, 'good'])
  for (const id of ['lifecycle', 'storageClass', 'uploads'])
    expect([id, said.check(id).state]).toEqual([id, 'good'])
  expect(said.check('objectLock').evidence).toEqual(['default retention: COMPLIANCE, 30\u00a0days'])
  expect(said.check('lockDates').evidence.length).toBeGreaterThan(3)
  for (const line of said.check('lockDates').evidence) expect(line).toMatch(/: COMPLIANCE until .* UTC$/)
  // Ceph RGW 16 lists the bucket where it is asked for its encryption: that is no answer.
  expect(said.check('encryption').evidence.at(-1)).toContain('it does not know the question')
  for (const id of ['deletion', 'offlineCopy', 'transport'])
    expect([id, said.check(id).state]).toEqual([id, 'unknown'])
  expect(said.verdict).toBe('unknown')
})

test('A plain bucket has no versions and no lock: warnings, and exit 0', async (context) => {
  const { address, env } = await kiokBucket(context, 'posture-plain')
  const said = await postureOf(address, { system: 'kiok', env })
  expect([said.status, said.verdict]).toEqual([0, 'warning'])
  expect(said.check('versioning')).toMatchObject({
    state: 'warning',
    evidence: ['versioning: never enabled'],
  })
  expect(said.check('objectLock').state).toBe('warning')
  expect(said.check('lockDates').state).toBe('notApplicable')
  // Without a system nobody knows which objects are a backup's.
  const unknown = await postureOf(address, { env })
  expect(unknown.check('encryption').state).toBe('unknown')
  expect(unknown.check('storageClass').state).toBe('unknown')
})

test('A bucket, or one object of the newest backup, that everybody may read is bad: exit 1', async (context) => {
  const { admin, name, address, env } = await kiokBucket(context, 'posture-public')
  await admin.send(new PutBucketAclCommand({ Bucket: name, ACL: 'public-read' }))
  const said = await postureOf(address, { system: 'kiok', env })
  expect([said.status, said.verdict, said.check('publicAccess').state]).toEqual([1, 'bad', 'bad'])
  expect(said.check('publicAccess').evidence[0]).toBe('access list of the bucket: READ to everybody')

  await admin.send(new PutBucketAclCommand({ Bucket: name, ACL: 'private' }))
  const closed = await postureOf(address, { system: 'kiok', env })
  expect(closed.check('publicAccess').state).toBe('good')
  const [asked = ''] = closed.check('storageClass').evidence
  const key = asked.slice(0, asked.indexOf(': '))
  await admin.send(new PutObjectAclCommand({ Bucket: name, Key: `backups/${key}`, ACL: 'public-read' }))
  const open = await postureOf(address, { system: 'kiok', env })
  expect([open.status, open.check('publicAccess').state]).toEqual([1, 'bad'])
  expect(open.check('publicAccess').evidence).toEqual([`access list of ${key}: READ to everybody`])
})

test('A policy that forbids everybody to delete is told; one that is public is bad', async (context) => {
  const { admin, name, address, env } = await kiokBucket(context, 'posture-policy')
  const setPolicy = async (Effect: string, Action: readonly string[]): Promise<void> => {
    const statement = { Effect, Principal: '*', Action, Resource: `arn:aws:s3:::${name}/*` }
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    await admin.send(new PutBucketPolicyCommand({ Bucket: name, Policy }))
  }
  await setPolicy('Deny', ['s3:DeleteObject', 's3:DeleteObjectVersion'])
  expect((await postureOf(address, { system: 'kiok', env })).check('deletion').state).toBe('good')
  await setPolicy('Allow', ['s3:GetObject'])
  const open = await postureOf(address, { system: 'kiok', env })
  expect([open.status, open.check('publicAccess').state]).toEqual([1, 'bad'])
})

test('A policy that forbids to ask leaves the questions open, and nothing becomes good by it', async (context) => {
  const { admin, name, address, env } = await kiokBucket(context, 'posture-denied')
  const statement = {
    Effect: 'Deny',
    Principal: '*',
    Action: ['s3:GetBucketVersioning', 's3:GetBucketAcl', 's3:GetLifecycleConfiguration'],
    Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
  }
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  await admin.send(new PutBucketPolicyCommand({ Bucket: name, Policy }))
  const said = await postureOf(address, { system: 'kiok', env })
  for (const id of ['versioning', 'publicAccess', 'lifecycle']) {
    expect([id, said.check(id).state]).toEqual([id, 'unknown'])
    expect(said.check(id).evidence.join()).toContain('These keys may not ask it (403 AccessDenied).')
  }
})

test('A key beside the backups, by its name, by its content or elsewhere in the bucket, is bad, and is never shown', async (context) => {
  const { address, env, put } = await kiokBucket(context, 'posture-keys')
  expect((await postureOf(address, { system: 'kiok', env })).check('keyLike').state).toBe('good')
  await put('backups/master.key', 'named-canary')
  await put('backups/notes.txt', privateKey)
  await put('backups/ca.pem', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n')
  await put('backups/readme.txt', 'Nothing here.')
  await put('elsewhere/root-secret', 'elsewhere-canary')
  const said = await postureOf(address, { system: 'kiok', env })
  expect([said.status, said.verdict]).toEqual([1, 'bad'])
  expect(said.check('keyLike').evidence).toEqual([
    'master.key: named as a master key',
    'notes.txt: holds a private key',
    'elsewhere/root-secret: elsewhere in the bucket, named as a root secret',
  ])
  expect(said.stdout).not.toMatch(/canary|c2VjcmV0/)
})

test('A rule that deletes by age what newer backups share is bad, and an old upload is counted', async (context) => {
  const { admin, name, address, env } = await kiokBucket(context, 'posture-rules')
  await admin.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket: name,
      LifecycleConfiguration: {
        Rules: [
          { ID: 'sweep', Status: 'Enabled', Filter: { Prefix: 'backups/' }, Expiration: { Days: 14 } },
          { ID: 'off', Status: 'Disabled', Filter: { Prefix: '' }, Expiration: { Days: 1 } },
          { ID: 'other', Status: 'Enabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 1 } },
        ],
      },
    }),
  )
  await admin.send(new CreateMultipartUploadCommand({ Bucket: name, Key: 'backups/begun' }))
  const said = await postureOf(address, { system: 'kiok', env })
  expect([said.status, said.check('lifecycle').state]).toEqual([1, 'bad'])
  expect(said.check('lifecycle').evidence).toHaveLength(1)
  expect(said.check('lifecycle').evidence[0]).toMatch(
    /^rule sweep, prefix "backups\/": deletes 14\sdays after it was written, \d+\sobjects of backups$/,
  )
  expect(said.check('uploads').sentence).toMatch(/^1\sunfinished upload, none older than a day\.$/)
})

test('A folder says who else may write there, and nothing about what a folder has not', async () => {
  const { folder, address } = await kiokFolder(home, 'folder')
  chmodSync(folder, 0o700)
  const before = readdirSync(folder)
  const kept = await postureOf(address, { system: 'kiok' })
  expect(kept.status).toBe(0)
  expect(kept.check('publicAccess').state).toBe('good')
  expect(kept.check('encryption').state).toBe('good')
  for (const id of ['versioning', 'objectLock', 'lifecycle'])
    expect([id, kept.check(id).state]).toEqual([id, 'notApplicable'])
  expect(kept.verdict).not.toBe('good')
  expect(readdirSync(folder)).toEqual(before)

  chmodSync(join(folder, before[0] ?? ''), 0o777)
  chmodSync(join(folder, before[1] ?? ''), 0o777)
  chmodSync(join(folder, before[2] ?? ''), 0o777)
  writeFileSync(join(folder, 'id_ed25519'), privateKey)
  const open = await postureOf(address, { system: 'kiok' })
  expect([open.status, open.check('publicAccess').state, open.check('keyLike').state]).toEqual([
    1,
    'bad',
    'bad',
  ])
})

test('A place that is not there ends with 3, an address that is none with 2, and text is one line a check', async () => {
  const gone = await runCli(home, ['posture', '--repository', `file://${home}/nowhere`])
  expect(gone.status).toBe(3)
  expect((await runCli(home, ['posture', '--repository', 'nowhere'])).status).toBe(2)
  expect((await runCli(home, ['posture', '--repository', `file://${home}`, '--system', 'x'])).status).toBe(2)
  const { address } = await kiokFolder(home, 'as-text')
  const { stdout } = await runCli(home, ['posture', '--repository', address, '--system', 'kiok'])
  expect(stdout.split('\n').filter((line) => /^[✔!✘?-] /.test(line))).toHaveLength(13)
  expect(stdout).toContain('cannot be told  offlineCopy')
})
