import { replaceEqualDeep } from '@tanstack/react-query'
import type { Run } from '../../shared/contract/runbooks.ts'
import type { Client } from './client-types.ts'
import { failureOf } from './failure.ts'
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
