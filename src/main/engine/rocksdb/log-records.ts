import { maskedCrc32c } from '../crc32c.ts'

/** From source: rocksdb db/log_format.h. A header is checksum (4), length (2), type (1), little-endian. */
const blockBytes = 32 * 1024
const headerBytes = 7
const types = { zero: 0, full: 1, first: 2, middle: 3, last: 4 } as const

export interface LogEnd {
  /**
   * `damaged`: behind `count` whole records a piece is not as it was written. `unknown`: written in a way that is not known here,
   * or nothing of the kind.
   */
  readonly kind: 'records' | 'damaged' | 'unknown'
  readonly count: number
}

/**
 * Hands over the records of a file in RocksDB's log format, which a MANIFEST is in; the bytes of each are its own until the next
 * one. One that the end of the file cuts short is left out, as RocksDB leaves it out: it was being written. In the time and the
 * memory of the file's own size, however it is cut into records and pieces.
 */
export function readLogRecords(file: Uint8Array, each: (record: Uint8Array) => void): LogEnd {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  let count = 0
  /** Where the pieces of one record are put together. */
  let joined: Uint8Array | null = null
  /** How many bytes of a record are there that has begun; null where none has. */
  let begun: number | null = null
  const broken = (): LogEnd => ({ kind: count === 0 ? 'unknown' : 'damaged', count })
  for (let at = 0; at + headerBytes <= file.byteLength;) {
    const blockEnd = at - (at % blockBytes) + blockBytes
    if (blockEnd - at < headerBytes) {
      at = blockEnd
      continue
    }
    const lengthBytes = view.getUint16(at + 4, true)
    const type = view.getUint8(at + 6)
    const end = at + headerBytes + lengthBytes
    // What was allocated and never written.
    if (type === types.zero && lengthBytes === 0) {
      at = blockEnd
      continue
    }
    if (end > blockEnd) return broken()
    if (end > file.byteLength) break
    if (maskedCrc32c(file, at + 6, end) !== view.getUint32(at, true)) return broken()
    const payload = file.subarray(at + headerBytes, end)
    const isBeginning = type === types.full || type === types.first
    const isFollowing = type === types.middle || type === types.last
    // The newer kinds (recycled, compressed) are for logs of changes, not for a MANIFEST.
    if (!isBeginning && !isFollowing) return { kind: 'unknown', count }
    if (isFollowing === (begun === null)) return broken()
    if (type !== types.full) {
      joined ??= new Uint8Array(file.byteLength)
      joined.set(payload, begun ?? 0)
      begun = (begun ?? 0) + payload.byteLength
    }
    if (type === types.full || type === types.last) {
      each(joined === null || begun === null ? payload : joined.subarray(0, begun))
      count += 1
      begun = null
    }
    at = end
  }
  return { kind: 'records', count }
}
