import type { Run, Step } from '../../src/shared/contract/runbooks.ts'

/** A step of a run that was done, but for what is said. */
export function aStep(id: string, more: Partial<Step> = {}): Step {
  return {
    id, kind: 'check', section: 'before', title: `Do ${id}`, why: 'It has to be known.', touches: '', undo: null,
    canTakeBack: false, twin: null, damage: 0, canSkip: false, state: 'done', sentence: `${id} is done.`, next: null, unknownHost: null,
    lines: [], evidence: [], startedAt: '2026-11-21T02:03:00.000Z', endedAt: '2026-11-21T02:03:06.000Z', by: 'lena@desk',
    expectedMs: null, expectedFrom: null, atMostMs: null, doneBytes: null, totalBytes: null, does: [], asks: null,
    answered: null, ...more,
  } // prettier-ignore
}

/** A run that was signed and closed, but for what is said. */
export function aRun(list: readonly Step[], more: Partial<Run> = {}): Run {
  return {
    id: 'run-7', scenario: 'CH-4', title: 'Restore a fresh master', clusterId: 'core-1', cluster: 'chango-core',
    startedAt: '2026-11-21T02:03:00.000Z', startedBy: 'lena@desk', holder: 'lena@desk', state: 'finished',
    endedAt: '2026-11-21T02:16:00.000Z', at: null,
    done: list.length, steps: list.length,
    acceptance: { green: 1, excepted: 0, all: 1, signedAt: '2026-11-21T02:15:00.000Z' },
    when: 'No master is alive.', costs: ['What changed since the backup is lost.'], failedAt: '2026-11-21T01:55:00.000Z',
    answers: [{ question: 'Which masters answer?', answer: 'None of them', because: 'master-1 refused.' }],
    changed: null, fixedBecause: null,
    inputs: [{ name: 'dataFolder', label: 'Data folder', value: '/var/lib/chango' }], list: [...list], current: null,
    closed: { at: '2026-11-21T02:16:00.000Z', by: 'lena@desk', outcome: 'finished', reason: 'INC-2291' },
    signed: null,
    rpo: { lostMs: 3_600_000, sentence: 'From b3 to the failure.' },
    rto: { leftMs: 0, tookMs: 780_000, sentence: 'Every step is behind.' },
    commandLine: 'holdfast runbook continue run-7', lastEvent: 12, isOurs: true, ...more,
  } // prettier-ignore
}
