/** Large enough that work a piece costs far more than passing it on, small enough for a processor's cache. */
export const pieceBytes = 512 * 1024

/** What is kept at most, 32 MiB: more than is under way to a few workers. */
const mostSpare = 64
const spare: Uint8Array<ArrayBuffer>[] = []

/**
 * Memory of `pieceBytes` for one piece, with anything in it: fill all of it. Whoever is given the piece may return its
 * memory, and need not. New memory for every piece would cost a processor about as much as hashing it.
 */
export function takeMemory(): Uint8Array<ArrayBuffer> {
  return spare.pop() ?? new Uint8Array(pieceBytes)
}

/** The bytes in memory of their own, the pool's as far as they fill it. */
export function* copiesOf(bytes: Uint8Array): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) {
    const part = bytes.subarray(at, at + pieceBytes)
    if (part.byteLength < pieceBytes) yield new Uint8Array(part)
    else {
      const copy = takeMemory()
      copy.set(part)
      yield copy
    }
  }
}

/** Takes back memory that nobody else holds any more; what is no whole piece is left to the garbage collector. */
export function returnMemory(piece: Uint8Array<ArrayBuffer>): void {
  const isWhole = piece.byteLength === pieceBytes && piece.buffer.byteLength === pieceBytes
  if (isWhole && spare.length < mostSpare) spare.push(piece)
}

let isAllocatorTuned = false

/**
 * Gives memory that nobody else holds back to the system's allocator now, not at the next garbage collection; where the
 * engine cannot (Node before 22), or other pieces may share the memory, nothing happens. The piece is empty afterwards.
 */
export function discardMemory(piece: Uint8Array): void {
  const { buffer } = piece
  if (!(buffer instanceof ArrayBuffer && 'transfer' in buffer) || buffer.byteLength !== piece.byteLength)
    return
  buffer.transfer(0)
  if (isAllocatorTuned) return
  isAllocatorTuned = true
  // glibc hands large blocks that are freed to the kernel, and fetches them anew with all their page faults, until it has
  // seen a larger one freed (mallopt(3), M_MMAP_THRESHOLD). This one is never touched, so it costs nothing.
  new ArrayBuffer(16 * 1024 * 1024).transfer(0)
}
