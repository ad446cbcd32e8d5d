import type { EnvelopeHeader } from './envelope-header.ts'

/**
 * What identifies one state of an object without reading it. Two equal versions are taken for the same bytes only as
 * far as the repository can be believed; a verification that must not believe it reads again.
 */
export interface ObjectVersion {
  readonly sizeBytes: number
  /** As the repository gives it, quotes removed; null where it has none (folders, SFTP). */
  readonly etag: string | null
  /** UTC ISO 8601, or null where unknown. */
  readonly modifiedAt: string | null
  /** S3 version id, or null where the bucket keeps no versions. */
  readonly versionId: string | null
}

/** What the first bytes say: nothing there, `KBE1` (or the beginning of it and no more), `1f 8b`, anything else. */
export type Beginning = 'empty' | 'envelope' | 'gzip' | 'other'

/** How the sealed bytes behind a header ended. Offsets and segments are counted from 0. */
export type SealedBody =
  | {
      readonly outcome: 'authentic'
      /** Null where nobody asked for it: it costs as much again as the hash of the stored bytes. */
      readonly plainSha256: string | null
      readonly plainSizeBytes: number
    }
  | {
      readonly outcome: 'tampered' | 'truncated' | 'trailingBytes'
      readonly segment: number
      readonly atByte: number
    }

/** What was learnt of the envelope around an object. */
export type EnvelopeFacts =
  /** Cut before the end of the header. */
  | { readonly outcome: 'truncated'; readonly reason: string }
  | { readonly outcome: 'headerInvalid'; readonly reason: string }
  /** An envelope of another program: version, cipher or key derivation not known here. */
  | { readonly outcome: 'unknown'; readonly reason: string }
  | {
      readonly outcome: 'sealed'
      readonly header: EnvelopeHeader
      readonly opening: EnvelopeOpening
      /** What the header makes of the whole object's size; left out: not kept. */
      readonly sealedSizeBytes?: number
    }

export type EnvelopeOpening =
  /** No master key was given. */
  | { readonly outcome: 'noKey' }
  /** None of the given keys opens the wrapped data key. `tried`: fingerprints of the keys, so that a reading with the same ones need not be made again; left out: not kept. */
  | { readonly outcome: 'noKeyFits'; readonly tried?: readonly string[] }
  /** More than the allowed number of key derivations would have been needed; this one was not made. */
  | { readonly outcome: 'notDerived'; readonly reason: string }
  /** Two different master keys open it: an object crafted to have two meanings. */
  | { readonly outcome: 'severalKeysFit' }
  /** `keyFingerprint` is keyed by this installation, so it reveals nothing elsewhere. */
  | { readonly outcome: 'opened'; readonly keyFingerprint: string; readonly body: SealedBody }

/** Everything learnt from reading one object once, from its first byte to its last; no judgement. */
export interface ObjectFacts {
  readonly version: ObjectVersion
  /** When the last byte was read, UTC ISO 8601. */
  readonly readAt: string
  /** Of the stored bytes. */
  readonly sizeBytes: number
  readonly sha256: string
  /** Of the stored bytes, lower-case hex; left out where the format records none to hold it against. */
  readonly md5?: string
  readonly beginning: Beginning
  /** Null where the object does not begin as an envelope. */
  readonly envelope: EnvelopeFacts | null
  /**
   * What the walker of the object's system found in the plain bytes, as JSON owned by that system; null where none was
   * asked for, or where the plain bytes could not be read to an authentic end.
   */
  readonly content: unknown
  /** Canonical JSON of the walk that `content` is the answer to; null where none was asked for. */
  readonly walk: string | null
}

/** What is in an object, as it was read: null where its plain bytes were not, or not to an authentic end, or not hashed. */
export function plainContentOf({
  envelope,
  sha256,
  sizeBytes,
}: Pick<ObjectFacts, 'envelope' | 'sha256' | 'sizeBytes'>): {
  readonly sha256: string
  readonly sizeBytes: number
} | null {
  if (envelope === null) return { sha256, sizeBytes }
  if (envelope.outcome !== 'sealed' || envelope.opening.outcome !== 'opened') return null
  const { body } = envelope.opening
  if (body.outcome !== 'authentic' || body.plainSha256 === null) return null
  return { sha256: body.plainSha256, sizeBytes: body.plainSizeBytes }
}
