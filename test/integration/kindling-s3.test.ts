import { randomBytes } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { openS3Store } from '../../src/main/adapters/s3/open-s3-store.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { kindling } from '../../src/main/systems/kindling/kindling.ts'
import { makeBucket } from '../lab/bucket.ts'
import { makeAuthority } from '../lab/certificates.ts'
import { postgresProblem, postgresTemplate } from '../lab/postgres.ts'
import { sharedRgw } from '../lab/shared.ts'
import { verifyRepository } from '../lab/verify-repository.ts'
import { wireTo } from '../lab/wire.ts'

const rgw = await sharedRgw()
const problem = 'skip' in rgw ? rgw.skip : postgresProblem()

test('A repository that pgBackRest wrote into a bucket is proved from the bucket', async (context) => {
  if ('skip' in rgw || problem !== null) return context.skip(problem ?? '')
  const authority = makeAuthority()
  if (authority === null) return context.skip('there is no openssl')
  onTestFinished(() => authority.remove())
  // pgBackRest speaks to buckets over TLS alone (documented, repo-storage-verify-tls).
  const inTls = await wireTo(Number(new URL(rgw.endpoint).port), authority.issue('IP:127.0.0.1', 1))
  onTestFinished(async () => inTls.close())
  const bucket = `pgbackrest-${randomBytes(6).toString('hex')}`
  await makeBucket(rgw, bucket)
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
    `repo1-storage-port=${inTls.port}`,
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
