import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Found } from '../../shared/contract/backups.ts'
import { searchIn } from '../operations/search-text.ts'
import type { DeskPorts } from './ports.ts'
import type { Views } from './views.ts'

/** More help nobody: who looks for a hash has more of its digits. */
const mostFound = 20

/** Backups by their id and objects by their key or hash, in all that was ever looked at. Reads no repository. */
export async function findAnywhere(
  wanted: string,
  { state, views }: Pick<DeskPorts, 'state'> & { readonly views: Pick<Views, 'searchText'> },
  signal: AbortSignal | undefined,
): Promise<Found> {
  const clusters = state.clusters.list()
  const hits: Found['hits'] = []
  let lookedAt = 0
  for (const { id } of clusters) {
    const text = await views.searchText(id)
    if (text === null) continue
    lookedAt += 1
    const left = mostFound - hits.length
    if (left === 0) continue
    hits.push(...searchIn(text, wanted, left).map((hit) => ({ ...hit, clusterId: id })))
    // The texts of hundreds of clusters are some tens of megabytes: others get their turn.
    await nextTurn(undefined, { signal })
  }
  return { hits, lookedAt, clusters: clusters.length }
}
