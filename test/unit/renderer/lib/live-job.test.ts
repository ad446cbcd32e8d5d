import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import { createRouterClient } from '@orpc/server'
import { QueryClient } from '@tanstack/react-query'
import { afterEach, expect, test } from 'vitest'
import { connectionLost } from '../../../../src/renderer/lib/connect-loss.ts'
import { jobEvents, refreshJob } from '../../../../src/renderer/lib/live-job.ts'
import type { Job, JobEvent } from '../../../../src/shared/contract/jobs.ts'
import { HoldfastError } from '../../../../src/shared/domain/error.ts'
import { createFakeDesk } from '../../../fakes/fake-desk/fake-desk.ts'
import { fakeClock } from '../../../fakes/fake-clock.ts'
import { memoryLog } from '../../../fakes/memory-log.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const desk of open.splice(0)) await desk.close()
})

async function openDesk() {
  const log = memoryLog()
  let drawn = 0
  const random = { bytes: (length: number) => Buffer.alloc(length, String((drawn += 1)).padStart(4, '0')) }
  const desk = await createFakeDesk({ scenario: 'usual', clock: fakeClock(), random, log })
  open.push(desk)
  return createRouterClient(desk.router, { context: { shell: 'browser', log } })
}

type Events = Awaited<ReturnType<typeof openDesk>>['jobs']['events']

/** Breaks after so many events, each time it is asked. */
function breaking(
  events: Events,
  { every, error }: { readonly every: number; readonly error: Error },
): { readonly events: Events; readonly askedAfter: number[] } {
  const askedAfter: number[] = []
  return {
    askedAfter,
    events: (async (input: Parameters<Events>[0], options: Parameters<Events>[1]) => {
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
      // The link's stream has more methods than a loop uses.
    }) as unknown as Events,
  }
}

async function all(stream: AsyncIterable<JobEvent>): Promise<readonly JobEvent[]> {
  const events: JobEvent[] = []
  for await (const event of stream) events.push(event)
  return events
}

test('the events of a job come in order, each once, through lost connections', async () => {
  const client = await openDesk()
  const id = (await client.jobs.list()).find(({ state }) => state === 'failed')?.id ?? ''
  const whole = await all(jobEvents(id, { client, signal: AbortSignal.timeout(60_000) }))
  const waits: number[] = []
  const { events, askedAfter } = breaking(client.jobs.events, { every: 2, error: connectionLost('Look.') })
  const pieced = await all(
    jobEvents(id, {
      client: { jobs: { ...client.jobs, events } },
      signal: AbortSignal.timeout(60_000),
      wait: async (ms) => void waits.push(ms),
    }),
  )
  expect(whole.length).toBeGreaterThan(4)
  expect(pieced).toEqual(whole)
  expect(askedAfter.slice(0, 3)).toEqual([0, 2, 4])
  expect(new Set(waits)).toEqual(new Set([500]))
})

test('what is no lost connection is told at once', async () => {
  const client = await openDesk()
  const id = (await client.jobs.list())[0]?.id ?? ''
  const error = new HoldfastError('job.notFound', { what: 'There is no such job.' })
  const { events, askedAfter } = breaking(client.jobs.events, { every: 0, error })
  const stream = jobEvents(id, {
    client: { jobs: { ...client.jobs, events } },
    signal: AbortSignal.timeout(60_000),
  })
  await expect(all(stream)).rejects.toBe(error)
  expect(askedAfter).toEqual([0])
})

async function shown() {
  const client = await openDesk()
  const desk = createTanstackQueryUtils(client)
  const queries = new QueryClient()
  const list = await queries.fetchQuery(desk.jobs.list.queryOptions())
  const running = list.find(({ state }) => state === 'running')
  if (running === undefined) throw new Error('No job runs.')
  const listed = (): Job | undefined =>
    queries.getQueryData(desk.jobs.list.queryKey())?.find(({ id }) => id === running.id)
  const isStale = (): boolean => queries.getQueryState(desk.jobs.list.queryKey())?.isInvalidated === true
  return { client, desk, queries, running, listed, isStale }
}

test('progress of one job changes that job alone in the list, and the list is not asked for', async () => {
  const { client, desk, queries, running, listed, isStale } = await shown()
  const jobs = { ...client.jobs, get: async () => ({ ...running, doneBytes: 77, lastEvent: 1_000 }) }
  await refreshJob(running.id, { client: { jobs: jobs }, desk, queries })
  expect(listed()).toMatchObject({ doneBytes: 77 })
  expect(isStale()).toBe(false)
})

test('an answer that was overtaken by a newer one changes nothing', async () => {
  const { client, desk, queries, running, listed } = await shown()
  const answer = async (doneBytes: number, lastEvent: number): Promise<void> => {
    const jobs = { ...client.jobs, get: async () => ({ ...running, doneBytes, lastEvent }) }
    await refreshJob(running.id, { client: { jobs: jobs }, desk, queries })
  }
  await answer(80, 1_002)
  await answer(77, 1_001)
  expect(listed()).toMatchObject({ doneBytes: 80, lastEvent: 1_002 })
})

test('where a job has ended, or is not known yet, the whole list is asked for again', async () => {
  const { client, desk, queries, running, isStale } = await shown()
  const jobs = { ...client.jobs, get: async () => ({ ...running, state: 'done' as const, lastEvent: 1_000 }) }
  await refreshJob(running.id, { client: { jobs: jobs }, desk, queries })
  expect(isStale()).toBe(true)
})
