import { useState } from 'react'
import type { Run } from '../../shared/contract/runbooks.ts'
import type { Failure } from '../../shared/domain/failure.ts'
import { useClient } from './client.tsx'
import { newerRun, runStates } from './live-run.ts'
import { useStream } from './live.ts'

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
