import { maskedCrc32c } from '../../engine/crc32c.ts'
import {
  chunkPlainBytes,
  compressedType,
  crcBytes,
  headerBytes,
  plainType,
  streamIdentifier,
} from './snappy-frames.ts'

/** One block of raw snappy; null where it would be no shorter. */
export type CompressBlock = (plain: Uint8Array) => Uint8Array | null

/**
 * A stream in the snappy framing format, 64 KiB of plain bytes a chunk. Chunks are stored as they are unless `compress`
 * is given: that is legal, and what snappy itself does where nothing repeats. Nothing at all gives no bytes at all, as
 * the system writes an empty table [from source: systems page A3].
 */
export async function* snappyStream(
  plain: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  compress: CompressBlock = () => null,
): AsyncGenerator<Uint8Array, void, undefined> {
  const chunk = new Uint8Array(chunkPlainBytes)
  let filled = 0
  let isBegun = false
  function* flush(): Generator<Uint8Array, void, undefined> {
    if (filled === 0) return
    if (!isBegun) yield streamIdentifier.slice()
    isBegun = true
    yield chunkOf(chunk.subarray(0, filled), compress)
    filled = 0
  }
  for await (const piece of plain) {
    for (let at = 0; at < piece.byteLength;) {
      const part = piece.subarray(at, at + chunkPlainBytes - filled)
      chunk.set(part, filled)
      filled += part.byteLength
      at += part.byteLength
      if (filled === chunkPlainBytes) yield* flush()
    }
  }
  yield* flush()
}

/** A chunk of at most 64 KiB that is stored as it is. */
export function plainChunk(plain: Uint8Array): Uint8Array {
  return chunkOf(plain, () => null)
}

/** One chunk: type, length, checksum of what is plain, body. */
function chunkOf(plain: Uint8Array, compress: CompressBlock): Uint8Array {
  const block = compress(plain)
  const body = block ?? plain
  const chunk = new Uint8Array(headerBytes + crcBytes + body.byteLength)
  const view = new DataView(chunk.buffer)
  const type = block === null ? plainType : compressedType
  view.setUint32(0, type | ((crcBytes + body.byteLength) << 8), true)
  view.setUint32(headerBytes, maskedCrc32c(plain), true)
  chunk.set(body, headerBytes + crcBytes)
  return chunk
}
