import { expect, test } from 'vitest'
import type { RunbookSetting } from '../../../../../src/main/ports/runbook.ts'
import { damagedBackup } from '../../../../../src/main/systems/any/x-2.ts'
import { fakeRecovery, type FakeBackup, type FakeRecovery } from '../../../../fakes/recovery.ts'
import { answer, goThrough, never, openRunbookDesk, startRun } from '../../../../support/runbook-runs.ts'

const setting: RunbookSetting = {
  cluster: { name: 'kiok lab', system: 'kiok', connection: null },
  inputs: {},
}

const backup = (backupId: string, createdAt: string, ...objects: readonly string[]): FakeBackup => ({
  backupId,
  createdAt: `2026-11-${createdAt}:00.000Z`,
  objects,
})
/** `kms` of b1 is in every backup up to b3; the iam of b4 is in b4 and b3. */
const chain = [
  backup('b4', '20T02:00', 'kms-4', 'iam-3', 'metadata-4'),
  backup('b3', '19T19:50', 'kms-1', 'iam-3', 'metadata-3'),
  backup('b2', '19T02:00', 'kms-1', 'iam-2', 'metadata-2'),
  backup('b1', '18T02:00', 'kms-1', 'iam-1', 'metadata-1'),
]

async function deskWith(recovery: FakeRecovery) {
  return openRunbookDesk({ runbooks: [damagedBackup], recovery: () => recovery })
}

const states = (run: { readonly list: readonly { readonly id: string; readonly state: string }[] }) =>
  run.list.map(({ id, state }) => `${id} ${state}`)

test('one read of a damaged object says it of every backup that points to it, and the newest good one is advised', async () => {
  const recovery = fakeRecovery(chain, ['iam-3'])
  const desk = await deskWith(recovery)
  const run = await startRun(desk, 'X-2', setting)
  expect(run.list[0]).toMatchObject({ state: 'done', sentence: 'b4 is bad. iam-3 is damaged. So is b3.' })
  expect(run.list[1]).toMatchObject({ state: 'done', sentence: 'b2 is good.' })
  expect(recovery.read).not.toContain('metadata-3')
  const asking = await desk.runner.ask(run.id, 'choose-good', never)
  expect(asking).toMatchObject({
    kind: 'choice',
    options: [
      { id: 'b4', notPossible: 'It is bad. iam-3 is damaged.', advised: false },
      { id: 'b3', notPossible: 'It is bad. iam-3 is damaged.', advised: false },
      { id: 'b2', notPossible: null, advised: true },
      { id: 'b1', notPossible: 'It was not read to its end.', advised: false },
    ],
  })
  const says = asking?.kind === 'choice' ? asking.options[2]?.says[0]?.replaceAll('\u00a0', ' ') : ''
  expect(says).toBe('24 h 00 m more are lost than with the newest one.')
})

test('a run ends with a new backup that is read to its end, or with what is wrong with it', async () => {
  const recovery = fakeRecovery(chain, ['iam-3'])
  const desk = await deskWith(recovery)
  let run = await goThrough(desk, await startRun(desk, 'X-2', setting), ({ id }) =>
    id === 'new-backup' ? 'stop here' : null,
  )
  expect(states(run)).toEqual([
    'read-newest done', 'find-good done', 'choose-good done', 'keep-damaged done', 'go-on done',
    'begin-restore notNeeded', 'new-backup todo',
  ]) // prettier-ignore
  expect(run.rpo).toMatchObject({ sentence: expect.stringContaining('when b2 was made') })
  expect(run.list[3]?.twin).toBe("holdfast retention pin 'kiok lab' b2 --reason X-2")

  run = await answer(desk, run, { kind: 'did', note: '' })
  expect(run.list.at(-1)).toMatchObject({
    state: 'todo',
    sentence: expect.stringContaining('No backup is there'),
  })

  const now = (): string => new Date(Date.now() + 1000).toISOString()
  recovery.backups.unshift({ backupId: 'b5', createdAt: now(), objects: ['kms-5', 'iam-3'] })
  run = await answer(desk, run, { kind: 'did', note: '' })
  expect(run.list.at(-1)).toMatchObject({
    state: 'failed',
    sentence: 'b5 is no better. iam-3 is damaged.',
    next: expect.stringContaining('not uploaded again'),
  })

  recovery.backups.unshift({ backupId: 'b6', createdAt: now(), objects: ['kms-5', 'iam-6'] })
  run = await answer(desk, run, { kind: 'did', note: '' })
  expect(run.list.at(-1)).toMatchObject({ state: 'done', sentence: 'b6 is good.' })
  expect((await desk.runner.close(run.id, 'finished', '')).state).toBe('finished')
})

test('where the cluster is lost the restore’s own runbook is named, and no new backup is asked for', async () => {
  const desk = await deskWith(fakeRecovery(chain, ['iam-3']))
  const run = await goThrough(desk, await startRun(desk, 'X-2', setting), ({ id }) =>
    id === 'go-on' ? { kind: 'choose', option: 'restore' } : null,
  )
  expect(states(run).slice(-3)).toEqual(['go-on done', 'begin-restore done', 'new-backup notNeeded'])
  expect(run.list.at(-2)?.does[1]).toContain('Begin KI-3')
})

test('where the newest is good after all there is nothing to do', async () => {
  const desk = await deskWith(fakeRecovery(chain))
  const run = await startRun(desk, 'X-2', setting)
  expect(
    states(run)
      .slice(1)
      .every((state) => state.endsWith(' notNeeded')),
  ).toBe(true)
  expect(run.current).toBeNull()
})

test('where none is good it stops, and says to delete nothing', async () => {
  const desk = await deskWith(fakeRecovery(chain, ['iam-3', 'kms-1']))
  const run = await startRun(desk, 'X-2', setting)
  expect(run.list[1]).toMatchObject({
    state: 'failed',
    sentence: 'None of 4 backups is good.',
    next: expect.stringContaining('Delete nothing.'),
  })
})
