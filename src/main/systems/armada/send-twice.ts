import { createBatchCount } from './batch-count.ts'
import { createRecordSplitter } from './record-splitter.ts'
import { chunkPlainBytes, createFrameDecoder, headerBytes } from './snappy-frames.ts'
import { plainChunk } from './snappy-writer.ts'

const smallestHeld = 128 * 1024

export interface Resent {
  /** Records of the file, without those that were sent once more. */
  records: number
  twice: number
  /** Records that the server loses in any case. */
  lost: number
}

/**
 * The file of a table as it is sent to a server that loses the record with which a batch is full: each of these comes twice. All other chunks
 * go through as they are stored. Throws `ArchiveFault` where the file is not what it was when it was verified. `sent` counts along.
 */
export async function* withBatchEndsTwice(
  pieces: AsyncIterable<Uint8Array>,
  batchBytes: number,
  sent: Resent,
): AsyncGenerator<Uint8Array, void, undefined> {
  const batches = createBatchCount(batchBytes)
  /** Plain bytes up to the end of the last record, and up to the beginning of this chunk. */
  let recordsEnd = 0
  let chunkStart = 0
  /** The chunk that was decoded, in parts; empty where it goes through as it is. */
  const parts: Uint8Array[] = []
  let cuts: { readonly at: number; readonly record: Uint8Array }[] = []
  const splitter = createRecordSplitter((bytes, start, end) => {
    recordsEnd += lengthBytes + end - start
    sent.records += 1
    const place = batches.take(end - start)
    if (place === 'lost') sent.lost += 1
    if (place !== 'twice') return
    sent.twice += 1
    cuts.push({ at: recordsEnd - chunkStart, record: framed(bytes, start, end) })
  })
  const decoder = createFrameDecoder((plain) => {
    cuts = []
    splitter.push(plain)
    chunkStart += plain.byteLength
    if (cuts.length > 0) parts.push(...splitChunk(plain, cuts))
  })
  for await (const chunk of chunksOf(pieces)) {
    decoder.push(chunk)
    if (parts.length === 0) yield chunk
    else yield* parts.splice(0)
  }
  decoder.end()
  splitter.end()
}

const lengthBytes = 8

function framed(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const record = Buffer.alloc(lengthBytes + end - start)
  record.writeBigUInt64LE(BigInt(end - start))
  record.set(bytes.subarray(start, end), lengthBytes)
  return record
}

/** The plain bytes of one chunk with a record once more after each cut, as chunks that are not compressed. */
function splitChunk(
  plain: Uint8Array,
  cuts: readonly { readonly at: number; readonly record: Uint8Array }[],
): Uint8Array[] {
  const parts: Uint8Array[] = []
  let from = 0
  for (const { at, record } of cuts) {
    parts.push(...chunksFrom(plain.subarray(from, at)), ...chunksFrom(record))
    from = at
  }
  parts.push(...chunksFrom(plain.subarray(from)))
  return parts
}

function chunksFrom(plain: Uint8Array): readonly Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0; at < plain.byteLength; at += chunkPlainBytes)
    chunks.push(plainChunk(plain.subarray(at, at + chunkPlainBytes)))
  return chunks
}

/** The chunks of a snappy stream as they are stored, each with its header; what is cut comes as it is, for the decoder to refuse. */
async function* chunksOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let held = new Uint8Array(smallestHeld)
  let heldBytes = 0
  for await (const piece of pieces) {
    let at = 0
    while (at < piece.byteLength) {
      const wanted = heldBytes < headerBytes ? headerBytes : chunkBytes(held)
      const part = Math.min(wanted - heldBytes, piece.byteLength - at)
      if (heldBytes + part > held.byteLength) {
        const grown = new Uint8Array(wanted)
        grown.set(held.subarray(0, heldBytes))
        held = grown
      }
      held.set(piece.subarray(at, at + part), heldBytes)
      heldBytes += part
      at += part
      if (heldBytes < headerBytes || heldBytes < chunkBytes(held)) continue
      yield held.slice(0, heldBytes)
      heldBytes = 0
    }
  }
  if (heldBytes > 0) yield held.slice(0, heldBytes)
}

function chunkBytes(header: Uint8Array): number {
  return headerBytes + ((header[1] ?? 0) | ((header[2] ?? 0) << 8) | ((header[3] ?? 0) << 16))
}

/** Pieces joined and cut into messages of at most `mostBytes`. */
export async function* inMessages(
  pieces: AsyncIterable<Uint8Array>,
  mostBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let parts: Uint8Array[] = []
  let filled = 0
  for await (const piece of pieces) {
    for (let at = 0; at < piece.byteLength;) {
      const part = piece.subarray(at, at + mostBytes - filled)
      parts.push(part)
      filled += part.byteLength
      at += part.byteLength
      if (filled < mostBytes) continue
      yield Buffer.concat(parts)
      parts = []
      filled = 0
    }
  }
  if (filled > 0) yield Buffer.concat(parts)
}
