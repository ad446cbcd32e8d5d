import { createCipheriv, createDecipheriv, createSecretKey, type DecipherGCM } from 'node:crypto'
import { lastSegmentBytes, segmentCount, tagBytes } from '../../../shared/domain/envelope-sizes.ts'
import type { SealedBody } from '../../../shared/domain/object-facts.ts'
import type { OpeningKey } from '../../ports/byte-work.ts'
import { segmentAlgorithm, segmentContext, segmentNonces } from './segment-cipher.ts'

/** How the segments ended; the hash of the plain bytes is the caller's affair. */
export type SegmentsEnd =
  | { readonly outcome: 'authentic'; readonly plainSizeBytes: number }
  | Exclude<SealedBody, { readonly outcome: 'authentic' }>

/** Takes one object's stored bytes, from its first on, in pieces of any size. */
export interface SegmentOpener {
  /**
   * Gives the plain bytes of the segments that this piece completes, all authenticated. After a flaw it only counts. The
   * piece itself is not kept.
   */
  push(piece: Uint8Array): readonly Uint8Array[]
  /** The object has no further byte. */
  end(): SegmentsEnd
}

/** Larger pieces than this fall out of the processor's cache between cipher and hash. */
const stepBytes = 1024 * 1024

/** A segment that is being read. */
interface SegmentReading {
  readonly startsAt: number
  readonly cipherBytes: number
  readonly decipher: DecipherGCM
  readonly plain: Uint8Array[]
  readonly tag: Buffer
  takenBytes: number
}

/** Where the bytes stopped being those of the header's envelope. */
interface Flaw {
  readonly segment: number
  readonly startsAt: number
  readonly endsAt: number
  readonly kind: 'header' | 'failed' | 'endedEarly' | 'notLast'
}

/**
 * Opens the segments behind a header. Each segment's length and flag are those that the header calls for; one that fails
 * is tried with the other flag, only to tell a cut or lengthened object from an altered one: its bytes are never given
 * out. Memory: the plain bytes of one segment.
 */
export function createSegmentOpener(opening: OpeningKey): SegmentOpener {
  const { header, headerBytes } = opening
  const context = segmentContext(opening)
  const nonceOf = segmentNonces(opening)
  const key = createSecretKey(opening.dataKey)
  const segments = segmentCount(header.plainSizeBytes, header.segmentBytes)
  let takenBytes = 0
  let segment = 0
  let reading: SegmentReading | null = null
  let flaw: Flaw | null = null

  function decipherFor(number: number, isLast: boolean): DecipherGCM {
    return createDecipheriv(segmentAlgorithm, key, nonceOf(number, isLast), {
      authTagLength: tagBytes,
    }).setAAD(context)
  }

  function takeHeader(piece: Uint8Array): number {
    const part = piece.subarray(0, headerBytes.byteLength - takenBytes)
    const expected = headerBytes.subarray(takenBytes, takenBytes + part.byteLength)
    if (Buffer.compare(part, expected) !== 0) {
      flaw = { segment: 0, startsAt: takenBytes, endsAt: takenBytes, kind: 'header' }
    }
    return part.byteLength
  }

  function beginSegment(): SegmentReading {
    const isLast = segment === segments - 1
    return {
      startsAt: takenBytes,
      cipherBytes: isLast
        ? lastSegmentBytes(header.plainSizeBytes, header.segmentBytes)
        : header.segmentBytes,
      decipher: decipherFor(segment, isLast),
      plain: [],
      tag: Buffer.alloc(tagBytes),
      takenBytes: 0,
    }
  }

  function takeSegment(piece: Uint8Array, given: Uint8Array[]): number {
    reading ??= beginSegment()
    const bodyLeft = reading.cipherBytes - reading.takenBytes
    if (bodyLeft > 0) {
      const part = piece.subarray(0, Math.min(bodyLeft, stepBytes))
      reading.plain.push(reading.decipher.update(part))
      reading.takenBytes += part.byteLength
      return part.byteLength
    }
    const part = piece.subarray(0, tagBytes + bodyLeft)
    reading.tag.set(part, -bodyLeft)
    reading.takenBytes += part.byteLength
    if (reading.takenBytes === reading.cipherBytes + tagBytes) {
      finishSegment(reading, takenBytes + part.byteLength, given)
      reading = null
    }
    return part.byteLength
  }

  function finishSegment(read: SegmentReading, endsAt: number, given: Uint8Array[]): void {
    if (isAuthentic(read.decipher, read.tag)) {
      given.push(...read.plain)
      segment += 1
      return
    }
    const isLast = segment === segments - 1
    // Sealed again the bytes are those that were stored, which were not kept.
    const sealer = createCipheriv(segmentAlgorithm, key, nonceOf(segment, isLast))
    const other = decipherFor(segment, !isLast)
    for (const part of read.plain) other.update(sealer.update(part))
    const kind = !isAuthentic(other, read.tag) ? 'failed' : isLast ? 'notLast' : 'endedEarly'
    flaw = { segment, startsAt: read.startsAt, endsAt, kind }
  }

  function endOf(found: Flaw): SegmentsEnd {
    const isFollowed = takenBytes > found.endsAt
    const isLast = found.segment === segments - 1
    const tampered = { outcome: 'tampered', segment: found.segment, atByte: found.startsAt } as const
    const truncated = { outcome: 'truncated', segment: found.segment, atByte: takenBytes } as const
    switch (found.kind) {
      case 'header':
        return tampered
      case 'failed':
        return isFollowed || isLast ? tampered : truncated
      case 'notLast':
        return isFollowed ? tampered : truncated
      case 'endedEarly':
        return isFollowed
          ? { outcome: 'trailingBytes', segment: found.segment, atByte: found.endsAt }
          : truncated
    }
  }

  return {
    push(piece) {
      const given: Uint8Array[] = []
      for (let from = 0; from < piece.byteLength;) {
        const rest = piece.subarray(from)
        const step =
          flaw !== null || segment === segments
            ? rest.byteLength
            : takenBytes < headerBytes.byteLength
              ? takeHeader(rest)
              : takeSegment(rest, given)
        from += step
        takenBytes += step
      }
      return given
    },
    end() {
      if (flaw !== null) return endOf(flaw)
      if (segment < segments) return { outcome: 'truncated', segment, atByte: takenBytes }
      const endsAt = headerBytes.byteLength + header.plainSizeBytes + tagBytes * segments
      if (takenBytes > endsAt) return { outcome: 'trailingBytes', segment: segments - 1, atByte: endsAt }
      return { outcome: 'authentic', plainSizeBytes: header.plainSizeBytes }
    },
  }
}

function isAuthentic(decipher: DecipherGCM, tag: Buffer): boolean {
  decipher.setAuthTag(tag)
  try {
    decipher.final()
    return true
  } catch {
    return false
  }
}
