import { maskedCrc32c } from '../../src/main/engine/crc32c.ts'

const blockBytes = 32 * 1024
const headerBytes = 7

export interface LabTable {
  readonly number: number
  readonly sizeBytes: number
}

/**
 * A MANIFEST as RocksDB begins a new one: a first record with the name of the comparator, a second one with every table. Where
 * there is room, it is `sizeBytes` long.
 */
export function rocksManifest(tables: readonly LabTable[], sizeBytes = 0): Buffer {
  const state = Buffer.concat([...tables.map(newTable), varints(2, 4, 9, 0, 3, 100, 4, 1000)])
  const comparator = Buffer.concat([varints(1), text('leveldb.BytewiseComparator')])
  const bare = asLog([comparator, state])
  // The ID of the database, which is as long as it likes: its tag and its length take four bytes.
  const idBytes = sizeBytes - bare.byteLength - 4
  if (idBytes < 128) return bare
  return asLog([Buffer.concat([varints(8193), text('i'.repeat(idBytes)), comparator]), state])
}

/** Records one after the other, each in pieces where it does not fit into what is left of a block. */
export function asLog(records: readonly Uint8Array[]): Buffer {
  const out: Buffer[] = []
  let written = 0
  const put = (bytes: Buffer): void => {
    out.push(bytes)
    written += bytes.byteLength
  }
  for (const record of records) {
    let from = 0
    do {
      const left = blockBytes - (written % blockBytes)
      if (left < headerBytes) put(Buffer.alloc(left))
      const room = blockBytes - (written % blockBytes) - headerBytes
      const piece = record.subarray(from, from + room)
      const isFirst = from === 0
      from += piece.byteLength
      const isLast = from === record.byteLength
      const type = isFirst ? (isLast ? 1 : 2) : isLast ? 4 : 3
      const entry = Buffer.concat([Buffer.alloc(6), Buffer.of(type), piece])
      entry.writeUInt32LE(maskedCrc32c(entry, 6), 0)
      entry.writeUInt16LE(piece.byteLength, 4)
      put(entry)
    } while (from < record.byteLength)
  }
  return Buffer.concat(out)
}

/** Level 0, with the same key as its first and last, without sequence numbers and further fields. */
export function newTable({ number, sizeBytes }: LabTable): Buffer {
  const key = text('k\x01\0\0\0\0\0\0\0')
  return Buffer.concat([varints(103, 0, number, sizeBytes), key, key, varints(0, 0, 1)])
}

export function varints(...values: readonly number[]): Buffer {
  const bytes = values.flatMap((value) => {
    const made: number[] = []
    let left = value
    for (; left >= 128; left = Math.floor(left / 128)) made.push((left % 128) | 128)
    return [...made, left]
  })
  return Buffer.from(bytes)
}

export function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1')
  return Buffer.concat([varints(bytes.byteLength), bytes])
}
