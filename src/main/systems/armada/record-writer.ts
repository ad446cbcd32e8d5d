import { dummyType } from './command.ts'

/** One key of a table, as a backup has it. */
export interface Put {
  readonly table: string
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** Newer servers write it into each record; older ones do not. */
  readonly leaderIndex?: bigint
}

const utf8 = new TextEncoder()

/** A record that puts a key: its length, then the command, fields in the order in which the system writes them. */
export function putRecord({ table, key, value, leaderIndex }: Put): Uint8Array {
  return recordOf([
    ...bytesField(1, utf8.encode(table)),
    // Empty fields are not written (proto3).
    ...bytesField(3, Buffer.concat([...bytesField(1, key), ...bytesField(4, value)]), true),
    ...(leaderIndex === undefined ? [] : indexField(leaderIndex)),
  ])
}

/** The record that ends a table's file in the newer form [from source, newer: armadaserver/maintenance.go]. */
export function endRecord(table: string, leaderIndex: bigint): Uint8Array {
  return recordOf([
    ...bytesField(1, utf8.encode(table)),
    Uint8Array.of((2 << 3) | 0, dummyType),
    ...indexField(leaderIndex),
  ])
}

function recordOf(fields: readonly Uint8Array[]): Uint8Array {
  const sizeBytes = fields.reduce((sum, field) => sum + field.byteLength, 0)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(sizeBytes))
  return Buffer.concat([length, ...fields])
}

function bytesField(number: number, bytes: Uint8Array, evenEmpty = false): readonly Uint8Array[] {
  if (bytes.byteLength === 0 && !evenEmpty) return []
  return [Uint8Array.of((number << 3) | 2), varint(BigInt(bytes.byteLength)), bytes]
}

function indexField(leaderIndex: bigint): readonly Uint8Array[] {
  return [Uint8Array.of((5 << 3) | 0), varint(leaderIndex)]
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}
