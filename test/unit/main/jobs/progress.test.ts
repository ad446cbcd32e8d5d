import { expect, test } from 'vitest'
import { createThrottle } from '../../../../src/shared/streams/throttle.ts'
import { createTransferRate, leftMs } from '../../../../src/main/jobs/transfer-rate.ts'
import { fakeClock } from '../../../fakes/fake-clock.ts'
import { collect, openDesk, pass, progressOf } from './fixture.ts'

const MB = 1_000_000

test('However often a work reports, at most ten progress events a second are told, and the last report always', async () => {
  const desk = await openDesk()
  const { id } = await desk.start()
  const listening = collect(desk.runner.events(id, 0))
  const { context } = desk.works[0] ?? {}
  for (let step = 1; step <= 300; step += 1) {
    for (let call = 0; call < 20; call += 1) context?.progress(step * 1_000 + call, 400_000)
    await pass(desk.clock, 10)
  }
  context?.progress(400_000, 400_000)
  desk.works[0]?.end()
  const events = await listening
  const progress = progressOf(events)
  const times = events.flatMap(({ at, event }) => (event.type === 'progress' ? [Date.parse(at)] : []))
  for (const from of times) {
    // The last report comes when the work ends, whenever that is.
    expect(times.slice(0, -1).filter((at) => at >= from && at < from + 1_000).length).toBeLessThanOrEqual(10)
  }
  expect(progress.length).toBeGreaterThan(25)
  expect(progress.at(-1)?.doneBytes).toBe(400_000)
  expect(events.map(({ n }) => n)).toEqual(events.map((_, place) => place + 1))
  await desk.runner.close()
})

test('Rate and time left are not said in the first second, then follow the last ten seconds', async () => {
  const desk = await openDesk()
  const { id } = await desk.start()
  const { context } = desk.works[0] ?? {}
  let doneBytes = 0
  const transfer = async (seconds: number, bytesPerSecond: number): Promise<void> => {
    for (let tick = 0; tick < seconds * 10; tick += 1) {
      await pass(desk.clock, 100)
      doneBytes += bytesPerSecond / 10
      context?.progress(doneBytes, 1_000 * MB)
    }
  }
  context?.progress(0, 1_000 * MB)
  await transfer(0.9, 10 * MB)
  expect(desk.runner.get(id)).toMatchObject({ doneBytes: 9 * MB, bytesPerSecond: null, leftMs: null })
  await transfer(0.2, 10 * MB)
  expect(desk.runner.get(id)).toMatchObject({ bytesPerSecond: 10 * MB, leftMs: 98_900 })
  await transfer(11, 40 * MB)
  expect(desk.runner.get(id).bytesPerSecond).toBeCloseTo(40 * MB, -5)
  desk.works[0]?.end()
  await desk.settle()
  expect(desk.runner.get(id)).toMatchObject({ doneBytes, bytesPerSecond: null, leftMs: null })
  await desk.runner.close()
})

test('A rate does not stay when nothing comes any more: after ten seconds it is told to be nothing', async () => {
  const desk = await openDesk()
  const { id } = await desk.start()
  const { context } = desk.works[0] ?? {}
  context?.progress(0, 100 * MB)
  await pass(desk.clock, 2_000)
  context?.progress(20 * MB, 100 * MB)
  expect(desk.runner.get(id).bytesPerSecond).toBe(10 * MB)
  await pass(desk.clock, 11_000)
  expect(desk.runner.get(id)).toMatchObject({ doneBytes: 20 * MB, bytesPerSecond: 0, leftMs: null })
  const { lastEvent } = desk.runner.get(id)
  await pass(desk.clock, 60_000)
  expect(desk.runner.get(id).lastEvent).toBe(lastEvent)
  await desk.runner.close()
})

test('The speed of one phase is not the speed of the next', async () => {
  const desk = await openDesk()
  const { id } = await desk.start()
  const { context } = desk.works[0] ?? {}
  context?.progress(0, 100)
  await pass(desk.clock, 2_000)
  context?.progress(50, 100)
  expect(desk.runner.get(id).bytesPerSecond).toBe(25)
  context?.phase('Judging')
  await pass(desk.clock, 200)
  context?.progress(51, 100)
  expect(desk.runner.get(id).bytesPerSecond).toBeNull()
  await desk.runner.close()
})

test('Of old progress little is kept in memory and one line a second in the journal; states and logs stay', async () => {
  const desk = await openDesk()
  const { id } = await desk.start()
  const { context } = desk.works[0] ?? {}
  context?.log('info', 'the first line')
  for (let tick = 0; tick < 600; tick += 1) {
    context?.progress(tick, null)
    await pass(desk.clock, 100)
  }
  desk.works[0]?.end()
  await desk.settle()
  const late = await collect(desk.runner.events(id, 0))
  expect(progressOf(late)).toHaveLength(20)
  expect(progressOf(late).at(-1)?.doneBytes).toBe(599)
  expect(late.filter(({ event }) => event.type !== 'progress').map(({ event }) => event.type)).toEqual([
    'state',
    'state',
    'log',
    'state',
  ])
  const written = progressOf(desk.place.jobs.get(id)?.entries ?? [])
  expect(written.length).toBeLessThanOrEqual(62)
  expect(written.at(-1)?.doneBytes).toBe(599)
  await desk.runner.close()
})

test('A work that logs without end keeps its newest thousand lines', async () => {
  const desk = await openDesk()
  const { id } = await desk.start()
  for (let n = 0; n < 1_200; n += 1) desk.works[0]?.context.log('info', `line ${n}`)
  desk.works[0]?.end()
  await desk.settle()
  const lines = (await collect(desk.runner.events(id, 0))).flatMap(({ event }) =>
    event.type === 'log' ? [event.text] : [],
  )
  expect(lines).toHaveLength(1_000)
  expect(lines[0]).toBe('line 200')
  await desk.runner.close()
})

test('A count that begins anew, or a clock that was set back, gives no rate rather than a wrong one', () => {
  const rate = createTransferRate()
  rate.add(0, 0)
  rate.add(2_000, 200)
  expect(rate.bytesPerSecond(2_000)).toBe(100)
  rate.add(2_100, 10)
  expect(rate.bytesPerSecond(2_100)).toBeNull()
  rate.add(1_000, 20)
  expect(rate.bytesPerSecond(1_000)).toBeNull()
})

test('The time left is said only where the whole is known and something moves', () => {
  expect(leftMs(50, 100, 25)).toBe(2_000)
  expect(leftMs(100, 100, 25)).toBe(0)
  expect(leftMs(50, null, 25)).toBeNull()
  expect(leftMs(50, 100, null)).toBeNull()
  expect(leftMs(50, 100, 0)).toBeNull()
})

test('A clock that is set back does not hold anything back until it has caught up', () => {
  const clock = fakeClock()
  let behindMs = 0
  let fired = 0
  const throttle = createThrottle(100, () => (fired += 1), {
    now: () => clock.now() - behindMs,
    wait: async (ms, signal) => clock.wait(ms, signal),
  })
  throttle.call()
  behindMs = 7_200_000
  throttle.call()
  expect(fired).toBe(2)
  throttle.call()
  throttle.stop()
  throttle.flush()
  expect(fired).toBe(2)
})
