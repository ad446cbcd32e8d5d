import { readSource } from '../../../shared/streams/source-reader.ts'

export interface Peeked extends AsyncDisposable {
  readonly first: { readonly bytes: Uint8Array; readonly isWhole: boolean }
  /** All pieces, from the first one on. */
  readonly pieces: AsyncIterable<Uint8Array>
}

/**
 * Reads as many first bytes as `bytesNeeded` asks for (0: enough), and gives them with all pieces. The source is open until the pieces
 * are read or closed, or what is given is disposed of; also where nobody has begun to read the pieces.
 */
export async function peek(
  source: AsyncIterable<Uint8Array>,
  bytesNeeded: (bytes: Uint8Array, isWhole: boolean) => number,
): Promise<Peeked> {
  const reader = readSource(source)
  const iterator = reader[Symbol.asyncIterator]()
  const seen: Uint8Array[] = []
  let bytes: Uint8Array = new Uint8Array()
  let isWhole = false
  try {
    for (
      let needed = bytesNeeded(bytes, false);
      needed > bytes.byteLength;
      needed = bytesNeeded(bytes, false)
    ) {
      const next = await iterator.next()
      if (next.done === true) {
        isWhole = true
        break
      }
      seen.push(next.value)
      // The first piece is nearly always enough; it is looked at, not copied.
      bytes = seen.length === 1 ? next.value : Buffer.concat(seen)
    }
  } catch (error) {
    await reader.close()
    throw error
  }
  // No generator: closing one that was never begun runs nothing of it.
  const rest: AsyncIterator<Uint8Array, undefined> = {
    async next() {
      const piece = seen.shift()
      return piece === undefined ? iterator.next() : { done: false, value: piece }
    },
    async return() {
      seen.length = 0
      await reader.close()
      return { done: true, value: undefined }
    },
  }
  return {
    first: { bytes, isWhole },
    pieces: { [Symbol.asyncIterator]: () => rest },
    [Symbol.asyncDispose]: async () => reader.close(),
  }
}
