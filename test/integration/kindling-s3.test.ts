import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createServer } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { openS3Store } from '../../src/main/adapters/s3/open-s3-store.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { kindling } from '../../src/main/systems/kindling/kindling.ts'
import { makeAuthority, type Certificate } from '../lab/certificates.ts'
import { postgresProblem, postgresTemplate } from '../lab/postgres.ts'
import { sharedRgw } from '../lab/shared.ts'
import { verifyRepository } from '../lab/verify-repository.ts'

const rgw = await sharedRgw()
const problem = 'skip' in rgw ? rgw.skip : postgresProblem()

test('A repository that pgBackRest wrote into a bucket is proved from the bucket', async (context) => {
  if ('skip' in rgw || problem !== null) return context.skip(problem ?? '')
  const authority = makeAuthority()
  if (authority === null) return context.skip('there is no openssl')
  onTestFinished(() => authority.remove())
  // pgBackRest speaks to buckets over TLS alone (documented, repo-storage-verify-tls).
  const port = await inTls(authority.issue('IP:127.0.0.1', 1), Number(new URL(rgw.endpoint).port))
  const bucket = await newBucket(rgw)
  const template = await postgresTemplate('kindling', 'CREATE TABLE rows (n int)', async () => undefined)
  onTestFinished(async () => template.remove())
  const postgres = await template.start([
    'repo1-type=s3',
    // Some thousand small files would be as many requests.
    'repo1-bundle=y',
    `repo1-s3-bucket=${bucket}`,
    'repo1-s3-endpoint=127.0.0.1',
    'repo1-s3-region=us-east-1',
    'repo1-s3-uri-style=path',
    `repo1-s3-key=${rgw.accessKeyId}`,
    `repo1-s3-key-secret=${rgw.secretAccessKey}`,
    `repo1-storage-port=${port}`,
    'repo1-storage-verify-tls=n',
  ])
  onTestFinished(async () => postgres.stop())
  await postgres.pgBackRest('stanza-create')
  for (const type of ['full', 'incr']) {
    await postgres.sql(`CREATE TABLE rows_${type} AS SELECT generate_series(1, 2000)`)
    await postgres.pgBackRest('backup', `--type=${type}`)
  }

  const prefix = `${postgres.repository.slice(1)}/`
  const store = await openS3Store(
    { kind: 's3', bucket, prefix, endpoint: rgw.endpoint, region: null, style: 'path' },
    { credentials: { source: 'keys', keys: rgw }, clock: systemClock },
  )
  onTestFinished(async () => store.close())
  const before = Object.values((await verifyRepository(store, kindling)).said)
  const proved = { full: 'matches', WAL: 'matches' }
  expect(before).toHaveLength(2)
  expect(before).toContainEqual({ verdict: 'good', codes: [], stores: proved })
  expect(before).toContainEqual({ verdict: 'good', codes: [], stores: { ...proved, incremental: 'matches' } })

  for await (const entry of store.list({ prefix: 'archive/' }))
    if (entry.kind === 'object' && /[0-9A-F]{24}-/.test(entry.key)) await store.delete(entry.key)
  for (const { verdict, stores } of Object.values((await verifyRepository(store, kindling)).said)) {
    expect(verdict).toBe('bad')
    expect(stores['WAL']).toContain('chain.objectMissing')
  }
})

/** TLS before a port of this machine. */
async function inTls(certificate: Certificate, to: number): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer(certificate, (near) => {
    const far = connect(to, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => undefined)
      one.on('close', () => other.destroy())
      one.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

async function newBucket(access: {
  readonly endpoint: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}): Promise<string> {
  const admin = new S3Client({ ...access, credentials: access, region: 'us-east-1', forcePathStyle: true })
  const bucket = `pgbackrest-${randomBytes(6).toString('hex')}`
  try {
    await admin.send(new CreateBucketCommand({ Bucket: bucket }))
  } finally {
    admin.destroy()
  }
  return bucket
}
