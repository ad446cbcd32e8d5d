import type { ObjectStore } from '../../../ports/object-store.ts'
import { readRecords, type FileRecord } from '../file-records.ts'
import { piecesOf, type RestoreSource } from '../restore-sources.ts'
import { readPages, type KeyValue, type TableShard } from './key-values.ts'
import type { ArmadaLink } from './server.ts'

export type Difference =
  /** In the file, and not in the table. */
  | { readonly kind: 'missing'; readonly record: FileRecord }
  /** In the table, and not in the file. */
  | { readonly kind: 'extra'; readonly key: Uint8Array }
  /** Only where values are compared. */
  | { readonly kind: 'differs'; readonly record: FileRecord }

/**
 * Goes through a file and a table side by side, both in byte order, and gives every key in which they differ. Memory is one page of the table
 * and a part of the file, however many keys there are.
 */
export async function* matchTable(
  link: ArmadaLink,
  shard: TableShard,
  source: RestoreSource,
  store: ObjectStore,
  options: { readonly withValues: boolean },
): AsyncGenerator<Difference, void, undefined> {
  const pages = readPages(link, shard, options)
  let page: readonly KeyValue[] = []
  let at = 0

  async function current(): Promise<KeyValue | null> {
    if (at < page.length) return page[at] ?? null
    const next = await pages.next()
    if (next.done === true) return null
    page = next.value
    at = 0
    return page[0] ?? null
  }

  try {
    let there = await current()
    for await (const records of readRecords(piecesOf(source, store, link.session.signal))) {
      for (const record of records) {
        while (there !== null && Buffer.compare(there.key, record.key) < 0) {
          yield { kind: 'extra', key: there.key }
          at += 1
          there = await current()
        }
        if (there === null || Buffer.compare(there.key, record.key) !== 0) {
          yield { kind: 'missing', record }
          continue
        }
        if (options.withValues && Buffer.compare(there.value, record.value) !== 0)
          yield { kind: 'differs', record }
        at += 1
        there = await current()
      }
    }
    for (; there !== null; at += 1, there = await current()) {
      yield { kind: 'extra', key: there.key }
    }
  } finally {
    await pages.return()
  }
}
