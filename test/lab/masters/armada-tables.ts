import { createFrameDecoder } from '../../../src/main/systems/armada/snappy-frames.ts'
import { createCommandParser, dummyType } from '../../../src/main/systems/armada/command.ts'
import { endRecord, putRecord } from '../../../src/main/systems/armada/record-writer.ts'
import { snappyStream } from '../../../src/main/systems/armada/snappy-writer.ts'
import { armadaPairs } from '../armada.ts'
import { LabStatus } from '../grpc-server.ts'
import { compressBlock } from '../snappy-compressor.ts'

/** Keys as latin1 text, so that their order is that of their bytes. */
export type Contents = ReadonlyMap<string, Buffer>

interface Shard {
  readonly id: string
  readonly pairs: Map<string, Buffer>
  /** Null: not sorted since it was changed. */
  sorted: readonly string[] | null
  index: number
}

export class LabCrash extends Error {}

export interface LabTables {
  names(): readonly string[]
  id(table: string): string | null
  /** Grows with every write. */
  index(table: string): number
  /** In byte order, from `key` on. */
  from(table: string, key: Uint8Array): readonly string[]
  get(table: string, key: string): Buffer | null
  put(table: string, key: Uint8Array, value: Uint8Array): void
  drop(table: string, key: string): void
  delete(table: string): void
  /** A shard of its own with what another server has. */
  take(table: string, contents: Contents): void
  contents(table: string): Contents
  backup(table: string): AsyncIterable<Uint8Array>
  /**
   * Reads a file as the server does and puts a new shard into the table's place. Throws `LabCrash` where the server's process ends, and
   * `LabStatus` where it says why it does not restore: the old shard stays then.
   */
  restore(table: string, file: Uint8Array, format: string): void
}

export interface LabTablesOptions {
  /** Keys of each table. */
  readonly tables: Readonly<Record<string, number>>
  readonly seed: string
  /** 2: a server that writes the newer form, knows its name, and loses nothing. */
  readonly version: 1 | 2
  /** `raft.max-in-mem-log-size`; half of it is one batch. */
  readonly logBytes: number
}

const longestRecordBytes = 4 * 1024 * 1024
const firstId = 10_001

export function labTables({ tables, seed, version, logBytes }: LabTablesOptions): LabTables {
  let lastId = firstId - 1
  const shards = new Map<string, Shard>()

  function add(table: string, pairs: Map<string, Buffer>): void {
    lastId += 1
    shards.set(table, { id: String(lastId), pairs, sorted: null, index: 9 })
  }

  function shard(table: string): Shard {
    const found = shards.get(table)
    if (found === undefined) throw new LabStatus('NOT_FOUND', 'table not found')
    return found
  }

  for (const [table, keys] of Object.entries(tables)) {
    const pairs = [...armadaPairs(seed, table, keys)].map(
      ({ key, value }) => [key.toString('latin1'), value] as const,
    )
    add(table, new Map(pairs))
  }

  function sortedOf(table: string): readonly string[] {
    const of = shard(table)
    return (of.sorted ??= [...of.pairs.keys()].toSorted())
  }

  function* records(table: string): Generator<Uint8Array> {
    const { pairs } = shard(table)
    let index = 1000n
    for (const key of sortedOf(table)) {
      index += 1n
      const value = pairs.get(key) ?? Buffer.of()
      yield putRecord({
        table,
        key: Buffer.from(key, 'latin1'),
        value,
        ...(version === 2 && { leaderIndex: index }),
      })
    }
    if (version === 2) yield endRecord(table, index + 1n)
  }

  return {
    names: () => [...shards.keys()].toSorted(),
    index: (table) => shard(table).index,
    id: (table) => shards.get(table)?.id ?? null,
    from(table, key) {
      const start = Buffer.from(key).toString('latin1')
      const all = sortedOf(table)
      let low = 0
      let high = all.length
      while (low < high) {
        const middle = (low + high) >>> 1
        if ((all[middle] ?? '') < start) low = middle + 1
        else high = middle
      }
      return all.slice(low)
    },
    get: (table, key) => shard(table).pairs.get(key) ?? null,
    put(table, key, value) {
      const of = shard(table)
      of.pairs.set(Buffer.from(key).toString('latin1'), Buffer.from(value))
      of.sorted = null
      of.index += 1
    },
    drop(table, key) {
      const of = shard(table)
      of.pairs.delete(key)
      of.sorted = null
    },
    delete(table) {
      shard(table)
      shards.delete(table)
    },
    take: (table, contents) => add(table, new Map(contents)),
    contents: (table) => new Map(shard(table).pairs),
    backup: (table) => snappyStream(records(table), compressBlock),
    restore(table, file, format) {
      const puts = version === 2 && format !== '' ? readNewer(file) : readOlder(file, logBytes / 2)
      add(table, puts)
    },
  }
}

/** As replication/snapshot/snapshot.go reads: the length is believed, and one beyond the buffer ends the process. */
function* readCommands(file: Uint8Array): Generator<Uint8Array> {
  const parts: Uint8Array[] = []
  try {
    const decoder = createFrameDecoder((plain) => parts.push(plain.slice()))
    decoder.push(file)
    decoder.end()
  } catch {
    throw new LabStatus('UNKNOWN', 'snappy: corrupt input')
  }
  const plain = Buffer.concat(parts)
  for (let at = 0; at < plain.byteLength;) {
    if (plain.byteLength - at < 8) throw new LabStatus('UNKNOWN', 'unexpected EOF')
    const size = Number(plain.readBigUInt64LE(at))
    if (size > longestRecordBytes) throw new LabCrash('slice bounds out of range')
    at += 8
    // A length with nothing behind it is taken for the end.
    if (at === plain.byteLength && size > 0) return
    if (plain.byteLength - at < size) throw new LabStatus('UNKNOWN', 'unexpected EOF')
    yield plain.subarray(at, at + size)
    at += size
  }
}

interface Command {
  readonly key: string
  readonly value: Buffer
  readonly isEnd: boolean
}

const parser = createCommandParser()

function commandOf(bytes: Uint8Array): Command {
  const view = parser.parse(bytes, 0, bytes.byteLength)
  if (typeof view === 'string') throw new LabStatus('UNKNOWN', 'proto: illegal wireType')
  return {
    key: Buffer.from(bytes.subarray(view.keyStart, view.keyEnd)).toString('latin1'),
    value: Buffer.from(bytes.subarray(view.valueStart, view.valueEnd)),
    isEnd: view.type === dummyType,
  }
}

/** As storage/table/manager.go has its loop: the record that fills a batch is in no batch. A record without a key is an empty key. */
function readOlder(file: Uint8Array, batchBytes: number): Map<string, Buffer> {
  const pairs = new Map<string, Buffer>()
  let filled = 0
  let batch: Command[] = []
  for (const bytes of readCommands(file)) {
    filled += bytes.byteLength
    const command = commandOf(bytes)
    if (filled < batchBytes) {
      batch.push(command)
      continue
    }
    for (const { key, value } of batch) pairs.set(key, value)
    batch = []
    filled = 0
  }
  for (const { key, value } of batch) pairs.set(key, value)
  return pairs
}

/** Newer: nothing is lost, and a file without its end is refused. */
function readNewer(file: Uint8Array): Map<string, Buffer> {
  const pairs = new Map<string, Buffer>()
  let isEnded = false
  for (const bytes of readCommands(file)) {
    const { key, value, isEnd } = commandOf(bytes)
    if (isEnd) isEnded = true
    else pairs.set(key, value)
  }
  if (!isEnded) throw new LabStatus('UNKNOWN', 'backup stream is truncated')
  return pairs
}
