import { expect, test } from 'vitest'
import { done } from '../../../../src/main/engine/runbook/outcomes.ts'
import { check, choice } from '../../../../src/main/engine/runbook/steps.ts'
import { cancelled } from '../../../../src/shared/domain/cancelled.ts'
import { fakeClock } from '../../../fakes/fake-clock.ts'
import { begun, openRunbookDesk, startRun } from '../../../support/runbook-runs.ts'
import { book, setting, world } from './book.ts'

test('of two runs that are begun on one cluster at once the second is refused', async () => {
  const { move } = world()
  const desk = await openRunbookDesk({ runbooks: [book(move())] })
  const [first, second] = await Promise.allSettled([
    startRun(desk, 'T-1', setting),
    startRun(desk, 'T-1', setting),
  ])
  expect(first).toMatchObject({ status: 'fulfilled', value: { state: 'open' } })
  expect(second).toMatchObject({ status: 'rejected', reason: { code: 'runbook.refused' } })
  expect([desk.runner.list().length, desk.audit.entries.length, desk.place.runs.size]).toEqual([1, 1, 1])
})

test('however often a step tells its progress, the run is told at most ten times a second, and at last as it is', async () => {
  const clock = fakeClock()
  let told = 0
  const copies = check({
    id: 'copies',
    section: 'before',
    title: 'copies',
    why: 'w',
    look: async ({ progress }) => {
      for (let piece = 1; piece <= 1_000; piece += 1) progress(piece, 1_000)
      await clock.wait(1_000)
      return done('Copied.')
    },
  })
  const desk = await openRunbookDesk({ runbooks: [book(copies)], clock, changed: () => (told += 1) })
  const run = await desk.runner.start(begun('T-1', setting))
  const seen: (number | null)[] = []
  await clock.run(
    (async () => {
      for await (const { list } of desk.runner.watch(run.id, new AbortController().signal)) {
        if (list[0]?.state === 'done') return
        seen.push(list[0]?.doneBytes ?? null)
      }
    })(),
  )
  expect(seen.at(-1)).toBe(1_000)
  expect(told).toBeLessThan(10)
})

test('what a step asks is looked up no longer than somebody waits for it, or the desk is open', async () => {
  const pick = choice({
    id: 'pick',
    section: 'before',
    title: 'pick',
    why: 'w',
    options: async ({ session }) =>
      new Promise((_, reject) => session.signal.addEventListener('abort', () => reject(cancelled()))),
  })
  const desk = await openRunbookDesk({ runbooks: [book(pick)] })
  const { id } = await startRun(desk, 'T-1', setting)
  const leaves = new AbortController()
  const stays = new AbortController()
  const [left, stayed] = [leaves, stays].map(async ({ signal }) => desk.runner.ask(id, 'pick', signal))
  leaves.abort()
  const ended = { kind: 'failed', failure: { code: 'cancelled' } }
  expect(await left).toMatchObject(ended)
  await desk.runner.shutDown()
  expect(await stayed).toMatchObject(ended)
})

test('what is asked for while the program ends is not begun: no answer is taken, and no action follows its looks', async () => {
  const { state, move } = world()
  const clock = fakeClock()
  const looks = Promise.withResolvers<void>()
  let isLate = false
  const fits = check({
    id: 'fits',
    section: 'before',
    title: 'fits',
    why: 'w',
    look: async () => {
      if (isLate) await looks.promise
      return done('It fits.')
    },
  })
  const desk = await openRunbookDesk({ runbooks: [book(fits, move())], clock })
  const { id } = await startRun(desk, 'T-1', setting)
  await clock.run(clock.wait(11 * 60_000))
  isLate = true
  await desk.runner.proceed(id, 'move', { kind: 'go' })
  const over = desk.runner.shutDown()
  await expect(desk.runner.close(id, 'abandoned', 'Enough.')).rejects.toMatchObject({
    code: 'runbook.refused',
  })
  looks.resolve()
  await over
  expect(state.asked).toBe(0)
  expect(desk.runner.get(id)).toMatchObject({ current: 'move', state: 'open' })
})
