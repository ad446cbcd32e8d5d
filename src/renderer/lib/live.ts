import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { createContext, useEffect, useEffectEvent, useState } from 'react'
import type { Change } from '../../shared/contract/host.ts'
import type { Failure } from '../../shared/domain/failure.ts'
import { batched } from './batched.ts'
import { useClient, useDesk } from './client.tsx'
import { failureOf } from './failure.ts'
import { fleetRefresher } from './live-fleet.ts'
import { refreshJob } from './live-job.ts'
import { pause } from './pause.ts'

/** Streams are consumed here and nowhere else. */

export type StreamState<State> =
  | { readonly status: 'idle' | 'running' | 'ended'; readonly state: State; readonly failure: null }
  | { readonly status: 'failed'; readonly state: State; readonly failure: Failure }

interface StreamOptions<Item, State> {
  /** What is streamed: another text starts another stream; null starts none. */
  readonly key: string | null
  readonly start: (signal: AbortSignal) => Promise<AsyncIterable<Item>>
  readonly initial: State
  readonly reduce: (state: State, item: Item) => State
}

/** Folds a stream into a state, drawn at most once a frame. Leaving the screen leaves the stream. */
export function useStream<Item, State>(options: StreamOptions<Item, State>): StreamState<State> {
  const { key, initial } = options
  const begin = useEffectEvent((signal: AbortSignal) => options.start(signal))
  const fold = useEffectEvent((state: State, item: Item) => options.reduce(state, item))
  const first = useEffectEvent(() => options.initial)
  const [shown, setShown] = useState<{ readonly key: string | null; readonly of: StreamState<State> }>({
    key: null,
    of: { status: 'idle', state: initial, failure: null },
  })
  useEffect(() => {
    if (key === null) return
    const leaving = new AbortController()
    let state = first()
    let frame = 0
    const show = (of: StreamState<State>): void => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(() => setShown({ key, of }))
    }
    const consume = async (): Promise<void> => {
      try {
        for await (const item of await begin(leaving.signal)) {
          if (leaving.signal.aborted) return
          state = fold(state, item)
          show({ status: 'running', state, failure: null })
        }
        show({ status: 'ended', state, failure: null })
      } catch (error) {
        if (!leaving.signal.aborted) show({ status: 'failed', state, failure: failureOf(error) })
      }
    }
    void consume()
    return () => {
      leaving.abort()
      cancelAnimationFrame(frame)
    }
  }, [key])
  if (key === null) return { status: 'idle', state: initial, failure: null }
  return shown.key === key ? shown.of : { status: 'running', state: initial, failure: null }
}

/** Waits for the end of a stream whose items show elsewhere. */
export async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream) continue
}

/** Since when the console does not answer; null while it does. */
export const LostContext = createContext<number | null>(null)

/** Asks again for whatever the console says has changed. Returns since when it does not answer, or null. */
export function useChanges(): number | null {
  const client = useClient()
  const desk = useDesk()
  const queries = useQueryClient()
  const [lostAt, setLostAt] = useState<number | null>(null)
  useEffect(() => {
    const leaving = new AbortController()
    const { signal } = leaving
    const refreshFleet = fleetRefresher({ client, desk, queries })
    const refresh = batched<Change>(changeKey, (changes) => {
      const clusterIds: string[] = []
      for (const change of changes) {
        if (change.topic === 'jobs' && change.id !== undefined)
          void refreshJob(change.id, { client, desk, queries })
        else invalidate(change, desk, queries)
        const isOfOne = change.topic === 'cluster' || change.topic === 'row' || change.topic === 'masters'
        if (isOfOne && change.id !== undefined) clusterIds.push(change.id)
      }
      if (clusterIds.length > 0) void refreshFleet(clusterIds)
    })
    const listen = async (): Promise<void> => {
      for (let attempt = 0; !signal.aborted; attempt += 1) {
        try {
          const changes = await client.host.changes(undefined, { signal })
          // Whatever was said while nobody listened was missed.
          if (attempt > 0) void queries.invalidateQueries()
          setLostAt(null)
          attempt = 0
          for await (const change of changes) refresh(change)
        } catch {
          // A lost connection and an ended one are answered in the same way: by asking again.
        }
        if (signal.aborted) return
        setLostAt((since) => since ?? Date.now())
        await pause(Math.min(5_000, 500 * 2 ** attempt), signal)
      }
    }
    void listen()
    return () => leaving.abort()
  }, [client, desk, queries])
  return lostAt
}

function invalidate({ topic, id }: Change, desk: ReturnType<typeof useDesk>, queries: QueryClient): void {
  const again = (queryKey: readonly unknown[]): void => {
    void queries.invalidateQueries({ queryKey })
  }
  switch (topic) {
    case 'fleet':
      again(desk.clusters.key())
      // How many places are talked to follows from what is saved.
      return again(desk.host.info.key())
    case 'cluster':
      // The fleet itself is refreshed by its changed rows alone.
      if (id === undefined) again(desk.clusters.key())
      // What a verification would cost follows from what is known of the backups. Of other clusters nothing has changed:
      // what is open of them is large, and is not asked for again.
      void queries.invalidateQueries({ queryKey: desk.verify.key(), predicate: isOf(id) })
      void queries.invalidateQueries({ queryKey: desk.backups.key(), predicate: isOf(id) })
      return
    case 'row':
      // The row is all that has changed: it is refreshed with the fleet.
      return
    case 'masters':
      if (id === undefined) again(desk.clusters.key())
      void queries.invalidateQueries({ queryKey: desk.masters.health.key(), predicate: isOf(id) })
      void queries.invalidateQueries({ queryKey: desk.masters.connection.key(), predicate: isOf(id) })
      return
    case 'repositories':
      return again(desk.repositories.key())
    case 'postures':
      return again(desk.repositories.lastPosture.key())
    case 'jobs':
      return again(desk.jobs.key())
    case 'runbooks':
      // What is asked of a cluster on the way to a runbook is not asked again because another one goes on.
      again(desk.runbooks.list.key())
      return again(desk.runbooks.scenarios.key())
    case 'drills':
      void queries.invalidateQueries({ queryKey: desk.drills.key(), predicate: isOf(id) })
      return again(desk.drills.fleet.key())
    case 'audit':
      return again(desk.audit.key())
    case 'vault':
      return again(desk.vault.key())
    case 'settings':
      return again(desk.settings.key())
    case 'host':
      return again(desk.host.key())
  }
}

function changeKey({ topic, id }: Change): string {
  return `${topic} ${id ?? ''}`
}

/** True for a query about this cluster; for any, where it is not said which one has changed. */
function isOf(clusterId: string | undefined): (query: { readonly queryKey: readonly unknown[] }) => boolean {
  return ({ queryKey }) =>
    clusterId === undefined || JSON.stringify(queryKey).includes(JSON.stringify(clusterId))
}
