import { Readable } from 'node:stream'
import { GetObjectCommand, HeadObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3'
import { throwIfCancelled } from '../../../shared/domain/cancelled.ts'
import { coveredBytes } from '../../../shared/domain/covered-bytes.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { ObjectVersion } from '../../../shared/domain/object-facts.ts'
import type { ByteRange, GetOptions, ObjectInfo, ObjectReading } from '../../ports/object-store.ts'
import type { S3Connection } from './connection.ts'
import { S3Nonsense, S3Refusal } from './failure.ts'
import { versionOf } from './object-version.ts'
import type { Action } from './translate.ts'

/** What `ObjectStore.head` promises. A missing bucket looks like a missing object here: a head has no body to tell. */
export async function head(
  connection: S3Connection,
  key: string,
  signal: AbortSignal | undefined,
): Promise<ObjectInfo | null> {
  const Key = connection.fullKey(key)
  return connection.send(reading(Key, signal), async (client, options) => {
    try {
      const answer = await client.send(new HeadObjectCommand({ Bucket: connection.bucket, Key }), options)
      return { key, ...versionOf(answer, answer.ContentLength) }
    } catch (error) {
      if (error instanceof S3Refusal && error.status === 404) return null
      throw error
    }
  })
}

/** What `ObjectStore.get` promises. */
export async function get(
  connection: S3Connection,
  key: string,
  { range, expect, signal }: GetOptions,
): Promise<ObjectReading> {
  const Key = connection.fullKey(key)
  const action = reading(Key, signal)
  const opened = await connection.send(action, async (client, options) => {
    const command = new GetObjectCommand({
      Bucket: connection.bucket,
      Key,
      Range: range && `bytes=${range.startByte}-${range.endByte ?? ''}`,
      IfMatch: expect?.etag === undefined || expect.etag === null ? undefined : quoted(expect.etag),
    })
    try {
      return open(await client.send(command, options), range)
    } catch (error) {
      // A range that begins at or beyond the end.
      if (error instanceof S3Refusal && error.status === 416) return null
      throw error
    }
  })
  if (opened === null) {
    const info = await head(connection, key, signal)
    if (info === null) throw connection.failure(new S3Refusal(404, {}, { code: 'NoSuchKey' }), action)
    if (expect !== undefined) throwIfChanged(Key, info, expect)
    return { info, pieces: none() }
  }
  const { body, version, lengthBytes } = opened
  try {
    if (expect !== undefined) throwIfChanged(Key, version, expect)
  } catch (error) {
    body.destroy()
    throw error
  }
  return { info: { key, ...version }, pieces: piecesOf(body, lengthBytes, action, connection) }
}

interface OpenBody {
  readonly body: Readable
  readonly version: ObjectVersion
  /** How many bytes the body must have. */
  readonly lengthBytes: number
}

/** Checks that the answer has the bytes asked for, before any of them is given out. */
function open(answer: GetObjectCommandOutput, range: ByteRange | undefined): OpenBody {
  const body: unknown = answer.Body
  if (!(body instanceof Readable)) throw new S3Nonsense('an object without a body')
  // Until somebody reads, nobody else listens.
  body.on('error', () => undefined)
  try {
    const total = /^bytes ([0-9]+)-([0-9]+)\/([0-9]+)$/.exec(answer.ContentRange ?? '')
    const version = versionOf(answer, total === null ? answer.ContentLength : Number(total[3]))
    const { startByte, lengthBytes } = coveredBytes(version.sizeBytes, range)
    const starts = total === null ? 0 : Number(total[1])
    if (answer.ContentLength !== lengthBytes || starts !== startByte) {
      throw new S3Nonsense('other bytes of the object than were asked for')
    }
    return { body, version, lengthBytes }
  } catch (error) {
    body.destroy()
    throw error
  }
}

async function* piecesOf(
  body: Readable,
  lengthBytes: number,
  action: Action,
  connection: S3Connection,
): AsyncGenerator<Uint8Array> {
  let left = lengthBytes
  try {
    throwIfCancelled(action.signal)
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      throwIfCancelled(action.signal)
      left -= piece.byteLength
      yield piece
    }
    throwIfCancelled(action.signal)
    if (left !== 0) throw Object.assign(new Error('The body ended early.'), { code: 'ECONNRESET' })
  } catch (error) {
    throw connection.failure(error, action)
  } finally {
    body.destroy()
  }
}

async function* none(): AsyncGenerator<Uint8Array> {}

function throwIfChanged(key: string, now: ObjectVersion, expected: ObjectVersion): void {
  const same =
    now.sizeBytes === expected.sizeBytes &&
    (expected.etag === null || now.etag === expected.etag) &&
    (expected.versionId === null || now.versionId === expected.versionId)
  if (same) return
  throw new HoldfastError('object.changed', {
    what: `The object ${JSON.stringify(key)} is not the one that was listed.`,
    why: 'It was replaced in the meantime.',
    next: 'List the repository again.',
  })
}

function quoted(etag: string): string {
  return etag.includes('"') ? etag : `"${etag}"`
}

function reading(fullKey: string, signal: AbortSignal | undefined): Action {
  return { doing: `read ${JSON.stringify(fullKey)} in`, reads: true, signal }
}
