import type { Look } from '../../shared/contract/clusters.ts'
import { isHoldfastError } from '../../shared/domain/error.ts'
import { cancelled } from '../../shared/domain/cancelled.ts'
import { createSlots } from '../../shared/streams/slots.ts'
import { failureOf } from '../../shared/domain/failure.ts'
import { failedLook, lookAt } from '../operations/look.ts'
import { searchTextOf, type SearchText } from '../operations/search-text.ts'
import { viewRepository, type RepositoryView } from '../operations/view-repository.ts'
import { withClusterRepository } from './cluster-repository.ts'
import type { DeskPorts } from './ports.ts'
import { savedCluster } from './saved.ts'

/** What is known of the clusters' repositories now, kept as long as it serves. */
export interface Views {
  /** The last look at a cluster; null before the first. From memory. */
  look(clusterId: string): Look | null
  isLooking(clusterId: string): boolean
  /** What can be found of a cluster as it was last looked at, also before this start; null before that. Reads no repository. */
  searchText(clusterId: string): Promise<SearchText | null>
  /** A view no older than `maxAgeMs`; made anew where there is none. Callers at the same time share one. */
  view(clusterId: string, maxAgeMs?: number): Promise<RepositoryView>
  /** Looks anew and remembers the outcome, a failure too. Never throws. */
  refresh(clusterId: string): Promise<void>
  /** The same for many, in this order. Whoever asks for a view meanwhile does not wait for all of them. */
  refreshAll(clusterIds: readonly string[]): Promise<void>
  /** Drops what is kept of every cluster of a repository, and looks again. */
  changed(repositoryId: string): void
  /** Drops all that is known of a cluster that is no more. */
  forget(clusterId: string): Promise<void>
  /** Looks at every cluster, those longest not looked at first, then again each time the interval has passed. */
  run(signal: AbortSignal): Promise<void>
  /** Ends the looks that are under way, and resolves once nothing of them goes on. */
  close(): Promise<void>
}

/** Views are large (every manifest): the last few are kept, of all others only the look. */
const viewsKept = 6
const looksAtOnce = 2
const usualMaxAgeMs = 60_000

/** Nothing of it is true of another place. */
interface Known {
  readonly place: string
  readonly look: Look
}
interface KnownText {
  readonly place: string
  readonly text: SearchText
}
interface Made {
  readonly place: string | null
  readonly view: RepositoryView
}

export function createViews(ports: DeskPorts): Views {
  const { state, clock, publish } = ports
  const known = new Map<string, Known>()
  const texts = new Map<string, KnownText>()
  const views = new Map<string, Made & { readonly atMs: number }>()
  const running = new Map<string, Promise<Made>>()
  /** Of those that run: the ones whose turn has come. */
  const looking = new Set<string>()
  const slots = createSlots(looksAtOnce)
  const closing = new AbortController()

  for (const { id, look } of state.looks.list()) {
    const place = placeOf(id)
    if (place !== null) known.set(id, { place, look })
  }

  /** Where a cluster's backups lie; null for one that is no more. One that was removed and added again is another one. */
  function placeOf(clusterId: string): string | null {
    const cluster = state.clusters.get(clusterId)
    if (cluster === null) return null
    return `${cluster.addedAt} ${state.repositories.get(cluster.repositoryId)?.address ?? ''}`
  }
  function knownOf(clusterId: string): Known | null {
    const last = known.get(clusterId)
    return last !== undefined && last.place === placeOf(clusterId) ? last : null
  }
  function lookOf(clusterId: string): Look | null {
    return knownOf(clusterId)?.look ?? null
  }

  async function remember(clusterId: string, learnt: Known): Promise<void> {
    known.set(clusterId, learnt)
    await kept(state.looks.put({ id: clusterId, look: learnt.look }))
  }

  async function rememberText(clusterId: string, learnt: KnownText): Promise<void> {
    const before = await textOf(clusterId)
    if (learnt.place !== placeOf(clusterId)) return
    texts.set(clusterId, learnt)
    if (before !== learnt.text) await kept(state.searchTexts.put(clusterId, learnt))
  }

  async function kept(cached: Promise<void>): Promise<void> {
    try {
      await cached
    } catch (error) {
      // A cache: worth a line in the log, not a failure.
      if (!isHoldfastError(error, 'state.readOnly')) ports.log.incident('look.notKept', error)
    }
  }

  /** Of one that was not looked at since the start it is read again each time: kept of all of them it would take too much memory. */
  async function textOf(clusterId: string): Promise<SearchText | null> {
    const saved = texts.has(clusterId) ? null : await state.searchTexts.get(clusterId)
    // What was looked at while it was read is newer.
    const last = texts.get(clusterId) ?? saved
    return last === null || last.place !== placeOf(clusterId) ? null : last.text
  }

  async function make(clusterId: string): Promise<Made> {
    await slots.take(closing.signal)
    const place = placeOf(clusterId)
    looking.add(clusterId)
    publish({ topic: 'row', id: clusterId })
    try {
      const cluster = savedCluster(clusterId, state)
      const { rpoMs } = cluster
      const { signal } = closing
      const view = await withClusterRepository(cluster, 'look', ports, { signal }, async (opened) =>
        viewRepository(opened, { clock, signal }),
      )
      const made = { place, view }
      if (place === null || place !== placeOf(clusterId)) return made
      // One that nobody has asked for would only push out those that somebody has open.
      if (views.has(clusterId)) keep(clusterId, made)
      const look = lookAt(view, { rpoMs, nowMs: clock.now() })
      await remember(clusterId, { place, look })
      await rememberText(clusterId, { place, text: searchTextOf(view) })
      return made
    } catch (error) {
      if (closing.signal.aborted || place === null || place !== placeOf(clusterId)) throw error
      const failure = failureOf(error, ports.log, 'look')
      const last = knownOf(clusterId)
      const look = failedLook(last?.look ?? null, failure, new Date(clock.now()).toISOString())
      await remember(clusterId, { place, look })
      throw error
    } finally {
      looking.delete(clusterId)
      slots.free()
    }
  }

  function keep(clusterId: string, made: Made): void {
    views.delete(clusterId)
    views.set(clusterId, { ...made, atMs: clock.now() })
    for (const oldest of [...views.keys()].slice(0, -viewsKept)) views.delete(oldest)
  }

  async function shared(clusterId: string): Promise<Made> {
    const begun = running.get(clusterId)
    if (begun !== undefined) return begun
    const over = (topic: 'cluster' | 'row'): void => {
      running.delete(clusterId)
      publish({ topic, id: clusterId })
    }
    const making = make(clusterId).then(
      (made) => {
        over('cluster')
        return made
      },
      (error: unknown) => {
        // Nothing new is known of its backups: whoever asks for them again because of it would make the next look fail.
        over('row')
        throw error
      },
    )
    running.set(clusterId, making)
    return making
  }

  async function refresh(clusterId: string): Promise<void> {
    // Its failure is in the look.
    await shared(clusterId).catch(() => undefined)
  }

  /** Only those whose turn comes next stand in the line for a slot: a view that somebody waits for stands right behind them. */
  async function refreshAll(clusterIds: readonly string[]): Promise<void> {
    const waiting = clusterIds.values()
    const inTurn = async (): Promise<void> => {
      for (const clusterId of waiting) if (!closing.signal.aborted) await refresh(clusterId)
    }
    await Promise.all(Array.from({ length: looksAtOnce }, inTurn))
  }

  /** A look that is under way may have seen what was there before: it is waited for, and another one made. */
  async function lookAfresh(clusterId: string): Promise<void> {
    await running.get(clusterId)?.catch(() => undefined)
    // Its backups lie elsewhere now.
    if (known.has(clusterId) && knownOf(clusterId) === null) await forget(clusterId)
    const kept = views.get(clusterId)
    if (kept !== undefined) views.set(clusterId, { ...kept, atMs: Number.NEGATIVE_INFINITY })
    await refresh(clusterId)
  }

  async function forget(clusterId: string): Promise<void> {
    known.delete(clusterId)
    texts.delete(clusterId)
    views.delete(clusterId)
    await state.looks.remove(clusterId)
    await state.searchTexts.remove(clusterId)
  }

  return {
    look: lookOf,
    isLooking: (clusterId) => looking.has(clusterId),
    searchText: textOf,
    async view(clusterId, maxAgeMs = usualMaxAgeMs) {
      const kept = views.get(clusterId)
      const isFresh = kept !== undefined && clock.now() - kept.atMs <= maxAgeMs
      if (isFresh && kept.place === placeOf(clusterId)) return kept.view
      for (;;) {
        const made = await shared(clusterId)
        // One that had begun before its place changed is of the old place.
        if (made.place !== placeOf(clusterId)) continue
        keep(clusterId, made)
        return made.view
      }
    },
    forget,
    refresh,
    refreshAll,
    changed(repositoryId) {
      for (const { id } of state.clusters.list().filter((cluster) => cluster.repositoryId === repositoryId)) {
        void lookAfresh(id).catch((error: unknown) => ports.log.incident('look.notKept', error))
      }
    },
    async run(signal) {
      for (;;) {
        const stalest = state.clusters
          .list()
          .map(({ id }) => id)
          .sort((a, b) => compare(lookOf(a)?.asOf ?? '', lookOf(b)?.asOf ?? ''))
        await refreshAll(stalest)
        try {
          await clock.wait(state.settings.get().lookEveryMinutes * 60_000, signal)
        } catch (error) {
          if (signal.aborted) return
          throw error
        }
      }
    },
    async close() {
      closing.abort(cancelled())
      await Promise.allSettled(running.values())
    },
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
