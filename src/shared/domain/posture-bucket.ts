import type { BucketFacts, Grant, Told } from './place-facts.ts'
import {
  cannotBeTold,
  doesNotApply,
  sealingWords,
  type FoundBackups,
  type PostureCheck,
} from './posture-check.ts'
import { deniesDeletion } from './policy-deletion.ts'
import { lifecycle } from './posture-lifecycle.ts'
import { lockDates, objectLock } from './posture-locks.ts'
import { countOf, spanWords } from './size-words.ts'

/** A bucket, by what its server says of it. */
export function bucketChecks(
  place: BucketFacts,
  backups: FoundBackups | null,
  nowMs: number,
): readonly PostureCheck[] {
  return [
    publicAccess(place),
    transport(place),
    versioning(place),
    objectLock(place),
    lockDates(place, nowMs),
    deletion(place),
    encryption(place, backups),
    lifecycle(place, backups),
    storageClass(place),
    uploads(place, nowMs),
    doesNotApply('sameDisk', 'A bucket does not say which disks it lies on.'),
  ]
}

function publicAccess({ publicBlock, policyIsPublic, policy, grants, sampled }: BucketFacts): PostureCheck {
  const ignoresLists = publicBlock.told && publicBlock.value.ignoresLists
  const restricts = publicBlock.told && publicBlock.value.restrictsPolicies
  const open = [
    ...(!ignoresLists && grants.told
      ? grants.value.map((grant) => `access list of the bucket: ${grantWords(grant)}`)
      : []),
    ...(ignoresLists
      ? []
      : sampled.flatMap((each) =>
          each.grants.told
            ? each.grants.value.map((grant) => `access list of ${each.key}: ${grantWords(grant)}`)
            : [],
        )),
    ...(!restricts && policyIsPublic.told && policyIsPublic.value
      ? ['the server calls its policy public']
      : []),
  ]
  if (open.length > 0) {
    return {
      id: 'publicAccess',
      state: 'bad',
      sentence: 'Others than its account are let into the bucket.',
      evidence: open,
      next: 'Set a public access block, or take the grant or the statement away.',
    }
  }
  const hasNoPolicy = policy.told && policy.value === null
  const missing = [
    ...(ignoresLists ? [] : whyNot('access list of the bucket', grants)),
    ...(ignoresLists
      ? []
      : sampled.flatMap((each) => whyNot(`access list of ${each.key}`, each.grants)).slice(0, 1)),
    ...(restricts || hasNoPolicy ? [] : whyNot('policy status', policyIsPublic)),
  ]
  if (missing.length > 0) {
    return cannotBeTold('publicAccess', 'Whether others are let in cannot be told.', [
      ...missing,
      ...whyNot('public access block', publicBlock),
    ])
  }
  return {
    id: 'publicAccess',
    state: 'good',
    sentence: 'Neither the policy nor the access list of the bucket lets everybody in.',
    evidence: ignoresLists
      ? ['a public access block ignores access lists']
      : [
          sampled.length === 0
            ? 'access lists of single objects were not read'
            : `access lists of single objects were read for ${countOf(sampled.length, 'object')} of the newest backup`,
        ],
  }
}

function grantWords({ to, permission }: Grant): string {
  return `${permission} to ${to === 'everyone' ? 'everybody' : 'whoever has an account anywhere'}`
}

function whyNot(what: string, told: Told<unknown>): readonly string[] {
  return told.told ? [] : [`${what}: ${told.why}`]
}

function transport({ transport: way }: BucketFacts): PostureCheck {
  switch (way) {
    case 'https':
      return { id: 'transport', state: 'good', sentence: 'The bucket is reached over TLS.', evidence: [] }
    case 'httpHere':
      return cannotBeTold(
        'transport',
        'It is reached without TLS at this machine. Where it goes on from there is not seen.',
      )
    case 'http':
      return {
        id: 'transport',
        state: 'warning',
        sentence: 'It is reached without TLS: who is on the way reads and changes what passes.',
        evidence: [],
        next: 'Use an https endpoint.',
      }
  }
}

function versioning({ versioning: told }: BucketFacts): PostureCheck {
  if (!told.told)
    return cannotBeTold('versioning', 'Whether old versions are kept cannot be told.', [told.why])
  if (told.value === 'on') {
    return {
      id: 'versioning',
      state: 'good',
      sentence:
        'The bucket keeps old versions: what is overwritten or deleted can be had back, until somebody deletes the versions.',
      evidence: ['versioning: enabled'],
    }
  }
  return {
    id: 'versioning',
    state: 'warning',
    sentence:
      told.value === 'suspended'
        ? 'The bucket keeps no new versions any more: what is overwritten or deleted now is gone.'
        : 'The bucket keeps no old versions: what is overwritten or deleted is gone.',
    evidence: [`versioning: ${told.value === 'suspended' ? 'suspended' : 'never enabled'}`],
    next: 'Enable versioning on the bucket.',
  }
}

function deletion({ policy, bucket, versioning: versions }: BucketFacts): PostureCheck {
  const denied = policy.told && policy.value !== null ? deniesDeletion(policy.value, bucket) : null
  const keepsVersions = !versions.told || versions.value !== 'never'
  if (denied === 'everything' || (denied === 'current' && !keepsVersions)) {
    return {
      id: 'deletion',
      state: 'good',
      sentence: 'The policy of the bucket denies everybody to delete objects.',
      evidence: ['who may change the policy can take that back'],
    }
  }
  return cannotBeTold(
    'deletion',
    'Whether these credentials may delete backups is not told without trying, and nothing is tried here.',
    [
      ...(policy.told ? [] : [`policy: ${policy.why}`]),
      ...(denied === 'current' ? ['the policy denies to delete objects, but not their versions'] : []),
    ],
  )
}

function encryption({ encryption: told }: BucketFacts, backups: FoundBackups | null): PostureCheck {
  const words = backups === null ? null : sealingWords(backups)
  const evidence = [
    ...(words === null ? [] : [words]),
    told.told ? `default encryption: ${told.value ?? 'none'}` : `default encryption: ${told.why}`,
  ]
  if (backups?.sealing?.plain === 0) {
    return {
      id: 'encryption',
      state: 'good',
      sentence: 'What was looked at of the newest backup is sealed: it does not rely on the server for it.',
      evidence,
    }
  }
  const isPlain = backups !== null && backups.sealing !== null
  if (!told.told) {
    return cannotBeTold(
      'encryption',
      isPlain
        ? 'The newest backup is not sealed, and whether the server encrypts it cannot be told.'
        : 'Whether the server encrypts what lies here cannot be told.',
      evidence,
    )
  }
  if (told.value === null) {
    return {
      id: 'encryption',
      state: 'warning',
      sentence: isPlain
        ? 'The newest backup is not sealed, and the server does not encrypt by itself.'
        : 'The server does not encrypt by itself, and whether the backups are sealed was not seen.',
      evidence,
      next: 'Set a default encryption on the bucket.',
    }
  }
  return isPlain
    ? {
        id: 'encryption',
        state: 'warning',
        sentence:
          'The newest backup is not sealed. The server encrypts its disks, but who may read the bucket reads it plain.',
        evidence,
      }
    : {
        id: 'encryption',
        state: 'good',
        sentence:
          'The server encrypts what is written by itself. Whether the backups are sealed was not seen.',
        evidence,
      }
}

function storageClass({ sampled }: BucketFacts): PostureCheck {
  if (sampled.length === 0)
    return cannotBeTold('storageClass', 'No backup is known here whose objects could be asked about.')
  const evidence = sampled.map(
    ({ key, storage }) => `${key}: ${storage.told ? storage.value.name : storage.why}`,
  )
  const archived = sampled.filter(({ storage }) => storage.told && storage.value.isArchived === true).length
  if (archived > 0) {
    return {
      id: 'storageClass',
      state: 'bad',
      sentence: `${archived} of ${countOf(sampled.length, 'object')} of the newest backup that were asked about ${archived === 1 ? 'lies' : 'lie'} in an archive, from which it takes hours to read.`,
      evidence,
      next: 'Fetch them back with the tools of the storage, and keep the newest backups out of the archive.',
    }
  }
  if (sampled.some(({ storage }) => !storage.told || storage.value.isArchived === null)) {
    return cannotBeTold(
      'storageClass',
      'Whether the newest backup can be read at once cannot be told of every object that was asked about.',
      evidence,
    )
  }
  return {
    id: 'storageClass',
    state: 'good',
    sentence: `All ${countOf(sampled.length, 'object')} of the newest backup that were asked about can be read at once.`,
    evidence,
  }
}

const oldUploadMs = 86_400_000

function uploads({ uploads: told }: BucketFacts, nowMs: number): PostureCheck {
  if (!told.told)
    return cannotBeTold('uploads', 'Whether unfinished uploads lie here cannot be told.', [told.why])
  const { count, oldestAt, isCut } = told.value
  if (count === 0)
    return { id: 'uploads', state: 'good', sentence: 'No unfinished upload lies here.', evidence: [] }
  const ageMs = oldestAt === null ? Number.POSITIVE_INFINITY : nowMs - Date.parse(oldestAt)
  const words = `${isCut ? 'more than ' : ''}${countOf(count, 'unfinished upload')}`
  const evidence = [oldestAt === null ? 'no time is told' : `the oldest was begun ${spanWords(ageMs)} ago`]
  return ageMs <= oldUploadMs
    ? { id: 'uploads', state: 'good', sentence: `${words}, none older than a day.`, evidence }
    : {
        id: 'uploads',
        state: 'warning',
        sentence: `${words}: parts that take room, and backups that may not have come to their end.`,
        evidence,
        next: 'See whether that night’s backup is there. A lifecycle rule can end old uploads.',
      }
}
