import type { EnvelopeHeader } from '../../shared/domain/envelope-header.ts'
import type { SealedBody } from '../../shared/domain/object-facts.ts'

/** What is needed to open the segments of one envelope: its header as stored and the data key that it wraps. */
export interface OpeningKey {
  readonly header: EnvelopeHeader
  /** Everything before the first segment: magic, length, header. Its SHA-256 authenticates every segment. */
  readonly headerBytes: Uint8Array
  /** 32 bytes. */
  readonly dataKey: Uint8Array
}

export interface InspectTask {
  /** False: the plain bytes of an envelope are only authenticated. Left out: they are hashed as well. */
  readonly hashPlain?: boolean
  /** True: the MD5 of the stored bytes as well, for a format that records nothing better. Left out: none. */
  readonly md5?: boolean
  /** Null: the bytes are taken as they stand. */
  readonly opening: OpeningKey | null
  /** Name of the walker that reads the plain bytes, and what it is told; null: none. */
  readonly walk: { readonly walker: string; readonly options: unknown } | null
}

export interface InspectResult {
  readonly sizeBytes: number
  readonly sha256: string
  /** Of the stored bytes, lower-case hex; left out where it was not asked for. */
  readonly md5?: string
  /** Null where the task has no `opening`. */
  readonly body: SealedBody | null
  /** The walker's facts; null without one, or where the plain bytes had no authentic end. */
  readonly content: unknown
}

/**
 * A walker reads the plain bytes of one object and says what it found, as JSON. It never throws for what the bytes say
 * and may stop early; the rest is then drained for it.
 */
export type Walker = (pieces: AsyncIterable<Uint8Array>, options: unknown) => Promise<unknown>

/**
 * Heavy work on streams of bytes, away from the caller's thread. Memory is bounded whatever the stream's length; at
 * most `parallel` streams are worked on at once, further calls wait. Aborting ends the call with `cancelled` and the
 * source is closed. Pieces handed in are consumed (their buffers may be moved away).
 */
export interface ByteWork {
  readonly parallel: number
  /** Reads the source to its end and reports; never throws for what the bytes say. */
  inspect(source: AsyncIterable<Uint8Array>, task: InspectTask, signal?: AbortSignal): Promise<InspectResult>
  /**
   * The plain bytes of an envelope (`source` includes the header), only as segments are authenticated. Ends normally
   * only after the authentic last segment with nothing behind it; else throws `object.unreadable` with the outcome.
   */
  open(
    source: AsyncIterable<Uint8Array>,
    opening: OpeningKey,
    signal?: AbortSignal,
  ): AsyncIterable<Uint8Array>
  /**
   * The whole envelope of plain bytes: header, then sealed segments. The source must have exactly the header's
   * `plainSizeBytes`; any other length throws before the last segment is given out.
   */
  seal(
    source: AsyncIterable<Uint8Array>,
    opening: OpeningKey,
    signal?: AbortSignal,
  ): AsyncIterable<Uint8Array>
  close(): Promise<void>
}
