/** Large enough that work a piece costs far more than passing it on, small enough for a processor's cache. */
export const batchBytes = 256 * 1024

/**
 * The same bytes in pieces worth handling: small ones (a socket's, a single byte) are copied together up to
 * `batchBytes`, large ones pass as they are, empty ones vanish. Every copied piece owns its buffer.
 */
export async function* gatherPieces(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  let batch: Uint8Array | null = null
  let filled = 0
  for await (const piece of source) {
    if (piece.byteLength >= batchBytes / 2) {
      if (batch !== null) yield batch.slice(0, filled)
      batch = null
      filled = 0
      yield piece
      continue
    }
    for (let from = 0; from < piece.byteLength;) {
      batch ??= new Uint8Array(batchBytes)
      const part = piece.subarray(from, from + batchBytes - filled)
      batch.set(part, filled)
      filled += part.byteLength
      from += part.byteLength
      if (filled < batchBytes) continue
      yield batch
      batch = null
      filled = 0
    }
  }
  if (batch !== null) yield batch.slice(0, filled)
}
