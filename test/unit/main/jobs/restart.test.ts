import { expect, test } from 'vitest'
import { HoldfastError } from '../../../../src/shared/domain/error.ts'
import { fakeClock } from '../../../fakes/fake-clock.ts'
import { memoryAuditLog } from '../../../fakes/audit-log.ts'
import { collect, openDesk, pass, verifySpec } from './fixture.ts'

test('Jobs that ran or waited in a process that is gone are interrupted, and begin again only when they are resumed', async () => {
  const dead = await openDesk()
  const ids: string[] = []
  for (let n = 0; n < 4; n += 1) ids.push((await dead.start({ request: { n } })).id)
  dead.works[0]?.context.phase('Reading')
  dead.works[0]?.context.progress(5, 10)
  dead.works[1]?.end()
  await dead.settle()

  const desk = await openDesk({ place: dead.place })
  expect(ids.map((id) => desk.runner.get(id).state)).toEqual([
    'interrupted',
    'done',
    'interrupted',
    'interrupted',
  ])
  const interrupted = desk.runner.get(ids[0] ?? '')
  expect(interrupted).toMatchObject({
    canResume: true,
    cancel: null,
    outcome: 'Holdfast ended before this job did.',
    tone: 'attention',
    doneBytes: 5,
    finishedAt: null,
  })
  expect(desk.works).toHaveLength(0)
  const before = await collect(desk.runner.events(interrupted.id, 0))
  expect(before.at(-1)?.event).toEqual({ type: 'state', state: 'interrupted' })

  expect(await desk.runner.resume(interrupted.id)).toMatchObject({ canResume: false, doneBytes: 0 })
  await desk.settle()
  expect(desk.works[0]?.request).toEqual({ n: 0 })
  expect(desk.runner.get(interrupted.id)).toMatchObject({
    state: 'running',
    outcome: null,
    phases: [{ state: 'toCome' }, { state: 'toCome' }, { state: 'toCome' }],
  })
  desk.works[0]?.end()
  await desk.settle()
  expect(desk.runner.get(interrupted.id).state).toBe('done')
  const after = await collect(desk.runner.events(interrupted.id, interrupted.lastEvent))
  expect(after.map(({ event }) => 'state' in event && event.state)).toEqual(['waiting', 'running', 'done'])
  expect(after[0]?.n).toBe(interrupted.lastEvent + 1)
  await desk.runner.close()
})

test('What an interrupted job took is counted up to its last sign of life, however late it is found', async () => {
  const dead = await openDesk()
  const { id } = await dead.start()
  dead.works[0]?.context.phase('Reading')
  await pass(dead.clock, 3_000)
  dead.works[0]?.context.progress(5, 10)
  await dead.settle()
  await pass(dead.clock, 3_600_000)
  const desk = await openDesk({ place: dead.place, clock: dead.clock })
  const reading = desk.runner.get(id).phases.find(({ name }) => name === 'Reading')
  expect(reading?.tookMs).toBeGreaterThanOrEqual(3_000)
  // The figures of a running job are written down some seconds apart.
  expect(reading?.tookMs).toBeLessThan(60_000)
})

test('An interrupted job that is dismissed needs no answer any more', async () => {
  const dead = await openDesk()
  const { id } = await dead.start()
  const desk = await openDesk({ place: dead.place })
  expect(await desk.runner.dismiss(id)).toMatchObject({
    state: 'cancelled',
    canResume: false,
    outcome: 'It was interrupted, and was not gone on with.',
  })
  const later = await openDesk({ place: dead.place })
  expect(later.runner.get(id).state).toBe('cancelled')
})

test('An interrupted restore that is dismissed says that its target may stand between, and what ends that', async () => {
  const dead = await openDesk()
  const { id } = await dead.start({ kind: 'restore' })
  const desk = await openDesk({ place: dead.place })
  const dismissed = await desk.runner.dismiss(id)
  expect(dismissed.tone).toBe('attention')
  expect(dismissed.outcome).toContain('stands between old and new until the next restore or rollback there')
})

test('Of two answers for an interrupted job only the first counts, and only an interrupted one takes any', async () => {
  const dead = await openDesk()
  const { id } = await dead.start()
  const desk = await openDesk({ place: dead.place })
  const refused = { code: 'job.refused' }
  const [first, second, third] = await Promise.allSettled([
    desk.runner.resume(id),
    desk.runner.resume(id),
    desk.runner.dismiss(id),
  ])
  expect(first.status).toBe('fulfilled')
  expect(second).toMatchObject({ status: 'rejected', reason: refused })
  expect(third).toMatchObject({ status: 'rejected', reason: refused })
  await desk.settle()
  expect(desk.works).toHaveLength(1)
  desk.works[0]?.end()
  await desk.settle()
  await expect(desk.runner.resume(id)).rejects.toMatchObject(refused)
  await expect(desk.runner.dismiss(id)).rejects.toMatchObject(refused)
  await desk.runner.close()
})

test('Closing stops running jobs where they can go on, waits for that, and cancels nothing', async () => {
  const desk = await openDesk({ stopsAtAbort: false })
  const jobs = []
  for (let n = 0; n < 5; n += 1) jobs.push(await desk.start())
  await desk.runner.cancel(jobs[2]?.id ?? '')
  let isClosed = false
  const closing = desk.runner.close().then(() => (isClosed = true))
  const listening = collect(desk.runner.events(jobs[0]?.id ?? '', 2))
  await desk.settle()
  expect(desk.works.map(({ context }) => context.signal.aborted)).toEqual([true, true, true])
  expect(isClosed).toBe(false)
  const stopped = new HoldfastError('cancelled', { what: 'Stopped.' })
  desk.works[0]?.fail(stopped)
  desk.works[1]?.end()
  desk.works[2]?.fail(stopped)
  await closing
  const states = ['interrupted', 'done', 'cancelled', 'interrupted', 'interrupted']
  expect(jobs.map(({ id }) => desk.runner.get(id).state)).toEqual(states)
  expect(desk.works).toHaveLength(3)
  expect((await listening).at(-1)?.event).toEqual({ type: 'state', state: 'interrupted' })
  await expect(desk.runner.start(verifySpec)).rejects.toMatchObject({ code: 'job.refused' })
  const later = await openDesk({ place: desk.place })
  expect(jobs.map(({ id }) => later.runner.get(id).state)).toEqual(states)
})

test('A job that is asked for just before the end does not begin, and is interrupted', async () => {
  const desk = await openDesk()
  const starting = desk.runner.start(verifySpec)
  await desk.runner.close()
  const { id } = await starting
  expect(desk.runner.get(id).state).toBe('interrupted')
  expect(desk.works).toHaveLength(0)
})

test('Where another instance holds the saved state, its jobs are shown and nothing is started or changed', async () => {
  const holder = await openDesk()
  const { id } = await holder.start()
  const reader = await openDesk({ place: holder.place, readOnlyBecause: 'It is held by process 7.' })
  expect(reader.runner.get(id)).toMatchObject({ state: 'running', cancel: null, canResume: false })
  expect(await collect(reader.runner.events(id, 0))).toHaveLength(2)
  const refused = { code: 'state.readOnly', text: { why: 'It is held by process 7.' } }
  await expect(reader.runner.start(verifySpec)).rejects.toMatchObject(refused)
  await expect(reader.runner.resume(id)).rejects.toMatchObject(refused)
  await reader.runner.close()
  holder.works[0]?.end()
  await holder.settle()
  expect(holder.runner.get(id).state).toBe('done')
  await holder.runner.close()
})

test('Whoever only reads can have a job cancelled by the instance that runs it, and stands in the chain for that', async () => {
  const clock = fakeClock()
  const audit = memoryAuditLog(clock)
  const holder = await openDesk({ clock })
  const running = await holder.start()
  const done = await holder.start()
  holder.works[1]?.end()
  await holder.settle()
  const reader = await openDesk({
    clock,
    place: holder.place,
    parts: { audit },
    readOnlyBecause: 'It is held by process 7.',
  })
  await reader.runner.cancel(running.id)
  await holder.settle()
  expect(holder.runner.get(running.id).state).toBe('cancelled')
  expect(audit.entries.map(({ action }) => action)).toEqual(['job.cancelAsked'])
  expect((await reader.runner.cancel(done.id)).state).toBe('done')
  await expect(reader.runner.cancel('nobody')).rejects.toMatchObject({ code: 'job.notFound' })
  await holder.runner.close()
  // Nobody is left who could: to the reader the job still runs.
  await expect(reader.runner.cancel(running.id)).rejects.toMatchObject({ code: 'state.readOnly' })
  expect(audit.entries).toHaveLength(1)
  await reader.runner.close()
})

test('Every start, answer and end is in the audit chain, and what cannot be written there does not start', async () => {
  const clock = fakeClock()
  const audit = memoryAuditLog(clock)
  const dead = await openDesk({ clock, parts: { audit } })
  const { id } = await dead.start()
  const desk = await openDesk({ clock, parts: { audit }, place: dead.place })
  await desk.runner.resume(id)
  await desk.settle()
  await desk.runner.cancel(id)
  await desk.settle()
  expect(audit.entries.map(({ action }) => action)).toEqual([
    'job.started',
    'job.interrupted',
    'job.resumed',
    'job.cancelAsked',
    'job.ended',
  ])
  expect(audit.entries.at(-1)).toMatchObject({
    subject: 'kiok-prod',
    facts: expect.arrayContaining([
      { name: 'job', value: id },
      { name: 'outcome', value: 'cancelled: Cancelled.' },
    ]),
  })
  audit.refuse('The chain is broken.')
  await expect(desk.runner.start(verifySpec)).rejects.toMatchObject({ code: 'audit.cannotWrite' })
  await desk.settle()
  expect(desk.works).toHaveLength(1)
  await desk.runner.close()
})

test('A running job can be cancelled, and ends, though the audit chain cannot be written any more', async () => {
  const clock = fakeClock()
  const audit = memoryAuditLog(clock)
  const desk = await openDesk({ clock, parts: { audit } })
  const { id } = await desk.start()
  audit.refuse('The disk is full.')
  await desk.runner.cancel(id)
  await pass(clock, 1)
  expect(desk.runner.get(id).state).toBe('cancelled')
  expect(desk.incidents).toHaveLength(2)
  await desk.runner.close()
})
