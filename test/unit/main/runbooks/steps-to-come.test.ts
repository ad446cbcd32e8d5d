import { expect, test } from 'vitest'
import { chosenBackup } from '../../../../src/main/engine/runbook/choose-backup.ts'
import { done } from '../../../../src/main/engine/runbook/outcomes.ts'
import { choice, manual } from '../../../../src/main/engine/runbook/steps.ts'
import { answer, openRunbookDesk, startRun } from '../../../support/runbook-runs.ts'
import { book, seen, setting } from './book.ts'

test('a step is needless only by what is known: what a step before it may still learn leaves it open', async () => {
  const decide = choice({
    id: 'decide',
    section: 'restore',
    title: 'Decide',
    why: 'w',
    options: async () => [
      { id: 'b-7', label: 'b-7', says: [], notPossible: null, advised: true, learnt: { way: 'short' } },
    ],
  })
  const onWay = (way: string) =>
    manual({
      id: way,
      section: 'after',
      title: way,
      why: 'w',
      does: [],
      notNeeded: (known) =>
        known.get('first') === 'no' ? 'Not at all.' : known.get('way') === way ? null : `Not ${way}.`,
    })
  const first = seen('one', done('It is so.', { learnt: { first: 'yes' } }))
  const desk = await openRunbookDesk({ runbooks: [book(first, decide, onWay('long'), onWay('short'))] })
  const run = await startRun(desk, 'T-1', setting)
  expect(run.list.map(({ state }) => state)).toEqual(['done', 'todo', 'todo', 'todo'])
  const after = await answer(desk, run, { kind: 'choose', option: 'b-7' })
  expect(after.list.slice(2)).toMatchObject([
    { state: 'notNeeded', sentence: 'Not long.' },
    { state: 'todo' },
  ])

  const known = await openRunbookDesk({
    runbooks: [book(seen('one', done('So.', { learnt: { first: 'no' } })), decide, onWay('long'))],
  })
  expect((await startRun(known, 'T-1', setting)).list[2]).toMatchObject({ state: 'notNeeded' })
})

test('the command of a step names the backup as soon as one is chosen', async () => {
  const chosen = (id: string) => seen('one', done('It is so.', { learnt: { [chosenBackup.id]: id } }))
  const step = manual({
    id: 'two',
    section: 'after',
    title: 'two',
    why: 'w',
    does: [],
    twin: 'tool --of BACKUP --to $BACKUP -d \'{"id":"BACKUP"}\' MY_BACKUP_KEY',
  })
  const twinWith = async (id: string) => {
    const desk = await openRunbookDesk({ runbooks: [book(chosen(id), step)] })
    return (await startRun(desk, 'T-1', setting)).list[1]?.twin
  }
  expect(await twinWith('b-7')).toBe('tool --of b-7 --to $BACKUP -d \'{"id":"b-7"}\' MY_BACKUP_KEY')
  expect(await twinWith('b"; rm')).toBe(step.twin)
})

test('a run that only tries a backup tells of no loss', async () => {
  const choosing = (learnt: object) =>
    seen('one', done('It is so.', { learnt: { [chosenBackup.id]: 'b-7', ...learnt } }))
  const rpoWith = async (learnt: object) => {
    const desk = await openRunbookDesk({ runbooks: [book(choosing(learnt))] })
    return (await startRun(desk, 'T-1', setting)).rpo
  }
  expect(await rpoWith({})).not.toBeNull()
  expect(await rpoWith({ [chosenBackup.onlyTried]: 'yes' })).toBeNull()
})
