import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { randomBytes } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { openS3Store, type S3Options } from '../../src/main/adapters/s3/open-s3-store.ts'
import type { ObjectStore } from '../../src/main/ports/object-store.ts'
import {
  byUtf8,
  eachOf,
  failingAfter,
  failure,
  inPieces,
  names,
  read,
  utf8,
} from '../conformance/store-helpers.ts'
import { seededBytes } from '../fakes/seeded-bytes.ts'
import { sharedRgw } from '../lab/shared.ts'

const rgw = await sharedRgw()
const skip = 'skip' in rgw ? rgw.skip : null
const access = 'skip' in rgw ? { endpoint: 'http://127.0.0.1:1', accessKeyId: '', secretAccessKey: '' } : rgw
const admin = new S3Client({ ...access, credentials: access, region: 'us-east-1', forcePathStyle: true })
const stores: ObjectStore[] = []
afterAll(async () => {
  for (const store of stores) await store.close()
  admin.destroy()
})

async function newBucket(): Promise<string> {
  const bucket = `it-${randomBytes(6).toString('hex')}`
  await admin.send(new CreateBucketCommand({ Bucket: bucket }))
  return bucket
}

async function storeOf(bucket: string, options: Partial<S3Options> = {}, prefix = ''): Promise<ObjectStore> {
  const store = await openS3Store(
    { kind: 's3', bucket, prefix, endpoint: access.endpoint, region: null, style: 'path' },
    {
      credentials: { source: 'keys', keys: access },
      clock: { now: () => Date.now(), wait: () => Promise.resolve() },
      ...options,
    },
  )
  stores.push(store)
  return store
}

describe.skipIf(skip !== null)(`a real gateway (Ceph RGW)${skip === null ? '' : `: ${skip}`}`, () => {
  test('lists thousands of keys in folders and without folders, in order', async () => {
    const bucket = await newBucket()
    const store = await storeOf(bucket)
    const keys = Array.from({ length: 3_000 }, (_, n) => {
      const day = new Date(Date.UTC(2025, 0, 1 + (n >> 1))).toISOString().replaceAll(/[-:]|\.000/g, '')
      return n < 1_500 ? `backups/${day}/${n % 2}` : `flat-${day}-${n % 2}`
    })
    await eachOf(keys, 16, (key) => store.put(key, utf8('.')))
    expect(await names(store)).toEqual(byUtf8(keys))
    expect(await names(await storeOf(bucket, {}, 'flat-'))).toEqual(
      byUtf8(keys.filter((key) => key.startsWith('flat-')).map((key) => key.slice(5))),
    )
    expect((await names(store, { prefix: 'backups/', delimiter: '/' })).length).toBe(750)
    expect((await names(store, { delimiter: '/' }))[0]).toBe('backups/')
  })

  test('lists odd keys at the ends of pages, and keys that look like paths out of the bucket', async () => {
    const store = await storeOf(await newBucket(), {}, 'p+ä/')
    const odd = [
      '\r',
      '\n',
      '\r\n',
      '\u0001',
      '\u007f',
      '+',
      ' ',
      '%0D',
      '&amp;',
      '<',
      '\u2028',
      'é',
      '\u{1f600}',
      '"',
    ]
    const keys = Array.from(
      { length: 1_300 },
      (_, n) => `k${odd[n % odd.length]}${odd[(n * 5) % odd.length]}${n}${odd[(n * 3) % odd.length]}`,
    ).concat('../x', 'a//b', '/lead', './y', 'trail/', '..', '.', 'a/../b', '\\')
    await eachOf(keys, 16, (key) => store.put(key, utf8('.')))
    expect(await names(store)).toEqual(byUtf8(keys))
    for (const key of ['../x', 'a//b', '.', '/lead', keys[0] ?? '']) {
      expect(await store.head(key)).toMatchObject({ key, sizeBytes: 1 })
    }
  })

  test('with a version known a replaced object is object.changed, even by the same bytes', async () => {
    const bucket = await newBucket()
    await admin.send(
      new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    )
    const store = await storeOf(bucket)
    const first = await store.put('a', utf8('same'))
    expect(first.versionId).toMatch(/./)
    expect(await store.head('a')).toMatchObject({ versionId: first.versionId })
    expect(await read(store, 'a', { expect: first })).toEqual(utf8('same'))
    await store.put('a', utf8('same'))
    await failure(store.get('a', { expect: first }), 'object.changed')
    await store.delete('a')
    expect(await store.head('a')).toBeNull()
    await failure(store.get('a', { expect: first }), 'object.missing')
  })

  test('a listing, a head and a reading tell the same time and version', async () => {
    const store = await storeOf(await newBucket())
    await store.put('a', utf8('x'))
    const head = await store.head('a')
    const listed = []
    for await (const entry of store.list()) listed.push(entry)
    expect(listed).toEqual([{ kind: 'object', ...head }])
    expect((await store.get('a')).info).toEqual(head)
  })

  test('a failed long upload leaves no parts behind', async () => {
    const bucket = await newBucket()
    const store = await storeOf(bucket)
    const big = seededBytes('big', 36 * 1024 * 1024)
    await expect(store.putStream('a', failingAfter(big, new Error('broke')))).rejects.toThrow('broke')
    const left = await admin.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
    expect(left.Uploads ?? []).toEqual([])
    expect(await names(store)).toEqual([])
    await store.putStream('a', inPieces(big, 4_000_000), { ifAbsent: true })
    await failure(store.putStream('a', inPieces(big, 4_000_000), { ifAbsent: true }), 'object.changed')
  })

  test('a policy that forbids reading is repository.accessDenied, though listing works', async () => {
    const bucket = await newBucket()
    const store = await storeOf(bucket)
    await store.put('a', utf8('x'))
    const statement = {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: `arn:aws:s3:::${bucket}/*`,
    }
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    await admin.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }))
    expect(await names(store)).toEqual(['a'])
    await failure(store.get('a'), 'repository.accessDenied')
    await failure(store.head('a'), 'repository.accessDenied')
  })

  test('wrong keys, a missing bucket and a wrong clock are told apart', async () => {
    const bucket = await newBucket()
    const unknown = { accessKeyId: 'AKNOBODY', secretAccessKey: 'x' }
    const wrong = { ...access, secretAccessKey: 'wrong' }
    const clock = { now: () => Date.now() + 1_200_000, wait: () => Promise.resolve() }
    const cases: [ObjectStore, Parameters<typeof failure>[1]][] = [
      [await storeOf(bucket, { credentials: { source: 'keys', keys: unknown } }), 'repository.badKeyPair'],
      [await storeOf(bucket, { credentials: { source: 'keys', keys: wrong } }), 'repository.badKeyPair'],
      [await storeOf('no-such-bucket'), 'repository.notFound'],
      [await storeOf(bucket, { clock }), 'repository.clockSkew'],
    ]
    for (const [store, code] of cases) {
      await failure(names(store), code)
      await failure(store.get('a'), code)
      await failure(store.put('a', utf8('x')), code)
    }
  })
})
