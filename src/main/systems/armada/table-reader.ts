import { ArchiveFault } from '../../engine/archive/archive-fault.ts'
import { commandTypes, createCommandParser, dummyType, putType, type CommandView } from './command.ts'
import type { RecordedTable, TableFacts, TableProblem } from './facts.ts'
import { createRecordSplitter } from './record-splitter.ts'
import { createFrameDecoder } from './snappy-frames.ts'

/** What a table takes [from source: storage/table/table.go:27,102]. */
export const tableLimits = { keyBytes: 1024, valueBytes: 2 * 1024 * 1024 } as const

/** Tables that are told apart in one file; it is of one. */
const mostTables = 4
const longestTableName = 255

interface CountedTable {
  readonly bytes: Uint8Array
  readonly name: RecordedTable['name']
  records: number
}

export interface TableReader {
  /** Takes the next bytes of the file, cut anywhere. What comes after damage is left unread. */
  push(bytes: Uint8Array): void
  /** The file ends here: what it was. */
  finish(): TableFacts
  /** True once nothing of what is pushed can be believed any more. */
  readonly isBroken: boolean
}

/**
 * Reads one table's file as it comes: snappy frames, in them records `[u64 little-endian length][Command]` [documented:
 * systems page A3, decoded from the system's own test data]. Never throws for what the bytes say. Memory is one chunk and
 * one record. `onRecord` is given each record whose command could be read, flawed ones and the end record included; the
 * view holds only until it returns.
 */
export function createTableReader(onRecord?: (record: CommandView) => void): TableReader {
  const parser = createCommandParser()
  const splitter = createRecordSplitter(takeRecord)
  const decoder = createFrameDecoder((plain) => {
    splitter.push(plain)
    plainBytes += plain.byteLength
  })
  const problems = new Map<string, { code: TableProblem['code']; message: string; count: number }>()
  const lastKey = new Uint8Array(tableLimits.keyBytes)
  let lastKeyBytes = -1
  const tables: CountedTable[] = []
  let lastTable: CountedTable | null = null
  let isBroken = false
  let records = 0
  let keys = 0
  let plainBytes = 0
  let keyBytes = 0
  let valueBytes = 0
  let withoutTable = 0
  let outOfOrder = 0
  let repeated = 0
  let withLeaderIndex = 0
  let longestRecordBytes = 0
  let highest: { readonly high: number; readonly low: number } | null = null
  let end: { readonly high: number; readonly low: number } | null = null
  let ends = 0

  function problem(
    kind: string,
    message: () => string,
    code: TableProblem['code'] = 'archive.malformed',
  ): void {
    const known = problems.get(kind)
    if (known === undefined) problems.set(kind, { code, message: message(), count: 1 })
    else known.count += 1
  }

  function takeRecord(bytes: Uint8Array, start: number, recordEnd: number): void {
    records += 1
    const place = records
    longestRecordBytes = Math.max(longestRecordBytes, recordEnd - start)
    const command = parser.parse(bytes, start, recordEnd)
    if (typeof command === 'string') {
      problem('command', () => `Record ${place} of the table's file is no command: ${command}.`)
      return
    }
    if (ends > 0)
      problem('afterEnd', () => `Record ${place} of the table's file comes after the record that ends it.`)
    countTable(command)
    if (command.type === dummyType) takeEnd(command, place)
    else if (command.type === putType) takePut(command, place)
    else {
      const name = commandTypes[command.type] ?? 'of an unknown type'
      problem('type', () => `Record ${place} of the table's file is ${name}; a backup has only PUT.`)
    }
    onRecord?.(command)
  }

  function takePut(
    { bytes, hasKeyValue, keyStart, keyEnd, valueStart, valueEnd, leaderIndex }: CommandView,
    place: number,
  ): void {
    const keySize = keyEnd - keyStart
    const valueSize = valueEnd - valueStart
    if (leaderIndex !== null) {
      withLeaderIndex += 1
      if (highest === null || isBelow(highest, leaderIndex)) highest = leaderIndex
    }
    if (!hasKeyValue || keySize === 0) {
      problem('noKey', () => `Record ${place} of the table's file has no key.`)
      return
    }
    if (keySize > tableLimits.keyBytes) {
      problem(
        'longKey',
        () =>
          `Record ${place} of the table's file has a key of ${keySize} bytes; a table takes at most ${tableLimits.keyBytes}.`,
      )
      return
    }
    if (valueSize > tableLimits.valueBytes) {
      problem(
        'longValue',
        () =>
          `Record ${place} of the table's file has a value of ${valueSize} bytes; a table takes at most ${tableLimits.valueBytes}.`,
      )
    }
    keyBytes += keySize
    valueBytes += valueSize
    const order = lastKeyBytes < 0 ? 1 : compareKeys(bytes, keyStart, keySize, lastKey, lastKeyBytes)
    if (order === 0) {
      repeated += 1
      return
    }
    if (order < 0) outOfOrder += 1
    keys += 1
    for (let index = 0; index < keySize; index += 1) lastKey[index] = bytes[keyStart + index] ?? 0
    lastKeyBytes = keySize
  }

  function takeEnd({ hasKeyValue, hasMore, leaderIndex }: CommandView, place: number): void {
    ends += 1
    if (hasKeyValue || hasMore)
      problem('endData', () => `Record ${place} of the table's file ends it, but holds data.`)
    if (leaderIndex === null) {
      problem('endIndex', () => `Record ${place} of the table's file ends it, but without a leader index.`)
      return
    }
    end = leaderIndex
    if (highest !== null && isBelow(leaderIndex, highest)) {
      problem(
        'endBehind',
        () =>
          `Record ${place} of the table's file ends it with a leader index below that of a record before.`,
      )
    }
  }

  function countTable({ bytes, tableStart, tableEnd }: CommandView): void {
    const size = tableEnd - tableStart
    if (size === 0) {
      withoutTable += 1
      return
    }
    if (lastTable === null || !isSame(bytes, tableStart, size, lastTable.bytes)) {
      lastTable = tables.find((table) => isSame(bytes, tableStart, size, table.bytes)) ?? null
    }
    if (lastTable === null && tables.length < mostTables) {
      const name = bytes.slice(tableStart, Math.min(tableEnd, tableStart + longestTableName + 1))
      lastTable = { bytes: name, name: nameOf(name), records: 0 }
      tables.push(lastTable)
    }
    if (lastTable !== null) lastTable.records += 1
  }

  function broke(error: unknown): void {
    if (!(error instanceof ArchiveFault)) throw error
    const code = error.code === 'archive.truncated' ? error.code : 'archive.malformed'
    problem('stream', () => error.message, code)
    isBroken = true
  }

  return {
    push(bytes) {
      if (isBroken) return
      try {
        decoder.push(bytes)
      } catch (error) {
        broke(error)
      }
    },
    finish() {
      if (!isBroken) {
        try {
          decoder.end()
          splitter.end()
        } catch (error) {
          broke(error)
        }
      }
      return {
        format: 'armada-walk/1',
        complete: !isBroken,
        records,
        keys,
        plainBytes,
        keyBytes,
        valueBytes,
        tables: tables.map(({ name, records: count }) => ({ name, records: count })),
        withoutTable,
        outOfOrder,
        repeated,
        withLeaderIndex,
        endLeaderIndex: end === null ? null : decimal(end),
        longestRecordBytes,
        problems: [...problems.values()],
      }
    },
    get isBroken() {
      return isBroken
    },
  }
}

/** The same over a whole stream, which is read to its end, or as far as it can be believed. */
export async function readTable(
  pieces: AsyncIterable<Uint8Array>,
  onRecord?: (record: CommandView) => void,
): Promise<TableFacts> {
  const reader = createTableReader(onRecord)
  for await (const piece of pieces) {
    reader.push(piece)
    if (reader.isBroken) break
  }
  return reader.finish()
}

/** Byte order, the shorter of two equal beginnings first; as the server's store has its keys. */
function compareKeys(
  bytes: Uint8Array,
  start: number,
  size: number,
  other: Uint8Array,
  otherSize: number,
): number {
  const shorter = Math.min(size, otherSize)
  for (let index = 0; index < shorter; index += 1) {
    const difference = (bytes[start + index] ?? 0) - (other[index] ?? 0)
    if (difference !== 0) return difference
  }
  return size - otherSize
}

function isSame(bytes: Uint8Array, start: number, size: number, other: Uint8Array): boolean {
  return size === other.byteLength && compareKeys(bytes, start, size, other, size) === 0
}

function isBelow(a: { high: number; low: number }, b: { high: number; low: number }): boolean {
  return a.high === b.high ? a.low < b.low : a.high < b.high
}

function decimal({ high, low }: { readonly high: number; readonly low: number }): string {
  return ((BigInt(high) << 32n) | BigInt(low)).toString()
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function nameOf(bytes: Uint8Array): string | null {
  if (bytes.byteLength > longestTableName) return null
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}
