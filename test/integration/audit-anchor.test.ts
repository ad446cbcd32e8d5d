import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutObjectRetentionCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openAuditLog } from '../../src/main/adapters/audit-file/open-audit-log.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { systemRandom } from '../../src/main/adapters/system/random.ts'
import type { RgwAccess } from '../lab/rgw.ts'
import { sharedRgw } from '../lab/shared.ts'
import { installation, type Installation } from './cli/desk-commands.ts'
import { temporaryFolder } from './cli/run-cli.ts'
import { openRouterLab, type RouterLab } from './router/router-lab.ts'
import { noAccess } from '../../src/shared/contract/repositories.ts'

let rgw: RgwAccess | null = null
let why = ''
let client: S3Client
let lab: RouterLab
let address = ''
let bucket = ''
const home = temporaryFolder()

beforeAll(async () => {
  const found = await sharedRgw()
  if ('skip' in found) {
    why = found.skip
    return
  }
  rgw = found
  const { endpoint, accessKeyId, secretAccessKey } = found
  client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  })
  lab = await openRouterLab()
  bucket = `anchors-${randomBytes(6).toString('hex')}`
  await client.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: true }))
  address = `s3://${bucket}/this-desk/?endpoint=${encodeURIComponent(endpoint)}&style=path`
})
afterAll(async () => {
  if (rgw === null) return
  client.destroy()
  await lab.close()
})
beforeEach((context) => {
  if (rgw === null) context.skip(why)
})

async function setAnchor(place: string) {
  const { accessKeyId = '', secretAccessKey = '' } = rgw ?? {}
  const { id } = await lab.client.vault.add({
    label: 'anchors',
    secret: { kind: 's3', accessKeyId, secretAccessKey },
  })
  const access = { ...noAccess, credential: { source: 'vault' as const, id } }
  const auditAnchor = { address: place, access, everyEntries: 50, everyMinutes: 10, keepDays: 1 }
  await lab.client.settings.set({ auditAnchor })
  return id
}

const versions = async () =>
  (await client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: 'this-desk/' }))).Versions ?? []

test('A bucket that locks nothing is refused as a place for anchors, in words', async () => {
  const open = `open-${randomBytes(6).toString('hex')}`
  await client.send(new CreateBucketCommand({ Bucket: open }))
  await setAnchor(address.replace(bucket, open))
  const { anchor } = await lab.client.audit.status()
  expect(anchor).toMatchObject({
    seq: null,
    failure: { code: 'repository.badAnswer', what: expect.stringContaining('does not lock') },
  })
})

test('Anchors are written at once, around a restore, and cannot be deleted or shortened with the same keys', async () => {
  const id = await setAnchor(address)
  const before = await lab.client.audit.status()
  expect(before.anchor).toMatchObject({ place: address, seq: before.entries, since: 0, failure: null })
  await expect(lab.client.vault.remove({ id })).rejects.toMatchObject({ data: { code: 'credential.inUse' } })

  const { id: clusterId } = await lab.addCluster()
  const { plan } = await lab.planned(clusterId)
  const { backupId, targetDir, confirm } = plan
  const start = { clusterId, backupId, targetDir, planHash: plan.hash, confirm }
  const { jobId } = await lab.client.restore.start(start)
  expect(await lab.ended(jobId)).toBe('done')
  const { entries } = await lab.client.audit.list({ limit: 500 })
  const seqOf = (action: string) => entries.find((entry) => entry.action === action)?.seq ?? 0
  const written = await versions()
  const anchored = written.map(({ Key }) => Number(/(\d{16})\.json$/.exec(Key ?? '')?.[1]))
  expect(anchored).toContain(seqOf('restore.started'))
  expect(anchored).toContain(seqOf('restore.finished'))

  const [first] = written
  const of = { Bucket: bucket, Key: first?.Key, VersionId: first?.VersionId }
  await expect(client.send(new DeleteObjectCommand(of))).rejects.toMatchObject({ name: 'AccessDenied' })
  const BypassGovernanceRetention = true
  await expect(
    client.send(new DeleteObjectCommand({ ...of, BypassGovernanceRetention })),
  ).rejects.toMatchObject({ name: 'AccessDenied' })
  const Retention = { Mode: 'COMPLIANCE' as const, RetainUntilDate: new Date(Date.now() + 60_000) }
  await expect(
    client.send(new PutObjectRetentionCommand({ ...of, Retention, BypassGovernanceRetention })),
  ).rejects.toMatchObject({ name: 'AccessDenied' })
  // A marker over it hides it from a plain listing, and not from us.
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: first?.Key }))
  expect(await lab.client.audit.verify()).toMatchObject({
    broken: null,
    anchor: { covered: 1, failure: null },
  })
})

/** The state of the lab's desk in a home of the command line. */
async function copied(): Promise<Installation> {
  const folder = await mkdtemp(join(home, 'copy-'))
  await cp(lab.stateFolder, join(folder, 'state'), { recursive: true })
  return installation(folder)
}

test('The command line holds the chain against its anchors, and says where it cannot', async () => {
  const here = await copied()
  const verify = ['audit', 'verify']
  const whole = await here.run([...verify, ...here.passphraseFile])
  expect(whole.stdout).toMatch(
    /✔ whole[\s\S]*fits its anchors in s3:.* up to entry \d+ .*entries since then\n/,
  )
  expect(whole.status).toBe(0)
  const locked = await here.run(verify)
  expect(locked.status).toBe(3)
  expect(locked.stdout).toContain('? not compared')
})

test('A log that was written anew, with a head that fits it, fails at the anchor', async () => {
  const here = await copied()
  const folder = join(here.home, 'state')
  const chain = join(folder, 'audit', 'chain.jsonl')
  const entries = (await readFile(chain, 'utf8')).trimEnd().split('\n').length
  await rm(join(folder, 'audit'), { recursive: true })
  // By the program's own hand: entries of other content, each with its right hash, and the head beside them.
  const forged = openAuditLog(folder, { clock: systemClock, random: systemRandom, actor: 'nobody' })
  const event = { action: 'nothing.happened', subject: 'nothing', facts: [] }
  for (let n = 0; n < entries; n += 1) await forged.append(event)
  expect((await forged.verify()).broken).toBeNull()
  const { status, value } = await here.json(['audit', 'verify', ...here.passphraseFile])
  expect(status).toBe(1)
  expect(value).toMatchObject({
    whole: false,
    broken: { reason: expect.stringContaining('No anchor before it fits.') },
  })
  const [first] = (await versions())
    .map(({ Key }) => Number(/(\d{16})\.json$/.exec(Key ?? '')?.[1]))
    .toSorted((a, b) => a - b)
  expect(value.broken.seq).toBe(first)
})
