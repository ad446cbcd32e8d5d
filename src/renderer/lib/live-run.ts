import { replaceEqualDeep } from '@tanstack/react-query'
import { useState } from 'react'
import type { Run } from '../../shared/contract/runbooks.ts'
import type { Client } from './client-types.ts'
import { useClient } from './client.tsx'
import { failureOf } from './failure.ts'
import { useStream } from './live.ts'
import type { Failure } from '../../shared/domain/failure.ts'
import { pause } from './pause.ts'

/** A run as it is and each time it has changed, until it is closed; where the connection is lost, it is asked for again. */
export async function* runStates(
  id: string,
  {
    client,
    signal,
    wait = pause,
  }: { client: { runbooks: Pick<Client['runbooks'], 'watch'> }; signal: AbortSignal; wait?: typeof pause },
): AsyncGenerator<Run, void, undefined> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      let isOpen = true
      for await (const run of await client.runbooks.watch({ id }, { signal })) {
        attempt = 0
        isOpen = run.state === 'open'
        yield run
      }
      if (!isOpen) return
    } catch (error) {
      if (signal.aborted || failureOf(error).code !== 'connection.lost') throw error
    }
    if (signal.aborted) return
    await wait(Math.min(5_000, 500 * 2 ** attempt), signal)
    if (signal.aborted) return
  }
}

/**
 * The newer of two states of a run. What is the same in both stays the same value, so that of sixty steps with all their
 * lines only the one that has changed is drawn again. While a step goes on, its bytes change without an event.
 */
export function newerRun(known: Run | null, run: Run): Run {
  if (known !== null && known.id === run.id && known.lastEvent > run.lastEvent) return known
  return replaceEqualDeep(known, run)
}

interface LiveRun {
  /** Null before the first answer. */
  readonly run: Run | null
  readonly failure: Failure | null
  /** What an answer has come to is shown at once, before the stream says the same. */
  readonly answered: (run: Run) => void
}

/** One run, as it goes on. */
export function useRun(id: string): LiveRun {
  const client = useClient()
  const { state, failure } = useStream<Run, Run | null>({
    key: id,
    start: async (signal) => runStates(id, { client, signal }),
    initial: null,
    reduce: newerRun,
  })
  const [latest, setLatest] = useState<Run | null>(null)
  const isAhead = latest?.id === id && (state === null || latest.lastEvent > state.lastEvent)
  return { run: isAhead ? latest : state, failure, answered: setLatest }
}
