import { isJsonObject } from '../../../shared/domain/strict-json.ts'
import type { FindingCode } from '../../../shared/domain/finding.ts'

const problemCodes = ['archive.malformed', 'archive.truncated'] as const satisfies readonly FindingCode[]

/** Something that the bytes of a table's file cannot be if it is whole. */
export interface TableProblem {
  readonly code: (typeof problemCodes)[number]
  /** Whole sentences. */
  readonly message: string
  /** How often it was met; the message is of the first time. */
  readonly count: number
}

/** A table that records say they are of. */
export interface RecordedTable {
  /** Null: no UTF-8, or longer than any name of a table. */
  readonly name: string | null
  readonly records: number
}

/** What one reading of a table's file found. Nothing in it depends on the file's name. */
export interface TableFacts {
  readonly format: 'armada-walk/1'
  /** True where it was read to a clean end; else counts are of what came before. */
  readonly complete: boolean
  /** Of all kinds, the end record included. */
  readonly records: number
  /** Keys that differ from the one before them: exactly the table's keys where none is out of order. */
  readonly keys: number
  /** Bytes of what is not compressed: records with their lengths. */
  readonly plainBytes: number
  readonly keyBytes: number
  readonly valueBytes: number
  /** Records that name a table, by table, in the order in which they came; the first few. */
  readonly tables: readonly RecordedTable[]
  readonly withoutTable: number
  /** Puts whose key is smaller than the one before, and puts of the same key once more. */
  readonly outOfOrder: number
  readonly repeated: number
  /** Puts that carry a leader index; newer servers refuse a v2 stream in which one lacks it [from source, newer]. */
  readonly withLeaderIndex: number
  /** Decimal; of the record that ends a v2 stream; null where there is none. */
  readonly endLeaderIndex: string | null
  /** Bytes of the longest record, without its length. */
  readonly longestRecordBytes: number
  readonly problems: readonly TableProblem[]
}

/** Takes facts that were kept as JSON; null for anything else, which is then as if it had not been read. */
export function readFacts(content: unknown): TableFacts | null {
  if (!isJsonObject(content) || content['format'] !== 'armada-walk/1') return null
  const { complete, endLeaderIndex } = content
  const tables = listOf(content['tables'], recordedTable)
  const problems = listOf(content['problems'], tableProblem)
  if (typeof complete !== 'boolean' || tables === null || problems === null) return null
  if (endLeaderIndex !== null && typeof endLeaderIndex !== 'string') return null
  const counts = countNames.map((name) => [name, content[name]] as const)
  if (counts.some(([, value]) => !isCount(value))) return null
  const count = (name: (typeof countNames)[number]): number => {
    const value = content[name]
    return isCount(value) ? value : 0
  }
  return {
    format: 'armada-walk/1',
    complete,
    records: count('records'),
    keys: count('keys'),
    plainBytes: count('plainBytes'),
    keyBytes: count('keyBytes'),
    valueBytes: count('valueBytes'),
    tables,
    withoutTable: count('withoutTable'),
    outOfOrder: count('outOfOrder'),
    repeated: count('repeated'),
    withLeaderIndex: count('withLeaderIndex'),
    endLeaderIndex,
    longestRecordBytes: count('longestRecordBytes'),
    problems,
  }
}

const countNames = [
  'records',
  'keys',
  'plainBytes',
  'keyBytes',
  'valueBytes',
  'withoutTable',
  'outOfOrder',
  'repeated',
  'withLeaderIndex',
  'longestRecordBytes',
] as const

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function listOf<T>(value: unknown, read: (item: unknown) => T | null): readonly T[] | null {
  if (!Array.isArray(value)) return null
  const items: T[] = []
  for (const item of value) {
    const one = read(item)
    if (one === null) return null
    items.push(one)
  }
  return items
}

function recordedTable(value: unknown): RecordedTable | null {
  if (!isJsonObject(value)) return null
  const { name, records } = value
  return (name === null || typeof name === 'string') && isCount(records) ? { name, records } : null
}

function tableProblem(value: unknown): TableProblem | null {
  if (!isJsonObject(value)) return null
  const { message, count } = value
  const code = problemCodes.find((known) => known === value['code'])
  return code !== undefined && typeof message === 'string' && isCount(count) ? { code, message, count } : null
}
