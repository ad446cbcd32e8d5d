import { describe, expect, test } from 'vitest'
import { choose, newDraft, targetFault } from '../../../../src/renderer/wizards/restore/draft.ts'
import {
  checksInWords,
  nothingPrepared,
  prepared,
} from '../../../../src/renderer/wizards/restore/prepared.ts'
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
    ['srv/restore', 'Write the path from the root: /srv/restore.'],
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
