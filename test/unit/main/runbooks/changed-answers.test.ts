import { expect, test } from 'vitest'
import { done } from '../../../../src/main/engine/runbook/outcomes.ts'
import { action, check, confirm, manual } from '../../../../src/main/engine/runbook/steps.ts'
import type { Runbook } from '../../../../src/main/ports/runbook.ts'
import { HoldfastError } from '../../../../src/shared/domain/error.ts'
import { answer, goThrough, openRunbookDesk, rested, startRun } from '../../../support/runbook-runs.ts'
import { book } from './book.ts'

const cluster = { name: 'lab-1', system: 'kiok' as const, connection: null }

/** Looks at the host that was given, then moves something there. */
function onHost(moved: string[]): Runbook {
  return {
    ...book(),
    inputs: [{ name: 'host', label: 'Host', help: '', example: 'h-1', required: true, usual: '' }],
    steps: ({ inputs }) => {
      const host = inputs['host'] ?? ''
      if (host === 'bad host') throw new HoldfastError('usage', { what: 'That is no host.' })
      return [
        check({
          id: 'look',
          section: 'before',
          title: 'Look at it',
          why: 'w',
          look: async () => done(`${host} answers.`, { learnt: { 'seen.host': host } }),
        }),
        confirm({
          id: 'sure',
          section: 'before',
          title: 'Be sure',
          why: 'w',
          of: [],
          says: async () => [host],
        }),
        action({
          id: 'move',
          section: 'restore',
          title: 'Move it',
          why: 'w',
          touches: host,
          damage: 1,
          act: async () => {
            moved.push(host)
            return done('Moved.')
          },
          look: async () => done('Moved.'),
          takeBack: async () => {
            moved.pop()
            return done('Back.')
          },
        }),
        manual({ id: 'hand', section: 'restore', title: 'Do it by hand', why: 'w', does: ['Do it.'] }),
      ]
    },
  }
}

const given = (host: string) => ({ inputs: { host }, connection: null })

test('other answers begin every step anew: it is looked at and confirmed with the new ones, and so it is in a later process', async () => {
  const moved: string[] = []
  const runbook = onHost(moved)
  const desk = await openRunbookDesk({ runbooks: [runbook] })
  const begun = await startRun(desk, 'T-1', { cluster, inputs: { host: 'h-wrong' } })
  const sure = await answer(desk, begun, { kind: 'confirm', typed: 'lab-1' })
  expect(sure).toMatchObject({ current: 'move', fixedBecause: null, changed: null })
  await desk.runner.changeAnswers(begun.id, given('h-1'), 'A typing error')
  const changed = await rested(desk.runner, begun.id, sure.lastEvent + 1)
  expect(changed.list.map(({ state }) => state)).toEqual(['done', 'todo', 'todo', 'todo'])
  expect(changed).toMatchObject({ current: 'sure', changed: { by: 'lena@ops' } })
  expect(changed.inputs).toEqual([{ name: 'host', label: 'Host', value: 'h-1' }])
  expect(changed.list[0]?.sentence).toBe('h-1 answers.')
  expect(desk.audit.entries).toContainEqual(
    expect.objectContaining({
      action: 'runbook.answersChanged',
      reason: 'A typing error',
      facts: expect.arrayContaining([{ name: 'host', value: 'h-wrong → h-1' }]),
    }),
  )
  const later = await openRunbookDesk({ runbooks: [runbook], place: desk.place })
  const after = await goThrough(later, later.runner.get(begun.id), ({ kind }) =>
    kind === 'manual' ? 'stop here' : null,
  )
  expect([after.current, moved]).toEqual(['hand', ['h-1']])
})

test('answers stand once something was done with them, until it is taken back; what was done by hand is not', async () => {
  const moved: string[] = []
  const desk = await openRunbookDesk({ runbooks: [onHost(moved)] })
  const begun = await startRun(desk, 'T-1', { cluster, inputs: { host: 'h-1' } })
  const done = await goThrough(desk, begun, ({ kind }) => (kind === 'manual' ? 'stop here' : null))
  expect(done.fixedBecause).toContain('Take back what was done')
  const changing = async () => desk.runner.changeAnswers(begun.id, given('h-2'), null)
  await expect(changing()).rejects.toMatchObject({ code: 'runbook.refused' })
  expect(moved).toEqual(['h-1'])
  const back = await answer(desk, done, { kind: 'takeBack' }, 'move')
  expect(back.fixedBecause).toBeNull()
  await expect(desk.runner.changeAnswers(begun.id, given('bad host'), null)).rejects.toMatchObject({
    code: 'usage',
  })
  expect(desk.runner.get(begun.id).inputs[0]?.value).toBe('h-1')
  await changing()
  const again = await rested(desk.runner, begun.id, back.lastEvent + 1)
  const byHand = await goThrough(desk, again)
  expect(moved).toEqual(['h-2'])
  expect(byHand.fixedBecause).not.toBeNull()
  await answer(desk, byHand, { kind: 'takeBack' }, 'move')
  expect(desk.runner.get(begun.id).fixedBecause).toContain('“Do it by hand”')
})
