import { expect, test } from 'vitest'
import { done } from '../../../../src/main/engine/runbook/outcomes.ts'
import { action } from '../../../../src/main/engine/runbook/steps.ts'
import type { Step } from '../../../../src/main/ports/runbook.ts'
import { memoryRunPlace } from '../../../fakes/run-journal.ts'
import { openRunbookDesk } from '../../../support/runbook-runs.ts'
import { book } from './book.ts'

const setting = { cluster: { name: 'lab-1', system: 'kiok' as const, connection: null }, inputs: {} }

test('the list of 200 runs is computed once, then only for the run in which something happens', async () => {
  const read = { standings: 0, told: 0 }
  const step = action({
    id: 'move',
    section: 'restore',
    title: 'Move it',
    why: 'w',
    touches: 'It.',
    damage: 1,
    notNeeded: () => {
      read.standings += 1
      return null
    },
    act: async () => done('Moved.'),
    look: async () => done('Moved.'),
  })
  // What a list has no place for.
  const watched: Step = Object.defineProperty({ ...step }, 'why', { get: () => ((read.told += 1), 'w') })
  const place = memoryRunPlace()
  for (let n = 0; n < 200; n += 1) {
    const id = `run-${n}`
    const startedAt = new Date(Date.UTC(2026, 10, 1, 0, n)).toISOString()
    const by = 'lena@ops'
    place.runs.set(id, {
      head: { id, scenario: 'T-1', clusterId: `c${n}`, setting, startedAt, startedBy: by, failedAt: startedAt, answers: [], reason: null },
      entries:
        n === 0
          ? []
          : [{ n: 1, at: startedAt, by, event: { type: 'closed', outcome: 'abandoned', reason: 'Old.' } }],
    })
  } // prettier-ignore
  const desk = await openRunbookDesk({
    runbooks: [book(watched)],
    place,
  })
  const list = desk.runner.list()
  expect(list.map(({ id }) => id).slice(0, 3)).toEqual(['run-0', 'run-199', 'run-198'])
  expect(list[1]).toMatchObject({ state: 'abandoned', endedAt: list[1]?.startedAt, done: 0, steps: 1 })
  expect(read).toEqual({ standings: 200, told: 0 })
  expect(desk.runner.list()).toEqual(list)
  expect(read).toEqual({ standings: 200, told: 0 })
  await desk.runner.takeOver('run-0', 'Seen.')
  read.standings = 0
  expect(desk.runner.list()[0]).toMatchObject({ id: 'run-0', state: 'open' })
  expect(read.standings).toBe(1)
})
