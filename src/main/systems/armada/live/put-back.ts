import type { ObjectStore } from '../../../ports/object-store.ts'
import { readRecords } from '../file-records.ts'
import { piecesOf, type RestoreSource } from '../restore-sources.ts'
import { countKeys, putValue, readPages, readValue } from './key-values.ts'
import { matchPages } from './match-pages.ts'
import type { ArmadaLink } from './server.ts'

export interface PutBack {
  readonly table: string
  readonly shard: string
  /** Keys of the file that were not in the table, and are now. */
  readonly put: number
  /** Keys of the table that are not in the file: somebody has written them since. They are left alone. */
  readonly extra: number
}

/**
 * Puts every key of the file that the table lacks. A key that is there is left alone, whatever its value, so it may be called as often as one
 * likes. Nothing may write to the table meanwhile: what a client puts between the look and the put would be overwritten.
 */
export async function putBackMissing(
  link: ArmadaLink,
  source: RestoreSource,
  store: ObjectStore,
): Promise<PutBack> {
  const { table } = source
  const { shard } = await countKeys(link, table)
  let put = 0
  let extra = 0
  const file = readRecords(piecesOf(source, store, link.session.signal))
  const pages = readPages(link, { table, shard })
  for await (const difference of matchPages(file, pages, { withValues: false })) {
    if (difference.kind === 'extra') extra += 1
    if (difference.kind !== 'missing') continue
    const { key, value } = difference.wanted
    // The page was read a moment ago.
    if ((await readValue(link, { table, shard }, key)) !== null) continue
    await putValue(link, { table, shard }, { key, value })
    put += 1
  }
  return { table, shard, put, extra }
}
