import {
  GetBucketAclCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  ListMultipartUploadsCommand,
  type GetObjectLockConfigurationCommandOutput,
  type LifecycleRule as S3Rule,
} from '@aws-sdk/client-s3'
import { isHoldfastError } from '../../../shared/domain/error.ts'
import { mapInParallel } from '../../../shared/domain/parallel.ts'
import type { BucketFacts, DefaultLock, LifecycleRule, When } from '../../../shared/domain/place-facts.ts'
import { asking, refusalWords } from './ask-setting.ts'
import type { S3Connection } from './connection.ts'
import { S3Nonsense, S3Refusal } from './failure.ts'
import { grantsOf } from './grants.ts'
import { listPage } from './list-page.ts'
import { lockMode } from './lock-mode.ts'
import { sampledObject } from './sampled-object.ts'

const objectsAtOnce = 4

/** What `ObjectStore.facts` promises. Reads only: every request is a GET or a HEAD. */
export async function placeFacts(
  connection: S3Connection,
  sample: readonly string[],
  {
    transport,
    signal,
  }: { readonly transport: BucketFacts['transport']; readonly signal: AbortSignal | undefined },
): Promise<BucketFacts> {
  const { bucket, prefix } = connection
  const Bucket = bucket
  const ask = asking(connection, signal)
  return {
    kind: 'bucket',
    bucket,
    prefix,
    transport,
    ...(await allOf({
      versioning: ask('read the versioning of', async (client, options) => {
        const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket }), options)
        if (Status === 'Enabled') return 'on'
        if (Status === 'Suspended') return 'suspended'
        return 'never'
      }),
      lock: ask(
        'read the object lock of',
        async (client, options) =>
          lockOf(await client.send(new GetObjectLockConfigurationCommand({ Bucket }), options)),
        { codes: ['ObjectLockConfigurationNotFoundError'], value: { enabled: false, byItself: null } },
      ),
      encryption: ask<string | null>(
        'read the default encryption of',
        async (client, options) => {
          const answer = await client.send(new GetBucketEncryptionCommand({ Bucket }), options)
          const [rule] = answer.ServerSideEncryptionConfiguration?.Rules ?? []
          return rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? null
        },
        { codes: ['ServerSideEncryptionConfigurationNotFoundError'], value: null },
      ),
      publicBlock: ask(
        'read the public access block of',
        async (client, options) => {
          const answer = await client.send(new GetPublicAccessBlockCommand({ Bucket }), options)
          const { IgnorePublicAcls, RestrictPublicBuckets } = answer.PublicAccessBlockConfiguration ?? {}
          return {
            ignoresLists: IgnorePublicAcls === true,
            restrictsPolicies: RestrictPublicBuckets === true,
          }
        },
        {
          codes: ['NoSuchPublicAccessBlockConfiguration'],
          value: { ignoresLists: false, restrictsPolicies: false },
        },
      ),
      policyIsPublic: ask(
        'read the policy status of',
        async (client, options) => {
          const { PolicyStatus } = await client.send(new GetBucketPolicyStatusCommand({ Bucket }), options)
          if (PolicyStatus?.IsPublic === undefined) throw new S3Nonsense('a policy status that says nothing')
          return PolicyStatus.IsPublic
        },
        { codes: ['NoSuchBucketPolicy'], value: false },
      ),
      policy: ask<string | null>(
        'read the policy of',
        async (client, options) =>
          (await client.send(new GetBucketPolicyCommand({ Bucket }), options)).Policy ?? null,
        { codes: ['NoSuchBucketPolicy'], value: null },
      ),
      grants: ask('read the access list of', async (client, options) =>
        grantsOf((await client.send(new GetBucketAclCommand({ Bucket }), options)).Grants),
      ),
      lifecycle: ask<readonly LifecycleRule[]>(
        'read the lifecycle rules of',
        async (client, options) => {
          const answer = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }), options)
          return (answer.Rules ?? []).filter(({ Status }) => Status === 'Enabled').map(ruleOf)
        },
        { codes: ['NoSuchLifecycleConfiguration'], value: [] },
      ),
      uploads: ask('list the uploads in', async (client, options) => {
        const command = new ListMultipartUploadsCommand({ Bucket, Prefix: prefix, MaxUploads: 1000 })
        const { Uploads = [], IsTruncated } = await client.send(command, options)
        const begun = Uploads.flatMap(({ Initiated }) => (Initiated ? [Initiated.toISOString()] : [])).sort()
        return { count: Uploads.length, oldestAt: begun[0] ?? null, isCut: IsTruncated === true }
      }),
      outside: outside(connection, signal),
      sampled: mapInParallel(sample, objectsAtOnce, async (key) => sampledObject(connection, key, ask)),
    })),
  }
}

/** Side by side: a server that is far away is waited for once. */
async function allOf<T extends object>(asked: { readonly [Name in keyof T]: Promise<T[Name]> }): Promise<T> {
  const entries = Object.entries<Promise<unknown>>(asked)
  const values = await Promise.all(entries.map(async ([name, value]) => [name, await value] as const))
  return Object.fromEntries(values) as T
}

const daysOfYear = 365

function lockOf({ ObjectLockConfiguration: configuration }: GetObjectLockConfigurationCommandOutput): {
  readonly enabled: boolean
  readonly byItself: DefaultLock | null
} {
  const { Mode, Days, Years } = configuration?.Rule?.DefaultRetention ?? {}
  const days = Days ?? (Years === undefined ? null : Years * daysOfYear)
  const mode = lockMode(Mode)
  return {
    enabled: configuration?.ObjectLockEnabled === 'Enabled',
    byItself: mode === null || days === null ? null : { mode, days },
  }
}

function ruleOf({
  ID,
  Filter,
  Prefix,
  Expiration,
  Transitions,
  NoncurrentVersionExpiration,
}: S3Rule): LifecycleRule {
  const { And } = Filter ?? {}
  const narrowing = [
    Filter?.Tag,
    Filter?.ObjectSizeGreaterThan,
    Filter?.ObjectSizeLessThan,
    And?.ObjectSizeGreaterThan,
    And?.ObjectSizeLessThan,
  ]
  const deletes = whenOf(Expiration)
  return {
    id: ID ?? '',
    prefix: And?.Prefix ?? Filter?.Prefix ?? Prefix ?? '',
    isNarrowed: narrowing.some((one) => one !== undefined) || (And?.Tags ?? []).length > 0,
    // Without a time it clears delete markers only.
    deletes: deletes.days === null && deletes.date === null ? null : deletes,
    moves: (Transitions ?? []).map((move) => ({ ...whenOf(move), storageClass: move.StorageClass ?? '' })),
    deletesOldVersionsAfterDays: NoncurrentVersionExpiration?.NoncurrentDays ?? null,
  }
}

function whenOf(
  time: { readonly Days?: number | undefined; readonly Date?: Date | undefined } | undefined,
): When {
  return { days: time?.Days ?? null, date: time?.Date?.toISOString() ?? null }
}

const pagesOutside = 10
/** After every key that begins with what stands before it. */
const highest = '\u{10FFFF}'

/** Names in the bucket before and after those of the repository, whose own are skipped. */
async function outside(
  connection: S3Connection,
  signal: AbortSignal | undefined,
): Promise<BucketFacts['outside']> {
  const { prefix } = connection
  if (prefix === '') return { told: true, value: null }
  const whole: S3Connection = { ...connection, prefix: '' }
  const keys: string[] = []
  let from: { readonly token?: string; readonly after?: string } = {}
  try {
    for (let page = 0; page < pagesOutside; page += 1) {
      const { entries, nextToken } = await listPage(whole, { prefix: '', ...from, ...(signal && { signal }) })
      const listed = entries.flatMap((entry) => (entry.kind === 'object' ? [entry.key] : []))
      keys.push(...listed.filter((key) => !key.startsWith(prefix)))
      if (nextToken === null) return { told: true, value: { keys, isCut: false } }
      from = listed.at(-1)?.startsWith(prefix) === true ? { after: prefix + highest } : { token: nextToken }
    }
    return { told: true, value: { keys, isCut: true } }
  } catch (error) {
    if (isHoldfastError(error) && error.cause instanceof S3Refusal)
      return { told: false, why: refusalWords(error.cause) }
    throw error
  }
}
