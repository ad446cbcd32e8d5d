import type { QueryClient } from '@tanstack/react-query'
import type { Client, Desk } from './client-types.ts'

interface Parts {
  readonly client: { readonly clusters: Pick<Client['clusters'], 'some'> }
  readonly desk: { readonly clusters: Pick<Desk['clusters'], 'list'> }
  readonly queries: QueryClient
}

/**
 * Takes changed clusters into the fleet that is shown, without asking for the others again: while everything is looked
 * at, one or two change at a time, and there may be hundreds. What changes meanwhile is asked for in one go after it.
 */
export function fleetRefresher({ client, desk, queries }: Parts): (ids: Iterable<string>) => Promise<void> {
  const list = { ...desk.clusters.list.queryOptions(), staleTime: Infinity }
  const changed = new Set<string>()
  let isRunning = false

  /** The number of the list that stands; null while another one is on its way, which may be older than what comes now. */
  const standing = (): number | null => {
    const state = queries.getQueryState(list.queryKey)
    return state?.fetchStatus === 'idle' && !state.isInvalidated ? state.dataUpdateCount : null
  }

  async function takeIn(): Promise<void> {
    const ids = [...changed]
    changed.clear()
    await queries.fetchQuery(list)
    const before = standing()
    const clusters = new Map((await client.clusters.some({ ids })).map((each) => [each.id, each]))
    if (before !== null && standing() === before)
      queries.setQueryData(list.queryKey, (known) => known?.map((each) => clusters.get(each.id) ?? each))
    else for (const id of ids) changed.add(id)
  }

  return async (ids) => {
    for (const id of ids) changed.add(id)
    if (isRunning) return
    isRunning = true
    try {
      while (changed.size > 0) await takeIn()
    } catch {
      changed.clear()
      await queries.invalidateQueries({ queryKey: list.queryKey })
    } finally {
      isRunning = false
    }
  }
}
