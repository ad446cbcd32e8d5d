import { crc32 } from 'node:zlib'

/** RFC 1951, 3.2.4: a block that is not compressed holds so many bytes at most, and has 5 before them. */
const mostBlockBytes = 65_535
const beforeBlockBytes = 5
/** RFC 1952: the shortest header, without a name and a time. */
const header = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255)
const trailerBytes = 8

/** How many bytes `storedGzip` makes of so many. */
export function storedGzipBytes(plainBytes: number): number {
  const blocks = Math.max(1, Math.ceil(plainBytes / mostBlockBytes))
  return header.byteLength + plainBytes + blocks * beforeBlockBytes + trailerBytes
}

/**
 * A gzip member whose size is known before its first byte, since nothing in it is compressed. Throws a RangeError where the pieces are
 * not `plainBytes` long.
 */
export async function* storedGzip(
  pieces: AsyncIterable<Uint8Array>,
  plainBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let checksum = 0
  let takenBytes = 0
  let blockLeft = 0
  yield header
  if (plainBytes === 0) yield blockStart(0, true)
  for await (const piece of pieces) {
    checksum = crc32(piece, checksum)
    for (let from = 0; from < piece.byteLength;) {
      if (takenBytes === plainBytes) throw wrongLength(plainBytes)
      if (blockLeft === 0) {
        blockLeft = Math.min(mostBlockBytes, plainBytes - takenBytes)
        yield blockStart(blockLeft, takenBytes + blockLeft === plainBytes)
      }
      const part = piece.subarray(from, from + blockLeft)
      yield part
      from += part.byteLength
      takenBytes += part.byteLength
      blockLeft -= part.byteLength
    }
  }
  if (takenBytes !== plainBytes) throw wrongLength(plainBytes)
  const trailer = Buffer.alloc(trailerBytes)
  trailer.writeUInt32LE(checksum, 0)
  trailer.writeUInt32LE(plainBytes % 2 ** 32, 4)
  yield trailer
}

function blockStart(bytes: number, isLast: boolean): Uint8Array {
  const start = Buffer.alloc(beforeBlockBytes)
  start.writeUInt8(isLast ? 1 : 0, 0)
  start.writeUInt16LE(bytes, 1)
  start.writeUInt16LE(0xffff - bytes, 3)
  return start
}

function wrongLength(plainBytes: number): RangeError {
  return new RangeError(`The pieces are not ${plainBytes} bytes long.`)
}
