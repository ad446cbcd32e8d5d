import { maskedCrc32c } from '../crc32c.ts'

/** From source: rocksdb db/log_format.h. A header is checksum (4), length (2), type (1), little-endian. */
const blockBytes = 32 * 1024
const headerBytes = 7
const types = { zero: 0, full: 1, first: 2, middle: 3, last: 4 } as const

export type LogRecords =
  | { readonly kind: 'records'; readonly records: readonly Uint8Array[] }
  /** Behind `count` whole records a piece is not as it was written. */
  | { readonly kind: 'damaged'; readonly count: number }
  /** Written in a way that is not known here, or nothing of the kind. */
  | { readonly kind: 'unknown' }

/**
 * The records of a file in RocksDB's log format, which a MANIFEST is in. One that the end of the file cuts short is left out, as
 * RocksDB leaves it out: it was being written.
 */
export function readLogRecords(file: Uint8Array): LogRecords {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const records: Uint8Array[] = []
  const broken = (): LogRecords =>
    records.length === 0 ? { kind: 'unknown' } : { kind: 'damaged', count: records.length }
  let parts: Uint8Array[] | null = null
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
    if (!isBeginning && !isFollowing) return { kind: 'unknown' }
    if (isFollowing === (parts === null)) return broken()
    parts = [...(parts ?? []), payload]
    if (type === types.full || type === types.last) {
      records.push(parts.length === 1 ? payload : Buffer.concat(parts))
      parts = null
    }
    at = end
  }
  return { kind: 'records', records }
}
