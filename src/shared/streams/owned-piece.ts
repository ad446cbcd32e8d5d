/**
 * The piece as one that may be moved to another thread: alone in its buffer. One that shares its buffer (a pool's slab, a
 * part of something larger, shared memory) is copied, so that nothing else is moved or carried along.
 */
export function ownedPiece(piece: Uint8Array): Uint8Array<ArrayBuffer> {
  return ownsItsBuffer(piece) ? piece : new Uint8Array(piece)
}

function ownsItsBuffer(piece: Uint8Array): piece is Uint8Array<ArrayBuffer> {
  return piece.buffer instanceof ArrayBuffer && piece.buffer.byteLength === piece.byteLength
}
