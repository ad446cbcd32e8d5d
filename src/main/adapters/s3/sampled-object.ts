import {
  GetObjectAclCommand,
  GetObjectLegalHoldCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
} from '@aws-sdk/client-s3'
import type { LockMode, SampledObject } from '../../../shared/domain/place-facts.ts'
import type { Ask } from './ask-setting.ts'
import type { S3Connection } from './connection.ts'
import { grantsOf } from './grants.ts'
import { lockMode } from './lock-mode.ts'
import { versionOf } from './object-version.ts'

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

/** What the server says of one object: its lock, who is let at it, and whether it can be read at once. */
export async function sampledObject(connection: S3Connection, key: string, ask: Ask): Promise<SampledObject> {
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
