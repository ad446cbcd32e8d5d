import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { untilCancelled } from '../../../shared/domain/cancelled.ts'
import type { ObjectInfo, PutOptions } from '../../ports/object-store.ts'
import type { S3Connection } from './connection.ts'
import { startMultipart, type Multipart } from './multipart.ts'
import { versionOf } from './object-version.ts'
import type { Action } from './translate.ts'

/** At most 10 000 of them make an object (Amazon S3 user guide, "Multipart upload limits"). */
const partBytes = 16 * 1024 * 1024
const firstBufferBytes = 256 * 1024

/** What `ObjectStore.put` promises; `ifAbsent` is the server's own check (If-None-Match). */
export async function put(
  connection: S3Connection,
  key: string,
  body: Uint8Array,
  { ifAbsent = false, signal }: PutOptions,
): Promise<ObjectInfo> {
  const Key = connection.fullKey(key)
  return connection.send(writing(Key, signal), async (client, options) => {
    const answer = await client.send(
      new PutObjectCommand({
        Bucket: connection.bucket,
        Key,
        Body: body,
        IfNoneMatch: ifAbsent ? '*' : undefined,
      }),
      options,
    )
    return { key, ...versionOf(answer, body.byteLength) }
  })
}

/**
 * What `ObjectStore.putStream` promises. A body of one part is a plain put. Of a longer one two parts are in memory: one
 * on its way, one being filled.
 */
export async function putStream(
  connection: S3Connection,
  key: string,
  body: AsyncIterable<Uint8Array>,
  options: PutOptions,
): Promise<ObjectInfo> {
  const { signal } = options
  const source = body[Symbol.asyncIterator]()
  let multipart: Multipart | null = null
  let part = Buffer.allocUnsafeSlow(firstBufferBytes)
  let used = 0
  let isEnd = false
  try {
    for (;;) {
      const next = await untilCancelled(source.next(), signal)
      if (next.done === true) break
      for (let at = 0; at < next.value.byteLength;) {
        if (used === partBytes) {
          multipart ??= await startMultipart(connection, key, options)
          await multipart.add(part)
          part = Buffer.allocUnsafeSlow(partBytes)
          used = 0
        }
        const fits = Math.min(next.value.byteLength - at, partBytes - used)
        part = withRoom(part, used, fits)
        part.set(next.value.subarray(at, at + fits), used)
        used += fits
        at += fits
      }
    }
    isEnd = true
    const last = part.subarray(0, used)
    if (multipart === null) return await put(connection, key, last, options)
    await multipart.add(last)
    return await multipart.complete()
  } catch (error) {
    await multipart?.abandon()
    throw error
  } finally {
    // Not awaited: a source that is stuck stays so.
    if (!isEnd) source.return?.().catch(() => undefined)
  }
}

/** What `ObjectStore.delete` promises. */
export async function remove(
  connection: S3Connection,
  key: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const Key = connection.fullKey(key)
  const action = { doing: `delete ${JSON.stringify(Key)} in`, reads: false, signal }
  await connection.send(action, (client, options) =>
    client.send(new DeleteObjectCommand({ Bucket: connection.bucket, Key }), options),
  )
}

function writing(fullKey: string, signal: AbortSignal | undefined): Action {
  return { doing: `write ${JSON.stringify(fullKey)} to`, reads: false, signal }
}

function withRoom(buffer: Buffer<ArrayBuffer>, used: number, more: number): Buffer<ArrayBuffer> {
  if (used + more <= buffer.byteLength) return buffer
  const larger = Buffer.allocUnsafeSlow(Math.min(partBytes, Math.max(buffer.byteLength * 2, used + more)))
  larger.set(buffer.subarray(0, used))
  return larger
}
