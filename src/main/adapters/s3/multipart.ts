import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { ObjectInfo, PutOptions } from '../../ports/object-store.ts'
import type { S3Connection } from './connection.ts'
import { S3Nonsense } from './failure.ts'
import { versionOf } from './object-version.ts'
import { head } from './read.ts'
import type { Action } from './translate.ts'

/** An object that is written in parts; nothing of it is seen before `complete`. */
export interface Multipart {
  /** Waits until the part before this one has arrived, then sends this one. The bytes must not be changed any more. */
  add(part: Uint8Array): Promise<void>
  complete(): Promise<ObjectInfo>
  /** Gives back the space of all parts; never throws. */
  abandon(): Promise<void>
}

const maxParts = 10_000

export async function startMultipart(
  connection: S3Connection,
  key: string,
  { ifAbsent = false, signal }: PutOptions,
): Promise<Multipart> {
  const Key = connection.fullKey(key)
  const Bucket = connection.bucket
  const action: Action = { doing: `write ${JSON.stringify(Key)} to`, reads: false, signal }
  if (ifAbsent) await throwIfThere(connection, key, signal)
  const UploadId = await connection.send(action, async (client, options) => {
    const answer = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }), options)
    if (answer.UploadId === undefined) throw new S3Nonsense('no upload id')
    return answer.UploadId
  })
  const parts: CompletedPart[] = []
  let onItsWay: Promise<void> = Promise.resolve()
  let sizeBytes = 0

  async function send(PartNumber: number, Body: Uint8Array): Promise<void> {
    const ETag = await connection.send(action, async (client, options) => {
      const command = new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body })
      const answer = await client.send(command, options)
      if (answer.ETag === undefined) throw new S3Nonsense('a part without an ETag')
      return answer.ETag
    })
    parts.push({ PartNumber, ETag })
  }

  return {
    async add(part) {
      await onItsWay
      if (parts.length === maxParts) throw tooLong(Key)
      sizeBytes += part.byteLength
      onItsWay = send(parts.length + 1, part)
      // Its failure is thrown where it is waited for.
      onItsWay.catch(() => undefined)
    },
    async complete() {
      await onItsWay
      // Servers that do not know the condition on completing ignore it; asking again leaves them a moment only.
      if (ifAbsent) await throwIfThere(connection, key, signal)
      const completed = await connection.send(action, async (client, options) => {
        const command = new CompleteMultipartUploadCommand({
          Bucket,
          Key,
          UploadId,
          MultipartUpload: { Parts: parts },
          IfNoneMatch: ifAbsent ? '*' : undefined,
        })
        const answer = await client.send(command, options)
        // Ceph RGW 16 answers with an empty ETag.
        return answer.ETag === '' ? null : { key, ...versionOf(answer, sizeBytes) }
      })
      const info = completed ?? (await head(connection, key, signal))
      if (info?.sizeBytes === sizeBytes) return info
      throw connection.failure(new S3Nonsense('an object that is not there after it was written'), action)
    },
    async abandon() {
      // A part that arrives after the abort would stay for ever.
      await onItsWay.catch(() => undefined)
      const tidy: Action = { doing: action.doing, reads: false }
      await connection
        .send(tidy, (client) => client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })))
        .catch(() => undefined)
    },
  }
}

async function throwIfThere(
  connection: S3Connection,
  key: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  if ((await head(connection, key, signal)) === null) return
  throw new HoldfastError('object.changed', {
    what: `The object ${JSON.stringify(connection.fullKey(key))} exists already.`,
    unchanged: 'It was not changed.',
  })
}

function tooLong(key: string): HoldfastError {
  return new HoldfastError('repository.full', {
    what: `The object ${JSON.stringify(key)} is too long for S3.`,
    why: `S3 takes at most ${maxParts} parts, here of 16 MiB each.`,
    unchanged: 'No object was written.',
  })
}
