import { pieceBytes, takeMemory } from './piece-pool.ts'

/**
 * The same bytes in pieces worth handling: small ones (a socket's, a single byte) are copied together up to
 * `pieceBytes`, large ones pass as they are, empty ones vanish. Every copied piece owns its buffer.
 */
export async function* gatherPieces(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  let batch: Uint8Array | null = null
  let filled = 0
  for await (const piece of source) {
    if (piece.byteLength >= pieceBytes / 4) {
      if (batch !== null) yield batch.slice(0, filled)
      batch = null
      filled = 0
      yield piece
      continue
    }
    for (let from = 0; from < piece.byteLength;) {
      batch ??= takeMemory()
      const part = piece.subarray(from, from + pieceBytes - filled)
      batch.set(part, filled)
      filled += part.byteLength
      from += part.byteLength
      if (filled < pieceBytes) continue
      yield batch
      batch = null
      filled = 0
    }
  }
  if (batch !== null) yield batch.slice(0, filled)
}
