import { createCipheriv, createSecretKey, type CipherGCM } from 'node:crypto'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { lastSegmentBytes, segmentCount, tagBytes } from '../../../shared/domain/envelope-sizes.ts'
import { gatherPieces } from '../../../shared/streams/gather-pieces.ts'
import type { OpeningKey } from '../../ports/byte-work.ts'
import { segmentAlgorithm, segmentContext, segmentNonces } from './segment-cipher.ts'

/**
 * The whole envelope of the source's plain bytes: header, then segments. The last segment is held back until the source
 * has ended with exactly the header's `plainSizeBytes`; any other length is `object.changed`, thrown before it.
 */
export async function* sealSegments(
  source: AsyncIterable<Uint8Array>,
  opening: OpeningKey,
): AsyncGenerator<Uint8Array, void, void> {
  const { header, headerBytes } = opening
  const nonceOf = segmentNonces(opening)
  const context = segmentContext(opening)
  const key = createSecretKey(opening.dataKey)
  const segments = segmentCount(header.plainSizeBytes, header.segmentBytes)
  const lastBytes = lastSegmentBytes(header.plainSizeBytes, header.segmentBytes)
  const cipherFor = (number: number): CipherGCM =>
    createCipheriv(segmentAlgorithm, key, nonceOf(number, number === segments - 1), {
      authTagLength: tagBytes,
    }).setAAD(context)

  let segment = 0
  let cipher = cipherFor(0)
  let plainLeft = segments === 1 ? lastBytes : header.segmentBytes
  let takenBytes = 0
  const heldBack: Uint8Array[] = []

  // A copy: what is given out may be moved to another thread.
  yield new Uint8Array(headerBytes)
  for await (const piece of gatherPieces(source)) {
    for (let from = 0; from < piece.byteLength;) {
      if (plainLeft === 0) throw wrongLength(opening, takenBytes + piece.byteLength - from, 'or more')
      const part = piece.subarray(from, from + plainLeft)
      const sealed = cipher.update(part)
      from += part.byteLength
      takenBytes += part.byteLength
      plainLeft -= part.byteLength
      if (segment === segments - 1) {
        heldBack.push(sealed)
        continue
      }
      yield sealed
      if (plainLeft > 0) continue
      cipher.final()
      yield cipher.getAuthTag()
      segment += 1
      cipher = cipherFor(segment)
      plainLeft = segment === segments - 1 ? lastBytes : header.segmentBytes
    }
  }
  if (takenBytes !== header.plainSizeBytes) throw wrongLength(opening, takenBytes, 'only')
  cipher.final()
  yield* heldBack
  yield cipher.getAuthTag()
}

function wrongLength({ header }: OpeningKey, sizeBytes: number, how: 'only' | 'or more'): HoldfastError {
  const found = how === 'only' ? `only ${sizeBytes} bytes` : `${sizeBytes} bytes or more`
  return new HoldfastError('object.changed', {
    what: `Store ${header.store} of backup ${header.backupId} was not sealed.`,
    why: `It was announced with ${header.plainSizeBytes} bytes and has ${found}; it probably changed while it was read.`,
    unchanged: 'No complete envelope was given out.',
    next: 'Run it again.',
  })
}
