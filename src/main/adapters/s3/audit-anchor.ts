import { createHash } from 'node:crypto'
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import type { RepositoryAddress } from '../../../shared/domain/address.ts'
import { canonicalJson } from '../../../shared/domain/canonical-json.ts'
import { HoldfastError, isHoldfastError } from '../../../shared/domain/error.ts'
import type { Anchor, AnchoredHead, AuditAnchor } from '../../ports/audit-anchor.ts'
import type { S3Connection } from './connection.ts'
import { S3Nonsense, S3Refusal } from './failure.ts'
import { withoutQuotes } from './object-version.ts'
import { openConnection, type S3Options } from './open-s3-store.ts'
import { listing } from './translate.ts'

/** So that the order of keys is the order of numbers. */
const digits = 16
const mostBytes = 4096

/** What stands in an anchor; nothing else, so that a listing's ETag (its MD5) tells it without reading it. */
export function anchorText({ seq, hash }: AnchoredHead): string {
  return `${canonicalJson({ hash, schema: 1, seq })}\n`
}

/**
 * Anchors in a bucket with Object Lock, one object a number, retained in COMPLIANCE mode: no version of it can be deleted
 * or shortened by anybody before its time (Amazon S3 user guide, "Object Lock"). A later version or a delete marker can lie
 * over it, so the first version is what counts.
 */
export async function openS3Anchor(
  address: Extract<RepositoryAddress, { kind: 's3' }>,
  { keepDays, ...options }: S3Options & { readonly keepDays: number },
): Promise<AuditAnchor> {
  const connection = await openConnection(address, options)
  const { clock } = options
  const keyOf = (seq: number): string => connection.fullKey(`${String(seq).padStart(digits, '0')}.json`)

  /** The version that it became; null where another one was there first. */
  async function write(head: AnchoredHead, signal: AbortSignal | undefined): Promise<string | null> {
    const Key = keyOf(head.seq)
    const body = Buffer.from(anchorText(head), 'utf8')
    const until = new Date(clock.now() + keepDays * 86_400_000)
    const action = { doing: `write ${JSON.stringify(Key)} to`, reads: false, signal }
    const answer = await connection
      .send(action, (client, sendOptions) =>
        client.send(
          new PutObjectCommand({
            Bucket: connection.bucket,
            Key,
            Body: body,
            IfNoneMatch: '*',
            ObjectLockMode: 'COMPLIANCE',
            ObjectLockRetainUntilDate: until,
            // Asked for by S3 with every lock (Amazon S3 API, "PutObject").
            ContentMD5: createHash('md5').update(body).digest('base64'),
            ContentType: 'application/json',
          }),
          sendOptions,
        ),
      )
      .catch((error: unknown) => {
        if (isHoldfastError(error, 'object.changed')) return null
        throw isNoLock(error) ? cannotLock(connection, error) : error
      })
    if (answer === null) return null
    const { VersionId } = answer
    // A server that does not know locks may pass over what it was asked for.
    const look = { doing: `look at ${JSON.stringify(Key)} in`, reads: true, signal }
    const locked = await connection.send(look, (client, sendOptions) =>
      client.send(new HeadObjectCommand({ Bucket: connection.bucket, Key, VersionId }), sendOptions),
    )
    const retainedMs = locked.ObjectLockRetainUntilDate?.getTime() ?? 0
    if (locked.ObjectLockMode !== 'COMPLIANCE' || retainedMs < until.getTime() - 1000)
      throw cannotLock(connection)
    return VersionId ?? null
  }

  async function firstOf(seq: number, signal: AbortSignal | undefined): Promise<Listed | null> {
    for await (const anchor of versions(keyOf(seq), signal)) return anchor
    return null
  }

  async function* versions(prefix: string, signal: AbortSignal | undefined): AsyncGenerator<Listed> {
    let open: Pending | null = null
    let markers: { readonly KeyMarker?: string; readonly VersionIdMarker?: string } = {}
    for (;;) {
      const action = { doing: listing(prefix), reads: true, signal }
      const page = await connection.send(action, (client, sendOptions) =>
        client.send(
          new ListObjectVersionsCommand({ Bucket: connection.bucket, Prefix: prefix, ...markers }),
          sendOptions,
        ),
      )
      const listed = [
        ...(page.Versions ?? []).map((version) => ({ ...version, isMarker: false })),
        ...(page.DeleteMarkers ?? []).map((marker) => ({ ...marker, ETag: undefined, isMarker: true })),
      ].toSorted((a, b) => ((a.Key ?? '') < (b.Key ?? '') ? -1 : (a.Key ?? '') > (b.Key ?? '') ? 1 : 0))
      for (const { Key = '', VersionId, ETag, LastModified, isMarker } of listed) {
        const seq = seqOf(Key, connection)
        if (seq === null) continue
        if (open !== null && open.seq !== seq) {
          yield* asAnchor(open)
          open = null
        }
        open ??= { seq, key: Key, first: null, count: 0 }
        open.count += 1
        const atMs = LastModified?.getTime() ?? 0
        // The same second tells no order: a listing has the newest first, so the later one of the list is older.
        if (!isMarker && (open.first === null || atMs <= open.first.atMs)) {
          open.first = { atMs, versionId: VersionId, etag: withoutQuotes(ETag) }
        }
      }
      if (page.IsTruncated !== true) break
      if (page.NextKeyMarker === undefined) throw new S3Nonsense('a listing that goes on nowhere')
      markers = {
        KeyMarker: page.NextKeyMarker,
        ...(page.NextVersionIdMarker !== undefined && { VersionIdMarker: page.NextVersionIdMarker }),
      }
    }
    if (open !== null) yield* asAnchor(open)
  }

  function* asAnchor({ seq, key, first, count }: Pending): Generator<Listed> {
    // Nothing but delete markers: a number that was never anchored.
    if (first === null) return
    yield {
      seq,
      at: new Date(first.atMs).toISOString(),
      isCovered: count > 1,
      versionId: first.versionId,
      holds: async (hash, signal) => {
        const text = anchorText({ seq, hash })
        // Where the server makes another ETag (its own encryption), the object itself is read.
        if (first.etag === createHash('md5').update(text).digest('hex')) return true
        return (await read(key, first.versionId, signal)) === text
      },
    }
  }

  async function read(
    Key: string,
    VersionId: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const action = { doing: `read ${JSON.stringify(Key)} in`, reads: true, signal }
    return connection.send(action, async (client, sendOptions) => {
      const answer = await client.send(
        new GetObjectCommand({
          Bucket: connection.bucket,
          Key,
          VersionId,
          Range: `bytes=0-${mostBytes - 1}`,
        }),
        sendOptions,
      )
      return (await answer.Body?.transformToString('utf-8')) ?? ''
    })
  }

  return {
    async put(head, signal) {
      const before = await firstOf(head.seq, signal)
      if (before !== null) return (await before.holds(head.hash, signal)) ? 'same' : 'other'
      const written = await write(head, signal)
      // Ceph RGW 16 keeps If-None-Match for buckets without versions only: who was first is looked up.
      const first = await firstOf(head.seq, signal)
      if (written !== null && first?.versionId === written) return 'written'
      return (await first?.holds(head.hash, signal)) === true ? 'same' : 'other'
    },
    list: (signal) => versions(connection.prefix, signal),
    async close() {
      connection.close()
    },
  }
}

interface Listed extends Anchor {
  readonly versionId: string | undefined
}

interface Pending {
  readonly seq: number
  readonly key: string
  first: {
    readonly atMs: number
    readonly versionId: string | undefined
    readonly etag: string | null
  } | null
  count: number
}

/** Of what lies there, what we could have written. */
function seqOf(key: string, { prefix }: S3Connection): number | null {
  const name = key.startsWith(prefix) ? key.slice(prefix.length) : ''
  const match = /^(\d{16})\.json$/.exec(name)
  return match?.[1] === undefined ? null : Number(match[1])
}

function isNoLock(error: unknown): boolean {
  if (!isHoldfastError(error) || !(error.cause instanceof S3Refusal)) return false
  return ['InvalidRequest', 'NotImplemented', 'InvalidArgument'].includes(error.cause.code ?? '')
}

function cannotLock({ bucket }: S3Connection, cause?: unknown): HoldfastError {
  return new HoldfastError(
    'repository.badAnswer',
    {
      what: `The bucket "${bucket}" does not lock what is written to it, so it is no place for anchors.`,
      why: 'Object Lock is not enabled there, or the server does not have it.',
      unchanged: 'Nothing was anchored.',
      next: 'Make a bucket with Object Lock, which can mostly be switched on only when the bucket is made.',
    },
    { cause },
  )
}
