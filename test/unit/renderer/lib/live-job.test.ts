import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import { createRouterClient } from '@orpc/server'
import { QueryClient } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import { connectionLost } from '../../../../src/renderer/lib/connect-loss.ts'
import { jobEvents, refreshJob } from '../../../../src/renderer/lib/live-job.ts'
import { implementation } from '../../../../src/main/handlers/implement.ts'
import type { Job, JobEvent } from '../../../../src/shared/contract/jobs.ts'
import { HoldfastError } from '../../../../src/shared/domain/error.ts'
import { memoryLog } from '../../../fakes/memory-log.ts'
import { openDesk } from '../../main/jobs/fixture.ts'

/** A desk with one job that has written to its log, and runs. */
async function openJobs() {
  const desk = await openDesk()
  const { id } = await desk.start()
  const [work] = desk.works
  for (const phase of ['Listing', 'Reading', 'Judging']) {
    work?.context.phase(phase)
    work?.context.log('info', `${phase} began`)
  }
  const { runner } = desk
  const { jobs: os, restore } = implementation
  const router = {
    jobs: {
      list: os.list.handler(() => [...runner.list()]),
      get: os.get.handler(({ input }) => runner.get(input.id)),
      events: os.events.handler(async function* ({ input }) {
        yield* runner.events(input.id, input.after)
      }),
      cancel: os.cancel.handler(({ input }) => runner.cancel(input.id)),
      resume: os.resume.handler(({ input }) => runner.resume(input.id)),
      dismiss: os.dismiss.handler(({ input }) => runner.dismiss(input.id)),
    },
    restore: { targets: restore.targets.handler(() => []) },
  }
  const client = createRouterClient(router, { context: { shell: 'browser', log: memoryLog() } })
  const end = async (): Promise<void> => {
    work?.end()
    await desk.settle()
  }
  return { client, id, end }
}

type Events = Awaited<ReturnType<typeof openJobs>>['client']['jobs']['events']

/** A connection that breaks after so many events of each stream. */
function breaking(events: Events, { every, error }: { readonly every: number; readonly error: Error }) {
  const askedAfter: number[] = []
  const broken = async (input: Parameters<Events>[0], options: Parameters<Events>[1]) => {
    askedAfter.push(input.after)
    const stream = await events(input, options)
    return (async function* () {
      let taken = 0
      for await (const event of stream) {
        if (taken === every) throw error
        taken += 1
        yield event
      }
    })()
  }
  // A link's stream has more methods than a loop uses.
  return { askedAfter, events: broken as unknown as Events }
}

async function all(stream: AsyncIterable<JobEvent>): Promise<readonly JobEvent[]> {
  const events: JobEvent[] = []
  for await (const event of stream) events.push(event)
  return events
}

const { signal } = new AbortController()

test('the events of a job come in order, each once, through lost connections', async () => {
  const { client, id, end } = await openJobs()
  await end()
  const whole = await all(jobEvents(id, { client, signal }))
  const waits: number[] = []
  const { events, askedAfter } = breaking(client.jobs.events, { every: 2, error: connectionLost('Look.') })
  const pieced = await all(
    jobEvents(id, {
      client: { jobs: { ...client.jobs, events } },
      signal,
      wait: async (ms) => void waits.push(ms),
    }),
  )
  expect(whole.length).toBeGreaterThan(4)
  expect(pieced).toEqual(whole)
  expect(askedAfter.slice(0, 3)).toEqual([0, 2, 4])
  expect(new Set(waits)).toEqual(new Set([500]))
})

test('what is no lost connection is told at once', async () => {
  const { client, id } = await openJobs()
  const error = new HoldfastError('job.notFound', { what: 'There is no such job.' })
  const { events, askedAfter } = breaking(client.jobs.events, { every: 0, error })
  await expect(all(jobEvents(id, { client: { jobs: { ...client.jobs, events } }, signal }))).rejects.toBe(
    error,
  )
  expect(askedAfter).toEqual([0])
})

async function shown() {
  const { client, id } = await openJobs()
  const desk = createTanstackQueryUtils(client)
  const queries = new QueryClient()
  const [job] = await queries.fetchQuery(desk.jobs.list.queryOptions())
  await queries.fetchQuery(desk.restore.targets.queryOptions())
  if (job === undefined) throw new Error('There is no job.')
  const answer = async (over: Partial<Job>): Promise<void> => {
    const jobs = { ...client.jobs, get: async () => ({ ...job, ...over }) }
    await refreshJob(id, { client: { jobs }, desk, queries })
  }
  return {
    answer,
    job: () => queries.getQueryData(desk.jobs.list.queryKey())?.[0],
    isStale: () => queries.getQueryState(desk.jobs.list.queryKey())?.isInvalidated === true,
    areFoldersStale: () => queries.getQueryState(desk.restore.targets.queryKey())?.isInvalidated === true,
  }
}

test('progress of one job changes that job alone in the list, and the list is not asked for', async () => {
  const { answer, job, isStale } = await shown()
  await answer({ doneBytes: 77, lastEvent: 1_000 })
  expect(job()).toMatchObject({ doneBytes: 77 })
  expect(isStale()).toBe(false)
})

test('an answer that was overtaken by a newer one changes nothing', async () => {
  const { answer, job } = await shown()
  await answer({ doneBytes: 80, lastEvent: 1_002 })
  await answer({ doneBytes: 77, lastEvent: 1_001 })
  expect(job()).toMatchObject({ doneBytes: 80, lastEvent: 1_002 })
})

test('where a job has ended, the whole list is asked for again', async () => {
  const { answer, isStale } = await shown()
  await answer({ state: 'done', lastEvent: 1_000 })
  expect(isStale()).toBe(true)
})

test('where a restore or a rollback began or ended, the folders of restores are asked for again', async () => {
  for (const [kind, areStale] of [
    ['restore', true],
    ['rollback', true],
    ['verify', false],
  ] as const) {
    const { answer, areFoldersStale } = await shown()
    await answer({ kind, doneBytes: 77, lastEvent: 1_000 })
    expect(areFoldersStale(), `${kind}, under way`).toBe(false)
    await answer({ kind, state: 'done', lastEvent: 1_001 })
    expect(areFoldersStale(), kind).toBe(areStale)
  }
})
