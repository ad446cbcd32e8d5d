import { expect, test } from 'vitest'
import type { BucketFacts, SampledObject, Told } from '../../../../src/shared/domain/place-facts.ts'
import {
  postureCounts,
  worstChecksFirst,
  type FoundBackups,
  type PostureCheckId,
} from '../../../../src/shared/domain/posture-check.ts'
import { judgePosture, type FoundKeys, type PostureFacts } from '../../../../src/shared/domain/posture.ts'

const nowMs = Date.parse('2026-11-22T10:00:00Z')
const yes = <T>(value: T): Told<T> => ({ told: true, value })
const no = { told: false, why: 'The server does not offer it (501 NotImplemented).' } as const

const object: SampledObject = {
  key: 'a/kms.enc',
  lock: yes({ mode: 'COMPLIANCE', until: '2026-12-22T10:00:00.000Z' }),
  isHeld: yes(false),
  grants: yes([]),
  storage: yes({ name: 'STANDARD', isArchived: false }),
}

/** Everything as well as it can be. */
const bucket: BucketFacts = {
  kind: 'bucket',
  bucket: 'vault',
  prefix: 'top/',
  transport: 'https',
  versioning: yes('on'),
  lock: yes({ enabled: true, byItself: { mode: 'COMPLIANCE', days: 30 } }),
  encryption: yes('AES256'),
  publicBlock: yes({ ignoresLists: true, restrictsPolicies: true }),
  policyIsPublic: yes(false),
  policy: yes(null),
  grants: yes([]),
  lifecycle: yes([]),
  uploads: yes({ count: 0, oldestAt: null, isCut: false }),
  outside: yes({ keys: [], isCut: false }),
  sampled: [object],
}
const keys: FoundKeys = { found: [], listed: 10, small: 2, read: 2 }
const backups: FoundBackups = {
  system: 'kiok',
  count: 1,
  sharesObjects: true,
  needed: ['a/kms.enc'],
  sealing: { sealed: 1, plain: 0 },
}
const best: PostureFacts = { place: bucket, keys, backups, copies: null, nowMs }

function stateOf(id: PostureCheckId, facts: PostureFacts): string | undefined {
  return judgePosture(facts).checks.find((check) => check.id === id)?.state
}

const inBucket = (changed: Partial<BucketFacts>): PostureFacts => ({
  ...best,
  place: { ...bucket, ...changed },
})

test('Of the best bucket all is good but what cannot be told, so its verdict is not good', () => {
  const { verdict, checks } = judgePosture(best)
  expect(verdict).toBe('unknown')
  expect(checks.filter(({ state }) => state !== 'good').map(({ id, state }) => [id, state])).toEqual([
    ['deletion', 'unknown'],
    ['sameDisk', 'notApplicable'],
    ['offlineCopy', 'unknown'],
  ])
})

/** Each question that a server does not answer, alone. */
const unanswered: readonly (readonly [PostureCheckId, PostureFacts])[] = [
  ['versioning', inBucket({ versioning: no })],
  ['objectLock', inBucket({ lock: no })],
  ['encryption', { ...inBucket({ encryption: no }), backups: null }],
  ['publicAccess', inBucket({ publicBlock: no, grants: no })],
  ['publicAccess', inBucket({ publicBlock: no, policyIsPublic: no, policy: no })],
  ['publicAccess', inBucket({ publicBlock: no, sampled: [{ ...object, grants: no }] })],
  ['lifecycle', inBucket({ lifecycle: no })],
  ['uploads', inBucket({ uploads: no })],
  ['lockDates', inBucket({ sampled: [{ ...object, lock: no }] })],
  ['lockDates', inBucket({ sampled: [] })],
  ['storageClass', inBucket({ sampled: [{ ...object, storage: no }] })],
  ['keyLike', inBucket({ outside: no })],
  ['keyLike', inBucket({ outside: yes({ keys: [], isCut: true }) })],
  ['keyLike', { ...best, keys: { ...keys, small: 300, read: 200 } }],
]

test.each(unanswered)('%s that is not told is unknown, never good (%#)', (id, facts) => {
  expect(stateOf(id, facts)).toBe('unknown')
})

test('A bucket that answers nothing at all has not one good check but what needs no answer', () => {
  const silent = inBucket({
    versioning: no,
    lock: no,
    encryption: no,
    publicBlock: no,
    policyIsPublic: no,
    policy: no,
    grants: no,
    lifecycle: no,
    uploads: no,
    outside: no,
    sampled: [{ ...object, lock: no, isHeld: no, grants: no, storage: no }],
  })
  const { checks } = judgePosture({ ...silent, backups: null })
  expect(checks.filter(({ state }) => state === 'good').map(({ id }) => id)).toEqual(['transport'])
})

const faults: readonly (readonly [PostureCheckId, string, PostureFacts])[] = [
  ['versioning', 'warning', inBucket({ versioning: yes('suspended') })],
  ['objectLock', 'warning', inBucket({ lock: yes({ enabled: false, byItself: null }) })],
  ['objectLock', 'good', inBucket({ lock: yes({ enabled: true, byItself: null }) })],
  [
    'objectLock',
    'warning',
    inBucket({
      lock: yes({ enabled: true, byItself: null }),
      sampled: [object, { ...object, lock: yes(null) }],
    }),
  ],
  [
    'objectLock',
    'warning',
    inBucket({ lock: yes({ enabled: true, byItself: { mode: 'GOVERNANCE', days: 9 } }) }),
  ],
  ['lockDates', 'warning', inBucket({ sampled: [object, { ...object, lock: yes(null) }] })],
  ['lockDates', 'good', inBucket({ sampled: [{ ...object, lock: yes(null), isHeld: yes(true) }] })],
  [
    'lockDates',
    'warning',
    inBucket({
      sampled: [{ ...object, lock: yes({ mode: 'COMPLIANCE', until: '2026-11-22T09:59:00.000Z' }) }],
    }),
  ],
  [
    'lockDates',
    'warning',
    inBucket({
      sampled: [{ ...object, lock: yes({ mode: 'GOVERNANCE', until: '2026-12-22T10:00:00.000Z' }) }],
    }),
  ],
  [
    'publicAccess',
    'bad',
    inBucket({
      publicBlock: no,
      grants: yes([{ to: 'anyAccount', permission: 'READ' }]),
    }),
  ],
  ['publicAccess', 'bad', inBucket({ publicBlock: no, policyIsPublic: yes(true) })],
  ['publicAccess', 'good', inBucket({ policyIsPublic: yes(true), grants: no })],
  ['transport', 'warning', inBucket({ transport: 'http' })],
  [
    'encryption',
    'warning',
    { ...inBucket({ encryption: yes(null) }), backups: { ...backups, sealing: { sealed: 1, plain: 1 } } },
  ],
  ['encryption', 'warning', { ...best, backups: { ...backups, sealing: { sealed: 0, plain: 1 } } }],
  ['encryption', 'good', inBucket({ encryption: yes(null) })],
  [
    'storageClass',
    'bad',
    inBucket({ sampled: [{ ...object, storage: yes({ name: 'GLACIER', isArchived: true }) }] }),
  ],
  [
    'storageClass',
    'unknown',
    inBucket({ sampled: [{ ...object, storage: yes({ name: 'COLD', isArchived: null }) }] }),
  ],
  [
    'uploads',
    'warning',
    inBucket({ uploads: yes({ count: 1, oldestAt: '2026-11-20T10:00:00.000Z', isCut: false }) }),
  ],
  ['keyLike', 'bad', inBucket({ outside: yes({ keys: ['other/id_rsa'], isCut: true }) })],
  ['keyLike', 'bad', { ...best, keys: { ...keys, found: [{ key: 'x', why: 'holds a private key' }] } }],
]

test.each(faults)('%s is %s (%#)', (id, state, facts) => {
  expect(stateOf(id, facts)).toBe(state)
})

const rule = {
  id: 'r',
  prefix: 'top/a/',
  isNarrowed: false,
  deletes: { days: 7, date: null },
  moves: [],
  deletesOldVersionsAfterDays: null,
}

test.each([
  ['what a backup needs', rule, backups, 'bad'],
  [
    'what a backup of a system that shares nothing needs',
    rule,
    { ...backups, sharesObjects: false },
    'warning',
  ],
  ['what nobody knows to be needed', { ...rule, prefix: '' }, null, 'warning'],
  ['what no backup needs', { ...rule, prefix: 'top/b/' }, backups, 'good'],
  ['another place', { ...rule, prefix: 'logs/' }, null, 'good'],
  ['old versions alone', { ...rule, deletes: null, deletesOldVersionsAfterDays: 3 }, backups, 'good'],
  [
    'to an archive',
    { ...rule, deletes: null, moves: [{ days: 3, date: null, storageClass: 'GLACIER' }] },
    backups,
    'warning',
  ],
] as const)('A rule that is about %s', (_what, one, known, state) => {
  const facts = { ...inBucket({ lifecycle: yes([one]) }), backups: known }
  expect(stateOf('lifecycle', facts)).toBe(state)
})

test('Deletion is told by a policy alone, where it denies versions too and has no condition', () => {
  const policy = (more: object): PostureFacts => {
    const statement = {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:Delete*',
      Resource: 'arn:aws:s3:::vault/*',
      ...more,
    }
    return inBucket({ policy: yes(JSON.stringify({ Statement: [statement] })) })
  }
  expect(stateOf('deletion', policy({}))).toBe('good')
  for (const more of [
    { Action: 's3:DeleteObject' },
    { Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    { Principal: { AWS: 'arn:aws:iam::1:user/x' } },
    { Resource: 'arn:aws:s3:::vault/top/b/*' },
    { Effect: 'Allow' },
  ])
    expect(stateOf('deletion', policy(more))).toBe('unknown')
  expect(stateOf('deletion', inBucket({ policy: yes('<html>') }))).toBe('unknown')
})

const folder = {
  kind: 'folder',
  where: 'here',
  path: '/srv/backups',
  mode: yes(0o700),
  owner: '0',
  looseParts: [],
  mayWrite: yes(false),
  isOnRootDisk: yes(false),
} as const

test('A folder has no settings of a bucket, and none of them is called good', () => {
  const { verdict, checks } = judgePosture({ ...best, place: folder })
  expect(checks.filter(({ state }) => state === 'good').map(({ id }) => id)).toEqual([
    'keyLike',
    'publicAccess',
    'deletion',
    'encryption',
  ])
  expect(verdict).toBe('unknown')
})

test.each([
  [{ mode: yes(0o757) }, 'bad'],
  [{ looseParts: [{ name: 'a/', mode: 0o777 }] }, 'bad'],
  [{ mode: yes(0o770) }, 'warning'],
  [{ mode: yes(0o755) }, 'warning'],
  [{ mode: no }, 'unknown'],
] as const)('Who else may use a folder: %j is %s', (changed, state) => {
  expect(stateOf('publicAccess', { ...best, place: { ...folder, ...changed } })).toBe(state)
})

test('A place that tells nothing is no good place', () => {
  expect(stateOf('publicAccess', { ...best, place: null })).toBe('unknown')
  expect(judgePosture({ ...best, place: null }).verdict).toBe('unknown')
})

test('Checks are counted with the worst first, one and many in their own words', () => {
  const states = ['notApplicable', 'warning', 'good', 'bad', 'warning', 'notApplicable'] as const
  expect(postureCounts(states.map((state) => ({ state })))).toBe('1 bad, 2 warnings, 1 good, 2 do not apply')
})

test('Checks are told the worst first, those of one state as they come', () => {
  const checks = (['good', 'notApplicable', 'bad', 'unknown', 'warning', 'bad'] as const).map(
    (state, at) => ({
      state,
      at,
    }),
  )
  expect(worstChecksFirst(checks).map(({ at }) => at)).toEqual([2, 5, 4, 3, 0, 1])
})
