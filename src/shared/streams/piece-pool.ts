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

/** Takes back memory that nobody else holds any more; what is no whole piece is left to the garbage collector. */
export function returnMemory(piece: Uint8Array<ArrayBuffer>): void {
  const isWhole = piece.byteLength === pieceBytes && piece.buffer.byteLength === pieceBytes
  if (isWhole && spare.length < mostSpare) spare.push(piece)
}

/**
 * Gives memory that nobody else holds back to the system's allocator now, not at the next garbage collection; where the
 * engine cannot (Node before 22) nothing happens. The piece is empty afterwards.
 */
export function discardMemory(piece: Uint8Array): void {
  if (piece.buffer instanceof ArrayBuffer && 'transfer' in piece.buffer) piece.buffer.transfer(0)
}

/**
 * For a thread that discards much: glibc hands every large block that is freed to the kernel, and fetches it anew with
 * all its page faults, until it has seen a larger one freed; from then on it keeps what is smaller (mallopt(3),
 * M_MMAP_THRESHOLD). The block is never touched, so it costs nothing.
 */
export function keepDiscardedMemory(): void {
  discardMemory(new Uint8Array(16 * 1024 * 1024))
}
