import {
  GetBucketAclCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketVersioningCommand,
  GetObjectAclCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  GetPublicAccessBlockCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type GetObjectLockConfigurationCommandOutput,
  type Grant as S3Grant,
  type LifecycleRule as S3Rule,
  type S3Client,
} from '@aws-sdk/client-s3'
import { isHoldfastError } from '../../../shared/domain/error.ts'
import { mapInParallel } from '../../../shared/domain/parallel.ts'
import type {
  BucketFacts,
  DefaultLock,
  Grant,
  LifecycleRule,
  LockMode,
  SampledObject,
  Told,
  When,
} from '../../../shared/domain/place-facts.ts'
import type { S3Connection } from './connection.ts'
import { S3Nonsense, S3Refusal } from './failure.ts'
import { listPage } from './list-page.ts'
import { versionOf } from './object-version.ts'

type Ask = <T>(
  doing: string,
  run: (client: S3Client, options: { readonly abortSignal?: AbortSignal }) => Promise<T>,
  /** Codes by which the server says that there is none, and what that means. */
  none?: { readonly codes: readonly string[]; readonly value: T },
) => Promise<Told<T>>

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
  const ask: Ask = (doing, run, none) => told(connection, { doing, signal }, run, none)
  return {
    kind: 'bucket',
    bucket,
    prefix,
    transport,
    versioning: await ask('read the versioning of', async (client, options) => {
      const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket }), options)
      if (Status === 'Enabled') return 'on'
      if (Status === 'Suspended') return 'suspended'
      return 'never'
    }),
    lock: await ask(
      'read the object lock of',
      async (client, options) =>
        lockOf(await client.send(new GetObjectLockConfigurationCommand({ Bucket }), options)),
      { codes: ['ObjectLockConfigurationNotFoundError'], value: { enabled: false, byItself: null } },
    ),
    encryption: await ask<string | null>(
      'read the default encryption of',
      async (client, options) => {
        const answer = await client.send(new GetBucketEncryptionCommand({ Bucket }), options)
        const [rule] = answer.ServerSideEncryptionConfiguration?.Rules ?? []
        return rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? null
      },
      { codes: ['ServerSideEncryptionConfigurationNotFoundError'], value: null },
    ),
    publicBlock: await ask(
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
    policyIsPublic: await ask(
      'read the policy status of',
      async (client, options) => {
        const { PolicyStatus } = await client.send(new GetBucketPolicyStatusCommand({ Bucket }), options)
        if (PolicyStatus?.IsPublic === undefined) throw new S3Nonsense('a policy status that says nothing')
        return PolicyStatus.IsPublic
      },
      { codes: ['NoSuchBucketPolicy'], value: false },
    ),
    policy: await ask<string | null>(
      'read the policy of',
      async (client, options) =>
        (await client.send(new GetBucketPolicyCommand({ Bucket }), options)).Policy ?? null,
      { codes: ['NoSuchBucketPolicy'], value: null },
    ),
    grants: await ask('read the access list of', async (client, options) =>
      grantsOf((await client.send(new GetBucketAclCommand({ Bucket }), options)).Grants),
    ),
    lifecycle: await ask<readonly LifecycleRule[]>(
      'read the lifecycle rules of',
      async (client, options) => {
        const answer = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }), options)
        return (answer.Rules ?? []).filter(({ Status }) => Status === 'Enabled').map(ruleOf)
      },
      { codes: ['NoSuchLifecycleConfiguration'], value: [] },
    ),
    uploads: await ask('list the uploads in', async (client, options) => {
      const command = new ListMultipartUploadsCommand({ Bucket, Prefix: prefix, MaxUploads: 1000 })
      const { Uploads = [], IsTruncated } = await client.send(command, options)
      const begun = Uploads.flatMap(({ Initiated }) => (Initiated ? [Initiated.toISOString()] : [])).sort()
      return { count: Uploads.length, oldestAt: begun[0] ?? null, isCut: IsTruncated === true }
    }),
    outside: await outside(connection, signal),
    sampled: await mapInParallel(sample, objectsAtOnce, async (key) => sampled(connection, key, ask)),
  }
}

/** A refusal, or an answer to something else, is an answer of its own; only a server that cannot be reached is a failure. */
async function told<T>(
  connection: S3Connection,
  { doing, signal }: { readonly doing: string; readonly signal: AbortSignal | undefined },
  run: (client: S3Client, options: { readonly abortSignal?: AbortSignal }) => Promise<T>,
  none: { readonly codes: readonly string[]; readonly value: T } | undefined,
): Promise<Told<T>> {
  try {
    const value = await connection.send({ doing, reads: true, signal }, run)
    return { told: true, value }
  } catch (error) {
    if (!isHoldfastError(error)) throw error
    const { cause } = error
    if (cause instanceof S3Refusal) {
      if (none !== undefined && none.codes.includes(cause.code ?? ''))
        return { told: true, value: none.value }
      return { told: false, why: refusalWords(cause) }
    }
    if (error.code !== 'repository.badAnswer') throw error
    return { told: false, why: 'The server answers something else to it: it does not know the question.' }
  }
}

function refusalWords({ status, code }: S3Refusal): string {
  const said = `(${status}${code === null ? '' : ` ${code}`})`
  if (status === 401 || status === 403) return `These keys may not ask it ${said}.`
  if (status >= 500 && status !== 501) return `The server failed to answer it ${said}.`
  return `The server does not offer it ${said}.`
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

function lockMode(text: string | undefined): LockMode | null {
  return text === 'GOVERNANCE' || text === 'COMPLIANCE' ? text : null
}

const groups: Readonly<Record<string, Grant['to']>> = {
  'http://acs.amazonaws.com/groups/global/AllUsers': 'everyone',
  'http://acs.amazonaws.com/groups/global/AuthenticatedUsers': 'anyAccount',
}

function grantsOf(grants: readonly S3Grant[] | undefined): readonly Grant[] {
  // The owner of a bucket always stands in its list.
  if (grants === undefined) throw new S3Nonsense('an access list without an entry')
  return grants.flatMap(({ Grantee, Permission }) => {
    const to = groups[Grantee?.URI ?? '']
    return to === undefined ? [] : [{ to, permission: Permission ?? 'unknown' }]
  })
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

const readAtOnce = new Set([
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'REDUCED_REDUNDANCY',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'EXPRESS_ONEZONE',
])
const archives = new Set(['GLACIER', 'DEEP_ARCHIVE'])
const notLocked = [
  'NoSuchObjectLockConfiguration',
  'ObjectLockConfigurationNotFoundError',
  // Of a bucket without object lock.
  'InvalidRequest',
]

async function sampled(connection: S3Connection, key: string, ask: Ask): Promise<SampledObject> {
  const target = { Bucket: connection.bucket, Key: connection.fullKey(key) }
  const of = `of ${JSON.stringify(target.Key)} in`
  return {
    key,
    lock: await ask<{ readonly mode: LockMode; readonly until: string } | null>(
      `read the lock ${of}`,
      async (client, options) => {
        const { Retention } = await client.send(new GetObjectRetentionCommand(target), options)
        const mode = lockMode(Retention?.Mode)
        const until = Retention?.RetainUntilDate
        return mode === null || until === undefined ? null : { mode, until: until.toISOString() }
      },
      { codes: notLocked, value: null },
    ),
    isHeld: await ask(
      `read the legal hold ${of}`,
      async (client, options) =>
        (await client.send(new GetObjectLegalHoldCommand(target), options)).LegalHold?.Status === 'ON',
      { codes: notLocked, value: false },
    ),
    grants: await ask(`read the access list ${of}`, async (client, options) =>
      grantsOf((await client.send(new GetObjectAclCommand(target), options)).Grants),
    ),
    storage: await ask(`read the storage class ${of}`, async (client, options) => {
      const answer = await client.send(new HeadObjectCommand(target), options)
      // Another page than an object has no ETag, and no storage class either.
      versionOf(answer, answer.ContentLength)
      // Left out of the answer for the usual one.
      const { StorageClass = 'STANDARD', ArchiveStatus } = answer
      const name = ArchiveStatus === undefined ? StorageClass : `${StorageClass}, ${ArchiveStatus}`
      const isArchived = ArchiveStatus !== undefined || archives.has(StorageClass)
      return { name, isArchived: isArchived ? true : readAtOnce.has(StorageClass) ? false : null }
    }),
  }
}
