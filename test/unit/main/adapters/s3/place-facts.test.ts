import { expect, test } from 'vitest'
import type { BucketFacts } from '../../../../../src/shared/domain/place-facts.ts'
import type { ObjectStore } from '../../../../../src/main/ports/object-store.ts'
import { readOnly } from '../../../../../src/main/adapters/decorators/read-only.ts'
import { throttled } from '../../../../../src/main/adapters/decorators/throttled.ts'
import { withRetry } from '../../../../../src/main/adapters/decorators/with-retry.ts'
import type { Answer } from '../../../../fakes/answering-server.ts'
import { errorBody, listing, storeOver, wallClock } from './s3-fixture.ts'

const settings = [
  'versioning',
  'lock',
  'encryption',
  'publicBlock',
  'policyIsPublic',
  'policy',
  'grants',
  'lifecycle',
  'uploads',
] as const

/** Lists as S3 does, and answers every other question in its own way. */
const answering =
  (status: number, body: string): Answer =>
  ({ query }, response) =>
    query.has('list-type')
      ? void response.end(listing().replace('<Prefix>top/', '<Prefix>'))
      : void response.writeHead(status).end(body)

async function factsOf(store: ObjectStore, sample: readonly string[] = ['a']): Promise<BucketFacts> {
  const facts = await store.facts?.(sample)
  if (facts?.kind !== 'bucket') throw new Error('no facts of a bucket')
  return facts
}

test.each([
  [403, errorBody('AccessDenied'), 'These keys may not ask it (403 AccessDenied).'],
  [404, '', 'The server does not offer it (404).'],
  [405, errorBody('MethodNotAllowed'), 'The server does not offer it (405 MethodNotAllowed).'],
  [501, errorBody('NotImplemented'), 'The server does not offer it (501 NotImplemented).'],
  [500, errorBody('InternalError'), 'The server failed to answer it (500 InternalError).'],
  [200, listing(), 'The server answers something else to it: it does not know the question.'],
  [
    200,
    '<html><body>Sign in</body></html>',
    'The server answers something else to it: it does not know the question.',
  ],
])('A server that answers every question with %i %s tells nothing', async (status, body, why) => {
  const { store, server } = await storeOver(answering(status, body))
  const facts = await factsOf(store)
  for (const name of settings) {
    // A policy is any text; what it says is read elsewhere.
    if (name === 'policy' && status === 200) continue
    expect([name, facts[name]]).toEqual([name, { told: false, why }])
  }
  const [object] = facts.sampled
  expect([object?.lock, object?.isHeld, object?.grants]).toEqual(Array(3).fill({ told: false, why }))
  expect(object?.storage.told).toBe(false)
  // Nothing but reading.
  expect(new Set(server.requests.map(({ method }) => method))).toEqual(new Set(['GET', 'HEAD']))
})

const none: Readonly<Record<string, readonly [number, string]>> = {
  'object-lock': [404, 'ObjectLockConfigurationNotFoundError'],
  encryption: [404, 'ServerSideEncryptionConfigurationNotFoundError'],
  publicAccessBlock: [404, 'NoSuchPublicAccessBlockConfiguration'],
  policyStatus: [404, 'NoSuchBucketPolicy'],
  policy: [404, 'NoSuchBucketPolicy'],
  lifecycle: [404, 'NoSuchLifecycleConfiguration'],
  retention: [404, 'NoSuchObjectLockConfiguration'],
  'legal-hold': [404, 'NoSuchObjectLockConfiguration'],
}

test('What a server says that there is none of is told as none', async () => {
  const { store } = await storeOver(({ query }, response) => {
    const asked = Object.keys(none).find((name) => query.has(name))
    const [status, code] = none[asked ?? ''] ?? [501, 'NotImplemented']
    response.writeHead(status).end(errorBody(code))
  })
  const facts = await factsOf(store)
  const noBlock = { ignoresLists: false, restrictsPolicies: false }
  expect(facts).toMatchObject({
    lock: { told: true, value: { enabled: false, byItself: null } },
    encryption: { told: true, value: null },
    publicBlock: { told: true, value: noBlock },
    policyIsPublic: { told: true, value: false },
    policy: { told: true, value: null },
    lifecycle: { told: true, value: [] },
    versioning: { told: false },
    sampled: [{ lock: { told: true, value: null }, isHeld: { told: true, value: false } }],
  })
})

const xml = (root: string, inner: string): string => `<?xml version="1.0"?><${root}>${inner}</${root}>`
const group = (name: string): string =>
  `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group">` +
  `<URI>http://acs.amazonaws.com/groups/global/${name}</URI></Grantee><Permission>READ</Permission></Grant>`

const answers: Readonly<Record<string, string>> = {
  versioning: xml('VersioningConfiguration', '<Status>Suspended</Status>'),
  'object-lock': xml(
    'ObjectLockConfiguration',
    '<ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Years>2</Years></DefaultRetention></Rule>',
  ),
  encryption: xml(
    'ServerSideEncryptionConfiguration',
    '<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>',
  ),
  publicAccessBlock: xml(
    'PublicAccessBlockConfiguration',
    '<IgnorePublicAcls>true</IgnorePublicAcls><RestrictPublicBuckets>false</RestrictPublicBuckets>',
  ),
  policyStatus: xml('PolicyStatus', '<IsPublic>true</IsPublic>'),
  policy: '{"Statement":[]}',
  acl: xml(
    'AccessControlPolicy',
    `<AccessControlList>${group('AllUsers')}${group('AuthenticatedUsers')}${group('LogDelivery')}</AccessControlList>`,
  ),
  lifecycle: xml(
    'LifecycleConfiguration',
    '<Rule><ID>r</ID><Status>Enabled</Status><Filter><And><Prefix>top/</Prefix><Tag><Key>a</Key><Value>b</Value></Tag></And></Filter>' +
      '<Expiration><Days>7</Days></Expiration><Transition><Days>3</Days><StorageClass>GLACIER</StorageClass></Transition></Rule>' +
      '<Rule><ID>off</ID><Status>Disabled</Status><Filter><Prefix></Prefix></Filter><Expiration><Days>1</Days></Expiration></Rule>',
  ),
  uploads: xml(
    'ListMultipartUploadsResult',
    '<IsTruncated>true</IsTruncated><Upload><Key>b</Key><Initiated>2026-11-19T02:00:00.000Z</Initiated></Upload>' +
      '<Upload><Key>a</Key><Initiated>2026-11-18T02:00:00.000Z</Initiated></Upload>',
  ),
  retention: xml(
    'Retention',
    '<Mode>COMPLIANCE</Mode><RetainUntilDate>2026-12-01T00:00:00.000Z</RetainUntilDate>',
  ),
  'legal-hold': xml('LegalHold', '<Status>ON</Status>'),
}

test('Each answer is told as it was given', async () => {
  const { store } = await storeOver(({ method, query }, response) => {
    const headers = { etag: '"0123"', 'content-length': 1, 'x-amz-storage-class': 'GLACIER' }
    if (method === 'HEAD') return void response.writeHead(200, headers).end()
    const asked = Object.keys(answers).find((name) => query.has(name))
    return void response.end(asked === undefined ? listing() : answers[asked])
  })
  const facts = await factsOf(store)
  const open = [
    { to: 'everyone', permission: 'READ' },
    { to: 'anyAccount', permission: 'READ' },
  ]
  expect(facts).toMatchObject({
    transport: 'httpHere',
    versioning: { value: 'suspended' },
    lock: { value: { enabled: true, byItself: { mode: 'GOVERNANCE', days: 730 } } },
    encryption: { value: 'aws:kms' },
    publicBlock: { value: { ignoresLists: true, restrictsPolicies: false } },
    policyIsPublic: { value: true },
    policy: { value: '{"Statement":[]}' },
    grants: { value: open },
    uploads: { value: { count: 2, oldestAt: '2026-11-18T02:00:00.000Z', isCut: true } },
    sampled: [
      {
        lock: { value: { mode: 'COMPLIANCE', until: '2026-12-01T00:00:00.000Z' } },
        isHeld: { value: true },
        grants: { value: open },
        storage: { value: { name: 'GLACIER', isArchived: true } },
      },
    ],
  })
  expect(facts.lifecycle).toEqual({
    told: true,
    value: [
      {
        id: 'r',
        prefix: 'top/',
        isNarrowed: true,
        deletes: { days: 7, date: null },
        moves: [{ days: 3, date: null, storageClass: 'GLACIER' }],
        deletesOldVersionsAfterDays: null,
      },
    ],
  })
})

test('A server that cannot be reached is a failure and no answer, through every decorator', async () => {
  const { store } = await storeOver((_request, response) => void response.destroy())
  const random = { bytes: (count: number) => new Uint8Array(count) }
  const decorated = throttled(withRetry(readOnly(store), { attempts: 2, clock: wallClock, random }), {
    bytesPerSecond: 1e6,
    clock: wallClock,
  })
  await expect(factsOf(decorated)).rejects.toMatchObject({ code: 'repository.unreachable' })
})
