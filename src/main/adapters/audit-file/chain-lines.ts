import type { FileHandle } from 'node:fs/promises'
import { maxLineBytes } from '../../../shared/domain/audit-chain.ts'

/** Small enough that the work on one piece keeps nobody waiting. */
const pieceBytes = 64 * 1024

const lineFeed = 0x0a

export interface ChainLine {
  /** Null where the bytes are no UTF-8, or more than a line may have. */
  readonly text: string | null
  /** Of the first byte after its line feed. */
  readonly end: number
}

/** The whole lines between two offsets, a piece of the file at a time; bytes after the last line feed are left out. */
export async function* linesOf(
  file: FileHandle,
  from: number,
  to: number,
): AsyncGenerator<ChainLine, void, undefined> {
  let rest: Uint8Array = Buffer.alloc(0)
  let isTooLong = false
  for (let at = from; at < to;) {
    const piece = await readAt(file, at, Math.min(pieceBytes, to - at))
    if (piece.byteLength === 0) return
    let begin = 0
    for (;;) {
      const end = piece.indexOf(lineFeed, begin)
      if (end === -1) break
      const bytes = Buffer.concat([rest, piece.subarray(begin, end)])
      yield { text: isTooLong ? null : textOf(bytes), end: at + end + 1 }
      rest = Buffer.alloc(0)
      isTooLong = false
      begin = end + 1
    }
    isTooLong ||= rest.byteLength + piece.byteLength - begin > maxLineBytes
    rest = isTooLong ? Buffer.alloc(0) : Buffer.concat([rest, piece.subarray(begin)])
    at += piece.byteLength
  }
}

/** The whole lines before an offset, the last one first. What follows the last line feed is left out. */
export async function* linesBefore(
  file: FileHandle,
  end: number,
): AsyncGenerator<ChainLine, void, undefined> {
  /** Bytes between the piece and the line feed that ends their line; null before the first line feed is found. */
  let rest: Uint8Array | null = null
  let lineEnd = end
  for (let at = end; at > 0;) {
    const begin = Math.max(0, at - pieceBytes)
    const piece = await readAt(file, begin, at - begin)
    let to = piece.byteLength
    for (;;) {
      const feed = to === 0 ? -1 : piece.lastIndexOf(lineFeed, to - 1)
      if (feed === -1) break
      if (rest !== null) {
        yield { text: textOf(Buffer.concat([piece.subarray(feed + 1, to), rest])), end: lineEnd }
      }
      rest = Buffer.alloc(0)
      lineEnd = begin + feed + 1
      to = feed
    }
    if (rest !== null) rest = Buffer.concat([piece.subarray(0, to), rest]).subarray(0, maxLineBytes + 1)
    at = begin
  }
  if (rest !== null) yield { text: textOf(rest), end: lineEnd }
}

/** Fewer bytes than asked for only at the end of the file. */
async function readAt(file: FileHandle, at: number, sizeBytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(sizeBytes)
  let filled = 0
  while (filled < sizeBytes) {
    const { bytesRead } = await file.read(buffer, filled, sizeBytes - filled, at + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

function textOf(bytes: Uint8Array): string | null {
  if (bytes.byteLength > maxLineBytes) return null
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}
