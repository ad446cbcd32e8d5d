import { readLogRecords, type LogEnd } from './log-records.ts'

export type ManifestTables =
  /** The tables of the state that a MANIFEST ends with: their sizes in bytes, by the numbers in their names. */
  | { readonly kind: 'tables'; readonly tables: ReadonlyMap<number, number> }
  /** RocksDB opens no store by it; so many records of it are whole. */
  | { readonly kind: 'damaged'; readonly records: number }
  /** It says something that is not understood here: nothing can be told. */
  | { readonly kind: 'unknown' }
  /** It names more than are asked for at most. */
  | { readonly kind: 'tooMany' }

/** From source: rocksdb db/version_edit.h, `Tag`. */
const tags = {
  comparator: 1,
  logNumber: 2,
  nextFileNumber: 3,
  lastSequence: 4,
  compactCursor: 5,
  deletedFile: 6,
  newFile: 7,
  previousLogNumber: 9,
  minLogNumberToKeep: 10,
  newFile2: 100,
  newFile3: 102,
  newFile4: 103,
  columnFamily: 200,
  columnFamilyAdd: 201,
  columnFamilyDrop: 202,
  maxColumnFamily: 203,
  inAtomicGroup: 300,
} as const

/** Tags from the future with this bit are followed by their length, and may be stepped over. */
const skippable = 1 << 13
/** `kBlobFileAddition_DEPRECATED` to `kWalDeletion` have the bit, and no length. */
const withoutLength = { first: skippable + 2, last: skippable + 5 }

/** Fields of a new file (`NewFileCustomTag`): where one with this bit is not known, the store must not be opened. */
const lastField = 1
const mustBeKnown = 1 << 6

interface Table {
  readonly number: number
  readonly sizeBytes: number
}

/** Without each of them in some record RocksDB opens no store (from source: db/version_edit_handler.cc, `CheckIterationResult`). */
const neededTags: readonly number[] = [tags.logNumber, tags.nextFileNumber, tags.lastSequence]

/** What one record changes. */
interface Edit {
  /** Of the needed tags. */
  readonly seen: Set<number>
  readonly added: Table[]
  readonly deleted: number[]
  columnFamily: number
  dropsFamily: boolean
  /** Records that follow and count only together with this one; null where it stands alone. */
  groupLeft: number | null
}

/** One for each column family; a store has a few. */
const mostInGroup = 10_000

class NotUnderstood extends Error {}
class TooMany extends Error {}

/**
 * The tables that a RocksDB folder needs to be opened, by its MANIFEST (from source: rocksdb db/version_edit.cc, written by 7.8 and
 * read so by every version since column families; RocksDB wiki, "MANIFEST"). Where a file is not there, or has another size, it
 * refuses to open the store (from source: db/version_builder.cc, `CheckConsistency`; tried with 7.8.3).
 */
export function readManifestTables(manifest: Uint8Array, mostTables: number): ManifestTables {
  const state = new State(mostTables)
  let end: LogEnd
  try {
    end = readLogRecords(manifest, (record) => state.take(record))
  } catch (error) {
    if (error instanceof TooMany) return { kind: 'tooMany' }
    throw error
  }
  if (end.kind === 'damaged') return { kind: 'damaged', records: end.count }
  if (end.kind === 'unknown' || end.count === 0 || !state.isUnderstood) return { kind: 'unknown' }
  if (neededTags.some((tag) => !state.seen.has(tag))) return { kind: 'damaged', records: end.count }
  return {
    kind: 'tables',
    tables: new Map([...state.tables].map(([number, { sizeBytes }]) => [number, sizeBytes])),
  }
}

/** What the records so far come to. */
class State {
  readonly tables = new Map<number, { readonly sizeBytes: number; readonly columnFamily: number }>()
  readonly seen = new Set<number>()
  isUnderstood = true
  readonly #mostTables: number
  #group: Edit[] = []

  constructor(mostTables: number) {
    this.#mostTables = mostTables
  }

  /** Throws TooMany. */
  take(record: Uint8Array): void {
    // The rest is only looked at for damage.
    if (!this.isUnderstood) return
    try {
      const edit = readEdit(new Reader(record), this.#mostTables)
      this.#group.push(edit)
      if (this.#group.length > mostInGroup) throw new NotUnderstood()
      if (edit.groupLeft !== null && edit.groupLeft > 0) return
      for (const each of this.#group) this.#apply(each)
      this.#group = []
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error
      this.isUnderstood = false
      this.#group = []
    }
  }

  #apply({ added, deleted, columnFamily, dropsFamily, seen }: Edit): void {
    const { tables } = this
    for (const tag of seen) this.seen.add(tag)
    for (const number of deleted) tables.delete(number)
    for (const { number, sizeBytes } of added) tables.set(number, { sizeBytes, columnFamily })
    if (tables.size > this.#mostTables) throw new TooMany()
    if (!dropsFamily) return
    for (const [number, table] of tables) if (table.columnFamily === columnFamily) tables.delete(number)
  }
}

function readEdit(from: Reader, mostTables: number): Edit {
  const edit: Edit = {
    seen: new Set(),
    added: [],
    deleted: [],
    columnFamily: 0,
    dropsFamily: false,
    groupLeft: null,
  }
  while (!from.isAtEnd()) {
    readField(from.number(), from, edit)
    if (edit.added.length > mostTables) throw new TooMany()
  }
  return edit
}

function readField(tag: number, from: Reader, edit: Edit): void {
  if (neededTags.includes(tag)) edit.seen.add(tag)
  switch (tag) {
    case tags.comparator:
    case tags.columnFamilyAdd:
      return from.skipText()
    case tags.logNumber:
    case tags.nextFileNumber:
    case tags.lastSequence:
    case tags.previousLogNumber:
    case tags.minLogNumberToKeep:
    case tags.maxColumnFamily:
      return from.skipNumber()
    case tags.compactCursor:
      from.skipNumber()
      return from.skipText()
    case tags.deletedFile:
      from.skipNumber()
      return void edit.deleted.push(from.number())
    case tags.newFile:
    case tags.newFile2:
    case tags.newFile3:
    case tags.newFile4:
      return void edit.added.push(readTable(tag, from))
    case tags.columnFamily:
      edit.columnFamily = from.number()
      return
    case tags.columnFamilyDrop:
      edit.dropsFamily = true
      return
    case tags.inAtomicGroup:
      edit.groupLeft = from.number()
      return
    default:
      if ((tag & skippable) === 0 || (tag >= withoutLength.first && tag <= withoutLength.last))
        throw new NotUnderstood()
      return from.skipText()
  }
}

/** Level, number, (path), size, smallest key, largest key, (sequence numbers), (further fields). */
function readTable(tag: number, from: Reader): Table {
  from.skipNumber()
  const number = from.number()
  // One that lies in another folder is not of the archive.
  if (tag === tags.newFile3 && from.number() !== 0) throw new NotUnderstood()
  const sizeBytes = from.number()
  from.skipText()
  from.skipText()
  if (tag !== tags.newFile) {
    from.skipNumber()
    from.skipNumber()
  }
  if (tag === tags.newFile4) {
    for (let field = from.number(); field !== lastField; field = from.number()) {
      if ((field & mustBeKnown) !== 0) throw new NotUnderstood()
      from.skipText()
    }
  }
  return { number, sizeBytes }
}

/** Numbers are base-128 varints, texts are preceded by their length (from source: rocksdb util/coding.h). */
class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  isAtEnd(): boolean {
    return this.#at === this.#bytes.byteLength
  }

  number(): number {
    let value = 0
    for (let unit = 1; ; unit *= 128) {
      const byte = this.#next()
      value += (byte & 127) * unit
      if (!Number.isSafeInteger(value)) throw new NotUnderstood()
      if (byte < 128) return value
    }
  }

  /** Of up to 64 bits. */
  skipNumber(): void {
    for (let bytes = 1; this.#next() >= 128; bytes += 1) if (bytes === 10) throw new NotUnderstood()
  }

  skipText(): void {
    const end = this.number() + this.#at
    if (end > this.#bytes.byteLength) throw new NotUnderstood()
    this.#at = end
  }

  #next(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw new NotUnderstood()
    this.#at += 1
    return byte
  }
}
