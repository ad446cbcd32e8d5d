import { expect, test } from 'vitest'
import { HoldfastError } from '../../../../src/shared/domain/error.ts'
import { memoryJournalPlace } from '../../../fakes/job-journal.ts'
import { collect, good, openDesk, pass, verifySpec } from './fixture.ts'

test('A job waits, runs and is done; its work gets its request as a later process would get it', async () => {
  const desk = await openDesk()
  const request = { clusterId: 'c1', missing: undefined }
  const job = await desk.start({ request })
  expect(job).toMatchObject({ kind: 'verify', subject: 'kiok-prod', cancel: 'What was read stays proved.' })
  expect(desk.works[0]?.request).toStrictEqual({ clusterId: 'c1' })
  expect(desk.runner.get(job.id)).toMatchObject({ state: 'running', outcome: null, canResume: false })
  desk.works[0]?.end()
  await desk.settle()
  expect(desk.runner.get(job.id)).toMatchObject({
    state: 'done',
    outcome: '24 of 24 backups are good.',
    tone: 'good',
    cancel: null,
  })
  await desk.runner.close()
})

test('Events have numbers from 1 without a gap, live and for whoever joins late with the last one it has', async () => {
  const desk = await openDesk()
  const { id } = await desk.start()
  const live = collect(desk.runner.events(id, 0))
  const { context } = desk.works[0] ?? {}
  context?.phase('Listing')
  context?.log('warning', 'One manifest is slow.')
  context?.phase('Reading')
  context?.progress(5, 10)
  await desk.settle()
  const late = collect(desk.runner.events(id, 3))
  desk.works[0]?.end()
  const all = await live
  expect(all.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(all.map(({ event }) => ('state' in event ? event.state : event.type))).toEqual([
    'waiting',
    'running',
    'phase',
    'log',
    'phase',
    'progress',
    'done',
  ])
  expect(await late).toEqual(all.slice(3))
  expect(await collect(desk.runner.events(id, 7))).toEqual([])
  expect(desk.runner.get(id).lastEvent).toBe(7)
  await desk.runner.close()
})

test('Whoever leaves the events of a job neither cancels it nor is waited for', async () => {
  const desk = await openDesk()
  const { id } = await desk.start()
  for await (const { n } of desk.runner.events(id, 0)) if (n === 2) break
  const leaving = new AbortController()
  const listening = collect(desk.runner.events(id, 2, leaving.signal))
  await desk.settle()
  leaving.abort()
  expect(await listening).toEqual([])
  expect(desk.runner.get(id).state).toBe('running')
  expect(desk.works[0]?.context.signal.aborted).toBe(false)
  await desk.runner.close()
})

test('The time that each phase took is kept; a phase that was not needed has none', async () => {
  const desk = await openDesk()
  const { id } = await desk.start()
  const { context } = desk.works[0] ?? {}
  context?.phase('Listing')
  await pass(desk.clock, 2_000)
  context?.phase('Reading')
  await pass(desk.clock, 500)
  expect(desk.runner.get(id)).toMatchObject({
    phase: 'Reading',
    phases: [
      { name: 'Listing', state: 'done', tookMs: 2_000 },
      { name: 'Reading', state: 'running', tookMs: null },
      { name: 'Judging', state: 'toCome', tookMs: null },
    ],
  })
  context?.phase('Listing')
  await pass(desk.clock, 100)
  context?.phase('Unforeseen')
  await pass(desk.clock, 7)
  desk.works[0]?.end()
  await desk.settle()
  expect(desk.runner.get(id)).toMatchObject({
    phase: null,
    phases: [
      { name: 'Listing', state: 'done', tookMs: 2_100 },
      { name: 'Unforeseen', state: 'done', tookMs: 7 },
      { name: 'Reading', state: 'done', tookMs: 500 },
      { name: 'Judging', state: 'done', tookMs: null },
    ],
  })
  await desk.runner.close()
})

test('A work that throws has failed with what it threw, in the phase in which it was', async () => {
  const desk = await openDesk()
  const { id } = await desk.start()
  desk.works[0]?.context.phase('Reading')
  desk.works[0]?.fail(
    new HoldfastError('repository.unreachable', { what: 'It does not answer.', next: 'Try again.' }),
  )
  await desk.settle()
  expect(desk.runner.get(id)).toMatchObject({
    state: 'failed',
    tone: 'bad',
    outcome: 'It does not answer.',
    failure: { code: 'repository.unreachable', what: 'It does not answer.', next: 'Try again.' },
    phases: [{}, { name: 'Reading', state: 'failed' }, { state: 'toCome' }],
  })
  expect(desk.incidents).toEqual([])
  await desk.runner.close()
})

test('Of an unexpected error only the incident is told, under which it was logged', async () => {
  const desk = await openDesk()
  const { id } = await desk.start()
  const error = new TypeError('the secret is 1234')
  desk.works[0]?.fail(error)
  await desk.settle()
  expect(desk.incidents).toEqual([error])
  expect(desk.runner.get(id).failure).toMatchObject({ code: 'internal', incident: 'incident-1' })
  expect(JSON.stringify([...desk.place.jobs.values()])).not.toContain('1234')
  await desk.runner.close()
})

test('A cancelled job is cancelled once its work has ended, not before', async () => {
  const desk = await openDesk({ stopsAtAbort: false })
  const { id } = await desk.start()
  expect(await desk.runner.cancel(id)).toMatchObject({ state: 'running', cancel: null })
  expect(desk.works[0]?.context.signal.aborted).toBe(true)
  await desk.settle()
  expect(desk.runner.get(id).state).toBe('running')
  desk.works[0]?.fail(new HoldfastError('cancelled', { what: 'The restore was cancelled.' }))
  await desk.settle()
  const ended = { state: 'cancelled', outcome: 'The restore was cancelled.', tone: 'neutral', failure: null }
  expect(desk.runner.get(id)).toMatchObject(ended)
  expect(await desk.runner.cancel(id)).toMatchObject(ended)
  await desk.runner.close()
})

test('A work that ends well though it was to be cancelled is done; one that fails has failed', async () => {
  const desk = await openDesk({ stopsAtAbort: false })
  const one = await desk.start()
  const other = await desk.start()
  await desk.runner.cancel(one.id)
  await desk.runner.cancel(other.id)
  desk.works[0]?.end()
  desk.works[1]?.fail(new HoldfastError('restore.failed', { what: 'It could not be undone.' }))
  await desk.settle()
  expect(desk.runner.get(one.id).state).toBe('done')
  expect(desk.runner.get(other.id)).toMatchObject({ state: 'failed', outcome: 'It could not be undone.' })
  await desk.runner.close()
})

test('At most three jobs run at once; the others wait in order, and a waiting one can be cancelled at once', async () => {
  const desk = await openDesk()
  const ids: string[] = []
  for (let n = 0; n < 6; n += 1) ids.push((await desk.start({ detail: `job ${n}` })).id)
  const states = () => ids.map((id) => desk.runner.get(id).state)
  expect(states()).toEqual(['running', 'running', 'running', 'waiting', 'waiting', 'waiting'])
  expect(await desk.runner.cancel(ids[3] ?? '')).toMatchObject({
    state: 'cancelled',
    outcome: 'Cancelled before it began.',
  })
  desk.works[1]?.end()
  await desk.settle()
  expect(states()).toEqual(['running', 'done', 'running', 'cancelled', 'running', 'waiting'])
  expect(desk.runner.list().map(({ detail }) => detail)).toEqual([
    'job 0',
    'job 2',
    'job 4',
    'job 5',
    'job 3',
    'job 1',
  ])
  await desk.runner.close()
})

test('A job can be cancelled as soon as it is seen, also while older ones are forgotten', async () => {
  const place = memoryJournalPlace()
  const at = '2026-11-20T02:00:00.000Z'
  for (let n = 0; n < 500; n += 1) {
    const job = { id: `old-${n}`, createdAt: at, spec: verifySpec }
    const event = { type: 'state', state: 'done' } as const
    place.jobs.set(job.id, { job, entries: [{ n: 1, at, event, ending: { ...good, failure: null } }] })
  }
  let goOn = (): void => undefined
  const removed = new Promise<void>((resolve) => (goOn = resolve))
  const desk = await openDesk({ place, parts: { journal: { ...place.open(), remove: () => removed } } })
  const starting = desk.runner.start(verifySpec)
  await desk.settle()
  const [seen] = desk.runner.list()
  await desk.runner.cancel(seen?.id ?? '')
  goOn()
  const { id } = await starting
  await desk.settle()
  expect(desk.runner.get(id).state).toBe('cancelled')
  await desk.runner.close()
})

test('A waiting job is cancelled though the journal cannot be written', async () => {
  const desk = await openDesk()
  await desk.start({ exclusive: 'target /srv/a' })
  const { id } = await desk.start({ exclusive: 'target /srv/a' })
  desk.place.fault = new Error('the disk is full')
  expect(await desk.runner.cancel(id)).toMatchObject({ state: 'cancelled' })
  expect(desk.incidents).toEqual([desk.place.fault])
  desk.place.fault = null
  await desk.runner.close()
})

test('Two jobs on the same target never run at once, and do not hold up a third', async () => {
  const desk = await openDesk()
  const first = await desk.start({ exclusive: 'target /srv/a' })
  const second = await desk.start({ exclusive: 'target /srv/a' })
  const third = await desk.start({ exclusive: 'target /srv/b' })
  const states = () => [first, second, third].map(({ id }) => desk.runner.get(id).state)
  expect(states()).toEqual(['running', 'waiting', 'running'])
  desk.works[0]?.end()
  await desk.settle()
  expect(states()).toEqual(['done', 'running', 'running'])
  await desk.runner.close()
})

test('A job that is not in the journal does not begin; one whose end cannot be written has ended all the same', async () => {
  const desk = await openDesk()
  const { id } = await desk.start()
  desk.place.fault = new Error('the disk is full')
  await expect(desk.runner.start(verifySpec)).rejects.toThrow('the disk is full')
  expect(desk.works).toHaveLength(1)
  desk.works[0]?.end(good)
  await desk.settle()
  expect(desk.runner.get(id).state).toBe('done')
  expect(desk.incidents).toEqual([desk.place.fault])
  desk.place.fault = null
  await desk.runner.close()
})

test('The newest 500 jobs are kept; one that runs, or needs an answer, is never among the forgotten', async () => {
  const desk = await openDesk()
  const running = await desk.start({ detail: 'still running' })
  for (let n = 1; n <= 502; n += 1) {
    await desk.runner.start(verifySpec)
    await desk.settle()
    desk.works[n]?.end()
    await desk.settle()
  }
  expect(desk.runner.list()).toHaveLength(500)
  expect(desk.place.jobs.size).toBe(500)
  expect(desk.runner.get(running.id).state).toBe('running')
  await desk.runner.close()
})

test('A job that nobody knows is not found', async () => {
  const desk = await openDesk()
  const expected = { code: 'job.notFound' }
  await expect(desk.runner.cancel('j')).rejects.toMatchObject(expected)
  expect(() => desk.runner.get('j')).toThrow(expect.objectContaining(expected))
  expect(() => desk.runner.events('j', 0)).toThrow(expect.objectContaining(expected))
  await desk.runner.close()
})

test('Listeners hear of a change at once, of many at most ten times a second, and of the last one always', async () => {
  const desk = await openDesk()
  const heard: string[] = []
  const leave = desk.runner.onChange((id) => heard.push(desk.runner.get(id).state))
  await desk.start()
  const { context } = desk.works[0] ?? {}
  await pass(desk.clock, 1_000)
  heard.length = 0
  for (let n = 0; n < 100; n += 1) {
    context?.log('info', `line ${n}`)
    await pass(desk.clock, 10)
  }
  expect(heard.length).toBeGreaterThan(5)
  expect(heard.length).toBeLessThanOrEqual(11)
  context?.log('info', 'a line just before the end')
  desk.works[0]?.end()
  await desk.settle()
  await pass(desk.clock, 200)
  expect(heard.at(-1)).toBe('done')
  leave()
  heard.length = 0
  await desk.start()
  expect(heard).toEqual([])
  await desk.runner.close()
})
