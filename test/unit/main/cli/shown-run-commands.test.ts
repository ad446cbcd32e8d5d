import { describe, expect, test } from 'vitest'
import {
  acceptCommand,
  answerCommand,
  changeRunCommand,
  closeRunCommand,
  startRunCommand,
  takeOverCommand,
} from '../../../../src/renderer/areas/runbooks/model/commands.ts'
import { newStart } from '../../../../src/renderer/areas/runbooks/model/start-draft.ts'
import { aScenario } from '../../renderer/areas/runbooks/a-run.ts'
import { clusterNamed, names, pasted } from './pasted.ts'

describe('A command that the window shows of a runbook, pasted into a shell, asks for the same as the window does', () => {
  test.each(names)(
    'beginning a runbook for a cluster named %j, and changing what was given to it',
    async (name) => {
      const input = { label: 'X', help: '', example: '', required: false }
      const inputs = [
        { ...input, name: 'folder', usual: '/opt/kiok' },
        { ...input, name: 'hosts', usual: '' },
        { ...input, name: 'cleared', usual: 'something' },
      ]
      const draft = {
        ...newStart('c1'),
        inputs: { hosts: ' -a, $(b) ', cleared: '' },
        answers: { alive: 'no', what: 'is=it' },
        failedAt: '2026-11-20 02:14',
        reason: ' --all ',
      }
      const answers = { 'clusters.list': [clusterNamed(name)] }
      const command = startRunCommand(
        name,
        aScenario({ id: 'K-2', inputs }),
        draft,
        Date.parse('2026-11-21T00:00:00Z'),
      )
      expect(await pasted(command, answers)).toEqual([
        'runbooks.start',
        {
          clusterId: 'c1',
          scenario: 'K-2',
          // What is left out is as usual.
          inputs: { hosts: '-a, $(b)', cleared: '' },
          answers: { alive: 'no', what: 'is=it' },
          failedAt: '2026-11-20T02:14:00.000Z',
          reason: '--all',
        },
      ])
      const run = {
        id: 'r1',
        inputs: [
          { name: 'hosts', label: 'X', value: 'a' },
          { name: 'other', label: 'Y', value: 'b' },
        ],
      }
      expect(changeRunCommand(run, { hosts: 'a', other: 'b' }, 'x')).toBeNull()
      const changed = changeRunCommand(run, { hosts: name, other: 'b' }, 'x') ?? ''
      expect(await pasted(changed, { 'runbooks.list': [run], 'runbooks.get': run })).toEqual([
        'runbooks.changeAnswers',
        { id: 'r1', inputs: { hosts: name, other: 'b' }, reason: 'x' },
      ])
    },
  )

  test.each(names)('answering, handing over, signing and closing a run, with %j in it', async (name) => {
    const step = { id: 's1', kind: 'choice', unknownHost: null }
    const run = { id: 'r1', cluster: name, current: 'other', list: [step] }
    const answers = { 'runbooks.list': [run], 'runbooks.get': run }
    for (const answer of [
      { kind: 'choose', option: name },
      { kind: 'confirm', typed: name },
      { kind: 'did', note: name },
      { kind: 'did', note: '' },
      { kind: 'skip', reason: name },
      { kind: 'takeBack' },
    ] as const) {
      expect(await pasted(answerCommand('r1', 's1', answer), answers)).toEqual([
        'runbooks.proceed',
        { id: 'r1', step: 's1', answer },
      ])
    }
    const only = { ...run, list: [{ ...step, kind: 'action' }] }
    expect(
      await pasted(answerCommand('r1', 's1', { kind: 'go' }), { ...answers, 'runbooks.get': only }),
    ).toEqual(['runbooks.proceed', { id: 'r1', step: 's1', answer: { kind: 'go' } }])
    for (const note of [name, '']) {
      expect(await pasted(takeOverCommand('r1', note), answers)).toEqual([
        'runbooks.takeOver',
        { id: 'r1', note },
      ])
      expect(await pasted(acceptCommand(run, note), answers)).toEqual([
        'runbooks.accept',
        { id: 'r1', confirm: name, note },
      ])
      expect(await pasted(closeRunCommand('r1', 'finished', note), answers)).toEqual([
        'runbooks.close',
        { id: 'r1', outcome: 'finished', reason: note },
      ])
    }
    expect(await pasted(closeRunCommand('r1', 'abandoned', name), answers)).toEqual([
      'runbooks.close',
      { id: 'r1', outcome: 'abandoned', reason: name },
    ])
  })
})
