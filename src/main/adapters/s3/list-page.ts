import { ListObjectsV2Command, type ListObjectsV2CommandInput } from '@aws-sdk/client-s3'
import type { ListEntry } from '../../ports/object-store.ts'
import { compareUtf8 } from '../../../shared/domain/utf8-order.ts'
import type { S3Connection } from './connection.ts'
import { S3Nonsense } from './failure.ts'
import { withoutQuotes, wholeSeconds } from './object-version.ts'
import { childText, parseXml, type XmlElement } from './xml.ts'
import { listing } from './translate.ts'

export interface PageRequest {
  /** In the bucket, as are all keys here. */
  readonly prefix: string
  readonly delimiter?: '/'
  /** Only keys after this one. */
  readonly after?: string
  /** Where the page before ended; outranks `after`. */
  readonly token?: string
  readonly maxKeys?: number
  readonly signal?: AbortSignal
}

export interface ListedPage {
  /** Ascending; keys relative to the repository's prefix. */
  readonly entries: readonly ListEntry[]
  /** Null on the last page. */
  readonly nextToken: string | null
}

const maxKeyBytes = 1024
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * One page of a listing, believed only as far as it makes sense: it is of our bucket, each key is below the prefix asked
 * for and after the one before, each size is a whole number, and a page that says that there is more says where.
 */
export async function listPage(connection: S3Connection, request: PageRequest): Promise<ListedPage> {
  const action = { doing: listing(request.prefix), reads: true, signal: request.signal }
  return connection.send(action, async (client, options) => {
    let body: Uint8Array | null = null
    const input: ListObjectsV2CommandInput = {
      Bucket: connection.bucket,
      Prefix: request.prefix,
      EncodingType: 'url',
      Delimiter: request.delimiter,
      MaxKeys: request.maxKeys,
      ...(request.token === undefined ? { StartAfter: request.after } : { ContinuationToken: request.token }),
    }
    const command = new ListObjectsV2Command(input)
    // The SDK signs and sends; what came back is taken from it here, before it reads it in its own way.
    command.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args)
        const response = result.response as { body: unknown }
        if (response.body instanceof Uint8Array) body = response.body
        response.body = new Uint8Array()
        return result
      },
      { step: 'deserialize', priority: 'low' },
    )
    await client.send(command, options)
    if (body === null) throw new S3Nonsense('no listing')
    return readPage(body, request, connection)
  })
}

function readPage(body: Uint8Array, request: PageRequest, { bucket, prefix }: S3Connection): ListedPage {
  const root = parseXml(decodeText(body))
  if (root.name !== 'ListBucketResult') throw new S3Nonsense('it is no listing of a bucket')
  if (childText(root, 'Name') !== bucket) throw new S3Nonsense('it is a listing of another bucket')
  const decode = childText(root, 'EncodingType') === 'url' ? decodeUrl : (text: string) => text
  const keyOf = (text: string): string => {
    const key = decode(text)
    if (key.length > maxKeyBytes || Buffer.byteLength(key) > maxKeyBytes)
      throw new S3Nonsense('a key is too long')
    if (!key.startsWith(request.prefix)) throw new S3Nonsense('a key is outside of what was asked for')
    return key.slice(prefix.length)
  }
  const objects = root.children.filter(({ name }) => name === 'Contents').map((one) => readObject(one, keyOf))
  const prefixes = root.children
    .filter(({ name }) => name === 'CommonPrefixes')
    .map((one): ListEntry => ({ kind: 'prefix', prefix: keyOf(childText(one, 'Prefix') ?? '') }))
  throwUnlessAscending(objects)
  throwUnlessAscending(prefixes)
  // They come apart; in the order of keys they belong together.
  const entries =
    prefixes.length === 0
      ? objects
      : [...objects, ...prefixes].sort((a, b) => compareUtf8(nameOf(a), nameOf(b)))
  return { entries, nextToken: readNextToken(root, request) }
}

function throwUnlessAscending(entries: readonly ListEntry[]): void {
  let last: string | null = null
  for (const entry of entries) {
    if (last !== null && compareUtf8(nameOf(entry), last) <= 0) throw new S3Nonsense('keys are out of order')
    last = nameOf(entry)
  }
}

export function nameOf(entry: ListEntry): string {
  return entry.kind === 'object' ? entry.key : entry.prefix
}

function readNextToken(root: XmlElement, request: PageRequest): string | null {
  const truncated = childText(root, 'IsTruncated')
  if (truncated === 'false') return null
  const token = childText(root, 'NextContinuationToken')
  if (truncated !== 'true') throw new S3Nonsense('it does not say whether the listing is whole')
  if (token === undefined || token === '')
    throw new S3Nonsense('the listing goes on, but it does not say where')
  if (token === request.token) throw new S3Nonsense('the listing goes in circles')
  return token
}

function readObject(element: XmlElement, keyOf: (text: string) => string): ListEntry {
  const key = childText(element, 'Key')
  const size = childText(element, 'Size') ?? ''
  const sizeBytes = Number(size)
  if (key === undefined) throw new S3Nonsense('an object has no key')
  if (!/^[0-9]{1,16}$/.test(size) || !Number.isSafeInteger(sizeBytes)) {
    throw new S3Nonsense('a size is no whole number of bytes')
  }
  return {
    kind: 'object',
    key: keyOf(key),
    sizeBytes,
    etag: withoutQuotes(childText(element, 'ETag')),
    modifiedAt: wholeSeconds(childText(element, 'LastModified')),
    // A listing of the newest versions does not name them.
    versionId: null,
  }
}

function decodeText(body: Uint8Array): string {
  try {
    return utf8.decode(body)
  } catch {
    throw new S3Nonsense('it is not UTF-8')
  }
}

/** Amazon writes a space as "+" and a plus as "%2B" (Amazon S3 API, "ListObjectsV2", EncodingType). */
function decodeUrl(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new S3Nonsense('a key is not encoded as asked for')
  }
}
