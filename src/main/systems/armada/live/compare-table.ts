import { countOf, countWords } from '../../../../shared/domain/size-words.ts'
import { quoted } from '../../../engine/archive/entry-name.ts'
import { mapInParallel } from '../../../../shared/domain/parallel.ts'
import type { ObjectStore } from '../../../ports/object-store.ts'
import { createBatchCount } from '../batch-count.ts'
import { readRecords, type FileRecord } from '../file-records.ts'
import { piecesOf, type RestoreSource } from '../restore-sources.ts'
import { countKeys, readPages, readValue, type TableShard } from './key-values.ts'
import { matchPages } from './match-pages.ts'
import type { ArmadaLink } from './server.ts'

export interface TableCompared {
  readonly table: string
  readonly shard: string
  readonly fileKeys: number
  /** Counted by the server, linearizable. */
  readonly tableKeys: number
  /** Of so many keys the values were compared; all of them where `isEveryValue`. */
  readonly valuesCompared: number
  readonly isEveryValue: boolean
  /** Of those that were compared. */
  readonly missing: number
  readonly differing: number
  readonly isEqual: boolean
  /** What was found, for people. */
  readonly sentence: string
}

export interface CompareOptions {
  /** Of the server: the records with which its batches end are looked at one by one. */
  readonly batchBytes: number
  /** Compares every key and value: the whole table is read once. */
  readonly everyValue?: boolean
}

const samples = 200
const readsAtOnce = 8
const mostHeldBytes = 8 * 1024 * 1024

/**
 * Holds a table against the file that it was restored from: the server's own count, and values: some that are spread over the file, and the
 * record with which each batch of the restore ended, with its neighbours, which is where keys are lost (source: manager.go). Changes nothing.
 */
export async function compareTable(
  link: ArmadaLink,
  source: RestoreSource,
  store: ObjectStore,
  { batchBytes, everyValue = false }: CompareOptions,
): Promise<TableCompared> {
  const { table, keys: fileKeys } = source
  const { keys: tableKeys, shard } = await countKeys(link, table)
  const counted = everyValue
    ? await compareAll(link, { table, shard }, source, store)
    : await compareSome(link, { table, shard }, source, store, batchBytes)
  const isEqual = tableKeys === fileKeys && counted.missing + counted.differing === 0
  const found = {
    table,
    shard,
    fileKeys,
    tableKeys,
    ...counted,
    isEveryValue: everyValue,
    isEqual,
  }
  return { ...found, sentence: sentenceOf(found) }
}

interface Counted {
  readonly valuesCompared: number
  readonly missing: number
  readonly differing: number
}

async function compareAll(
  link: ArmadaLink,
  shard: TableShard,
  source: RestoreSource,
  store: ObjectStore,
): Promise<Counted> {
  let missing = 0
  let differing = 0
  const file = readRecords(piecesOf(source, store, link.session.signal))
  const pages = readPages(link, shard, { withValues: true })
  for await (const { kind } of matchPages(file, pages, { withValues: true })) {
    if (kind === 'missing') missing += 1
    if (kind === 'differs') differing += 1
  }
  return { valuesCompared: source.keys, missing, differing }
}

async function compareSome(
  link: ArmadaLink,
  shard: TableShard,
  source: RestoreSource,
  store: ObjectStore,
  batchBytes: number,
): Promise<Counted> {
  let valuesCompared = 0
  let missing = 0
  let differing = 0

  async function compare(records: readonly FileRecord[]): Promise<void> {
    await mapInParallel(records, readsAtOnce, async ({ key, value }) => {
      const found = await readValue(link, shard, key)
      valuesCompared += 1
      if (found === null) missing += 1
      else if (Buffer.compare(found, value) !== 0) differing += 1
    })
  }

  let held: FileRecord[] = []
  let heldBytes = 0
  for await (const record of samplesOf(source, store, link, batchBytes)) {
    held.push(record)
    heldBytes += record.sizeBytes
    if (held.length < 8 * readsAtOnce && heldBytes < mostHeldBytes) continue
    await compare(held)
    held = []
    heldBytes = 0
  }
  await compare(held)
  return { valuesCompared, missing, differing }
}

async function* samplesOf(
  source: RestoreSource,
  store: ObjectStore,
  { session }: ArmadaLink,
  batchBytes: number,
): AsyncGenerator<FileRecord, void, undefined> {
  const batches = createBatchCount(batchBytes)
  const every = Math.max(1, Math.floor(source.keys / samples))
  let place = 0
  let before: FileRecord | null = null
  let isBeforeTaken = false
  let isAfterEnd = false
  for await (const records of readRecords(piecesOf(source, store, session.signal))) {
    for (const record of records) {
      const isEnd = batches.take(record.sizeBytes) !== 'kept'
      place += 1
      if (isEnd && before !== null && !isBeforeTaken) yield before
      const isTaken: boolean = isEnd || isAfterEnd || place % every === 0 || place === source.keys
      if (isTaken) yield record
      before = record
      isBeforeTaken = isTaken
      isAfterEnd = isEnd
    }
  }
}

function sentenceOf({
  table,
  fileKeys,
  tableKeys,
  valuesCompared,
  missing,
  differing,
  isEqual,
  isEveryValue,
}: Omit<TableCompared, 'sentence'>): string {
  const name = quoted(table)
  if (isEqual) {
    const values = isEveryValue ? 'every value is' : `${countOf(valuesCompared, 'value')} compared are`
    return `The table ${name} has the ${countOf(fileKeys, 'key')} of its file, and ${values} as in the file.`
  }
  const parts = [
    ...(tableKeys === fileKeys
      ? []
      : [`it has ${countOf(tableKeys, 'key')}, and its file ${countWords(fileKeys)}`]),
    ...(missing === 0
      ? []
      : [`${countOf(missing, 'key')} of those compared ${missing === 1 ? 'is' : 'are'} not there`]),
    ...(differing === 0
      ? []
      : [`${countOf(differing, 'value')} of those compared ${differing === 1 ? 'is' : 'are'} another one`]),
  ]
  return `The table ${name} is not as its file: ${parts.join('; ')}.`
}
