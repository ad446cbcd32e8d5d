import { describe, expect, test } from 'vitest'
import {
  choose,
  isConfirmed,
  newDraft,
  resumed,
  targetFault,
  type Draft,
} from '../../../../src/renderer/wizards/restore/draft.ts'
import {
  checksInWords,
  nothingPrepared,
  prepared,
} from '../../../../src/renderer/wizards/restore/prepared.ts'
import { railOf, saidOf } from '../../../../src/renderer/wizards/restore/rail.ts'
import { restoreCommand } from '../../../../src/renderer/wizards/restore/restore-command.ts'
import { mismatchOf } from '../../../../src/renderer/wizards/typed-name-words.ts'
import type { Plan } from '../../../../src/shared/contract/restore.ts'
import type { Check } from '../../../../src/shared/contract/values.ts'

const check = (id: string, state: Check['state']): Check => ({ id, group: 'Target', state, title: id })

describe('The draft of a restore', () => {
  test('takes the confirmation back when the backup or the target changes', () => {
    const typed = { ...newDraft('a'), step: 'confirm' as const, typed: 'kiok-prod', targetDir: '/srv/a' }
    expect(choose(typed, { targetDir: '/srv/b' })).toMatchObject({
      step: 'choose',
      typed: '',
      targetDir: '/srv/b',
    })
    expect(choose(typed, { backupId: 'b' })).toMatchObject({ step: 'choose', typed: '', backupId: 'b' })
  })

  test.each([
    ['', 'Where to?'],
    ['srv/restore', 'Write a path from the root, /srv/restore, or ssh://user@host/srv/restore.'],
    ['ssh://ops@host/srv/restore', null],
    ['/srv/\0', 'A path has no NUL.'],
    ['/srv/restore', null],
  ])('holds %j for a target: %j', (path, fault) => {
    expect(targetFault(path)).toBe(fault)
  })
})

describe('What is looked at before a plan', () => {
  test('shows each check once, as it stands last', () => {
    const state = [check('space', 'running'), check('owner', 'warning'), check('space', 'passed')].reduce(
      (all, each) => prepared(all, { type: 'check', check: each }),
      nothingPrepared,
    )
    expect(state.checks.map(({ id, state: how }) => `${id} ${how}`)).toEqual([
      'space passed',
      'owner warning',
    ])
    expect(checksInWords(state.checks)).toBe('1 passed, 1 warning')
  })

  test('has no plan where it was refused', () => {
    const failure = { code: 'target.full' as const, what: 'The target is full.' }
    expect(prepared(nothingPrepared, { type: 'refused', failure })).toMatchObject({
      plan: null,
      refused: failure,
    })
  })
})

describe('Somebody who comes back to the wizard', () => {
  const at = (over: Partial<Draft>): Draft => ({
    ...newDraft('a'),
    targetDir: '/srv/a',
    reason: 'INC',
    ...over,
  })

  test('finds what was chosen, and the checks made again where there was a plan', () => {
    const kept = at({ step: 'confirm', typed: 'kiok-prod' })
    expect(resumed(kept, { backupId: 'a', newest: 'n' })).toEqual({ ...kept, step: 'check', typed: '' })
    expect(resumed(kept, { backupId: null, newest: 'n' })).toMatchObject({ backupId: 'a', step: 'check' })
  })

  test('finds the run where one was started', () => {
    const kept = at({ step: 'run', jobId: 'j1' })
    expect(resumed(kept, { backupId: null, newest: 'n' })).toBe(kept)
    expect(resumed(kept, { backupId: 'a', newest: 'n' })).toBe(kept)
  })

  test('who asks for another backup keeps the folder and the reason, and nothing of the confirmation', () => {
    const kept = at({ step: 'run', jobId: 'j1', typed: 'kiok-prod' })
    expect(resumed(kept, { backupId: 'b', newest: 'n' })).toEqual({
      ...newDraft('b'),
      targetDir: '/srv/a',
      reason: 'INC',
    })
  })

  test('begins with the newest restorable backup where nothing is kept and none was asked for', () => {
    expect(resumed(undefined, { backupId: null, newest: 'n' })).toEqual(newDraft('n'))
    expect(resumed(undefined, { backupId: 'b', newest: 'n' })).toEqual(newDraft('b'))
    expect(resumed(undefined, { backupId: null, newest: null })).toEqual(newDraft(null))
  })
})

describe('The typed name', () => {
  test.each([
    ['kiok-prod', 'kiok-prod', null],
    ['', 'kiok-prod', 'The button unlocks when the name matches.'],
    ['kiok', 'kiok-prod', 'Go on.'],
    ['kiosk', 'kiok-prod', 'Not the name.'],
    ['KIOK-prod', 'kiok-prod', 'Capital and small letters differ.'],
    ['kiok-prod ', 'kiok-prod', 'Not the name.'],
    // A Cyrillic "о" for the Latin one, either way round.
    ['ki\u043ek-prod', 'kiok-prod', 'Typed: ki\\u043ek-prod. Some letters only look like the right ones.'],
    ['kiok-prod', 'ki\u043ek-prod', 'The name has letters that only look like others: ki\\u043ek-prod'],
    // Composed and decomposed: the same to the eye, other code points.
    ['caf\u00e9', 'cafe\u0301', 'Typed: caf\\u00e9. Some letters only look like the right ones.'],
  ])('%j against %j says %j', (value, expected, words) => {
    expect(mismatchOf(value, expected)?.words ?? null).toBe(words)
  })

  test('is marked where letters only look like the right ones', () => {
    expect(mismatchOf('ki\u043ek', 'kiok')?.isDisguised).toBe(true)
    expect(mismatchOf('kiosk', 'kiok')?.isDisguised).toBe(false)
  })

  test('confirms alone on an ordinary cluster, and with a reason on a protected one', () => {
    const typed = { typed: 'kiok-prod', reason: ' ' }
    expect(isConfirmed(typed, { expected: 'kiok-prod', needsReason: false })).toBe(true)
    expect(isConfirmed(typed, { expected: 'kiok-prod', needsReason: true })).toBe(false)
    expect(isConfirmed({ ...typed, reason: 'INC' }, { expected: 'kiok-prod', needsReason: true })).toBe(true)
    expect(
      isConfirmed({ typed: 'kiok-Prod', reason: 'INC' }, { expected: 'kiok-prod', needsReason: true }),
    ).toBe(false)
  })
})

describe('The rail of a restore', () => {
  const plan: Plan = {
    hash: '0'.repeat(64),
    madeAt: '2026-11-21T02:06:48Z',
    system: 'kiok',
    repository: 'file:///srv/kiok',
    backupId: 'a',
    createdAt: null,
    cluster: 'kiok-prod',
    targetDir: '/srv/a',
    confirm: 'kiok-prod',
    verdict: 'good',
    level: 'wellFormed',
    verifiedAt: null,
    lost: [],
    rows: [],
    untouched: [],
    steps: [{ does: 'Moves in kms.', touches: '/srv/a/kms', undo: 'Moves it back.' }],
    objects: [],
    spaceBytes: 1,
    freeBytes: 2,
    estimateMs: 34_000,
    estimateSource: 'Measured in the drill of 2026-11-20.',
    owner: 'this account',
    modes: 'files 0640',
    text: '{}',
  }
  const known = { checks: [], plan: null, job: undefined, backup: '21 Nov 02:00, 3 m old', needsReason: true }
  const words = (draft: Draft, over: Partial<Parameters<typeof railOf>[1]> = {}) =>
    railOf(draft, { ...known, ...over }).map(({ name, state, said = '' }) =>
      `${name} ${state} ${said}`.trim(),
    )

  test('says nothing of a choice before it was made', () => {
    expect(words(newDraft('a'))).toEqual([
      'Choose now',
      'Check next',
      'Plan next',
      'Confirm next',
      'Run next',
      'Result next',
    ])
  })

  test('tells what was chosen, what was looked at, what is planned and what is asked for', () => {
    const checks = [check('space', 'passed'), check('owner', 'warning')]
    expect(words({ ...newDraft('a'), step: 'confirm' }, { checks, plan })).toEqual([
      'Choose done 21 Nov 02:00, 3 m old',
      'Check done 1 passed, 1 warning',
      `Plan done 1\u00a0step, about 34\u00a0s`,
      'Confirm now Reason and typed name',
      'Run next',
      'Result next',
    ])
  })

  test('keeps what the checks and the plan said while the run goes on, and ends with the result', () => {
    const said = saidOf([check('owner', 'warning')], plan)
    const draft: Draft = { ...newDraft('a'), step: 'run', jobId: 'j1', said }
    expect(words(draft, { job: { state: 'running' } }).slice(1)).toEqual([
      'Check done 1 warning',
      `Plan done 1\u00a0step, about 34\u00a0s`,
      'Confirm done',
      'Run now',
      'Result next',
    ])
    expect(words(draft, { job: { state: 'done' } }).slice(4)).toEqual([
      'Run done',
      'Result now In place, read back',
    ])
    expect(words(draft, { job: { state: 'failed' } }).at(-1)).toBe('Result now Failed')
    expect(railOf(draft, { ...known, job: { state: 'done' } })[1]?.warn).toBe(true)
  })
})

test('the command of a plan has the reason that a protected cluster asks for', () => {
  const of = { backupId: 'b7', targetDir: '/srv/a', confirm: 'kiok-prod', hash: 'f00d' }
  const command = (isNeeded: boolean, value: string) => restoreCommand(of, 'kiok-prod', { isNeeded, value })
  const before = 'holdfast restore b7 --cluster kiok-prod --target /srv/a --confirm kiok-prod'
  expect(command(false, '')).toBe(`${before} --plan f00d`)
  expect(command(true, '')).toBe(`${before} --reason REASON --plan f00d`)
  expect(command(true, 'disk gone')).toBe(`${before} --reason 'disk gone' --plan f00d`)
})
