import { createHash } from 'node:crypto'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { SealedBody } from '../../../shared/domain/object-facts.ts'
import { gatherPieces } from '../../../shared/streams/gather-pieces.ts'
import type { OpeningKey } from '../../ports/byte-work.ts'
import { createSegmentOpener, type SegmentsEnd } from './segment-opener.ts'

/**
 * The authenticated plain bytes of one object, and at the end what was found. Reads `source` (header included) to its end
 * whatever it finds; never throws for what the bytes say.
 */
export async function* openSegments(
  source: AsyncIterable<Uint8Array>,
  opening: OpeningKey,
): AsyncGenerator<Uint8Array, SealedBody, void> {
  const hash = createHash('sha256')
  const pieces = openPieces(source, opening)
  try {
    for (;;) {
      const step = await pieces.next()
      if (step.done === true) return withHash(step.value, () => hash.digest('hex'))
      hash.update(step.value)
      yield step.value
    }
  } finally {
    // Where the reader leaves early.
    await pieces.return({ outcome: 'truncated', segment: 0, atByte: 0 })
  }
}

/** As `openSegments`, but ends normally only for an authentic object; any other is `object.unreadable`. */
export async function* openAuthentic(
  source: AsyncIterable<Uint8Array>,
  opening: OpeningKey,
): AsyncGenerator<Uint8Array, void, void> {
  const end = yield* openPieces(source, opening)
  if (end.outcome !== 'authentic') throw unreadable(opening, end)
}

/** What is known of the body once the plain bytes were hashed: the hash counts only for an authentic end. */
export function withHash(end: SegmentsEnd, plainSha256: () => string | null): SealedBody {
  return end.outcome === 'authentic' ? { ...end, plainSha256: plainSha256() } : end
}

async function* openPieces(
  source: AsyncIterable<Uint8Array>,
  opening: OpeningKey,
): AsyncGenerator<Uint8Array, SegmentsEnd, void> {
  const opener = createSegmentOpener(opening)
  for await (const piece of gatherPieces(source)) yield* opener.push(piece)
  return opener.end()
}

function unreadable(
  { header }: OpeningKey,
  end: Exclude<SealedBody, { readonly outcome: 'authentic' }>,
): HoldfastError {
  const where = `in segment ${end.segment}, at byte ${end.atByte}`
  const why = {
    tampered: `Its bytes are not those that were sealed (${where}).`,
    truncated: `It ends before its sealed end (${where}).`,
    trailingBytes: `There are bytes behind its sealed end (${where}).`,
  }[end.outcome]
  return new HoldfastError('object.unreadable', {
    what: `The sealed object of store ${header.store} of backup ${header.backupId} cannot be read to an authentic end.`,
    why,
    next: 'Verify the backup, and use another one or another copy of this one.',
  })
}
