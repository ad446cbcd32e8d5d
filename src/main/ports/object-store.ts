import type { ObjectVersion } from '../../shared/domain/object-facts.ts'
import type { PlaceFacts } from '../../shared/domain/place-facts.ts'

/** One object as a listing or a head shows it. */
export interface ObjectInfo extends ObjectVersion {
  /** Opaque; relative to the repository's address. Never interpreted as a path outside an adapter. */
  readonly key: string
}

export type ListEntry =
  | ({ readonly kind: 'object' } & ObjectInfo)
  /** With a delimiter: everything below `prefix` (which ends in the delimiter), rolled up. */
  | { readonly kind: 'prefix'; readonly prefix: string }

/** What a repository can do, as data: callers ask, they never guess from the kind. */
export interface StoreCapabilities {
  /** How many ranged reads of one object may usefully run at once; 1 where one stream is best. */
  readonly parallelReads: number
  /** `get` and `head` carry a version that the store itself checks (If-Match, version id). */
  readonly checksVersion: boolean
  readonly canWrite: boolean
  /** `put` with `ifAbsent` is atomic against other writers. */
  readonly atomicCreate: boolean
}

/** A range that ends beyond the object is cut; one that begins at or beyond its end delivers nothing and is no error. */
export interface ByteRange {
  readonly startByte: number
  /** Inclusive; left out: to the end. */
  readonly endByte?: number
}

export interface GetOptions {
  readonly range?: ByteRange
  /** The state that was listed; another one is `object.changed`, and nothing is delivered. */
  readonly expect?: ObjectVersion
  readonly signal?: AbortSignal
}

export interface ObjectReading {
  readonly info: ObjectInfo
  /**
   * The bytes asked for, in order, as pieces of any size. A piece is the caller's: it is not reused afterwards. Leaving
   * the loop early, or aborting, closes the source. A connection that ends before the last byte throws; it never ends
   * the loop quietly.
   */
  readonly pieces: AsyncIterable<Uint8Array>
}

export interface PutOptions {
  /** Refuse (`object.changed`) where the key exists already. */
  readonly ifAbsent?: boolean
  readonly signal?: AbortSignal
}

/**
 * A place where backups lie: a bucket with a prefix, a folder, an SFTP folder.
 *
 * Promises of every implementation, checked by one conformance suite:
 * - An expected failure is a `HoldfastError` of the `repository.*`, `object.*` or `host.*` codes; `cause` has the rest.
 * - `list` yields keys in ascending order of their UTF-8 bytes, each once, and never reads an object to do so. A listing
 *   that cannot be completed throws: it is never short. A missing bucket or folder is `repository.notFound`; an empty
 *   one is an empty list.
 * - `put` and `putStream` are atomic: the key has its old state or the whole new one, and readers see nothing between.
 *   An aborted or failed write leaves no partial object and, as far as the store lets us, no debris.
 * - `delete` of a key that is not there succeeds.
 * - Reads are safe to repeat; writes are repeated only by callers that know that it is safe. Nothing is retried here:
 *   that is the decorator `withRetry`.
 * - A waiting call ends with `cancelled` soon after its signal aborts.
 */
export interface ObjectStore {
  readonly capabilities: StoreCapabilities
  list(options?: {
    readonly prefix?: string
    readonly delimiter?: '/'
    readonly signal?: AbortSignal
  }): AsyncIterable<ListEntry>
  /** Null where there is no such object. */
  head(key: string, options?: { readonly signal?: AbortSignal }): Promise<ObjectInfo | null>
  /** Resolves once the object is open: `object.missing`, `object.changed` and refusals are thrown here. */
  get(key: string, options?: GetOptions): Promise<ObjectReading>
  /** For small bodies. */
  put(key: string, body: Uint8Array, options?: PutOptions): Promise<ObjectInfo>
  /** For bodies of any size, in constant memory (multipart where the store has it). */
  putStream(key: string, body: AsyncIterable<Uint8Array>, options?: PutOptions): Promise<ObjectInfo>
  delete(key: string, options?: { readonly signal?: AbortSignal }): Promise<void>
  /**
   * What the place itself says of how it is set, and of these of its objects; nothing is written or tried out for it. What it does
   * not tell is told as that. Left out: a place without settings.
   */
  facts?(sample: readonly string[], options?: { readonly signal?: AbortSignal }): Promise<PlaceFacts>
  close(): Promise<void>
}
