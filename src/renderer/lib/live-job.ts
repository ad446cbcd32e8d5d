import type { QueryClient } from '@tanstack/react-query'
import type { Job, JobEvent } from '../../shared/contract/jobs.ts'
import type { Client, Desk } from './client-types.ts'
import { failureOf } from './failure.ts'
import { pause } from './pause.ts'

/**
 * The events of a job from its first one to its last, in order and each once: where the connection is lost, they are asked
 * for again from the number that came last.
 */
export async function* jobEvents(
  id: string,
  {
    client,
    signal,
    wait = pause,
  }: { client: Pick<Client, 'jobs'>; signal: AbortSignal; wait?: typeof pause },
): AsyncGenerator<JobEvent, void, undefined> {
  let after = 0
  for (let attempt = 0; ; attempt += 1) {
    try {
      for await (const event of await client.jobs.events({ id, after }, { signal })) {
        if (event.n <= after) continue
        after = event.n
        attempt = 0
        yield event
      }
      return
    } catch (error) {
      if (signal.aborted || failureOf(error).code !== 'connection.lost') throw error
      await wait(Math.min(5_000, 500 * 2 ** attempt), signal)
      if (signal.aborted) return
    }
  }
}

/**
 * Takes one changed job into what is shown, without asking for the others again: a job that runs changes ten times a
 * second, and there may be five hundred. Where it began or ended, their order changes, and all are asked for; with a restore or a
 * rollback so do the folders, and which of them can be rolled back.
 */
export async function refreshJob(
  id: string,
  {
    client,
    desk,
    queries,
  }: {
    client: Pick<Client, 'jobs'>
    desk: Pick<Desk, 'jobs'> & {
      readonly restore: { readonly targets: Pick<Desk['restore']['targets'], 'key'> }
    }
    queries: QueryClient
  },
): Promise<void> {
  const listKey = desk.jobs.list.queryKey()
  const again = (): Promise<void> => queries.invalidateQueries({ queryKey: desk.jobs.key() })
  const before = queries.getQueryData<readonly Job[]>(listKey)?.find((job) => job.id === id)
  try {
    const job = await client.jobs.get({ id })
    queries.setQueryData(desk.jobs.get.queryKey({ input: { id } }), (known) => newer(known, job))
    if (before?.state !== job.state) {
      if (job.kind === 'restore' || job.kind === 'rollback')
        void queries.invalidateQueries({ queryKey: desk.restore.targets.key() })
      return await again()
    }
    queries.setQueryData(listKey, (known) => known?.map((each) => (each.id === id ? newer(each, job) : each)))
  } catch {
    await again()
  }
}

/** Answers may overtake each other. */
function newer(known: Job | undefined, job: Job): Job {
  return known !== undefined && known.lastEvent > job.lastEvent ? known : job
}
