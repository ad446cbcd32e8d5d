import type { Run, Scenario, Step, TriageQuestion } from '../../../../../src/shared/contract/runbooks.ts'

/** A step that was not begun; `over` says what is otherwise. */
export function aStep(over: Partial<Step> & { readonly id: string }): Step {
  return {
    kind: 'check',
    section: 'before',
    title: `Title of ${over.id}`,
    why: 'Why it is done.',
    touches: '',
    undo: null,
    canTakeBack: false,
    twin: null,
    damage: 0,
    canSkip: false,
    state: 'todo',
    sentence: null,
    next: null,
    unknownHost: null,
    lines: [],
    evidence: [],
    startedAt: null,
    endedAt: null,
    by: null,
    expectedMs: null,
    expectedFrom: null,
    atMostMs: null,
    doneBytes: null,
    totalBytes: null,
    does: [],
    asks: null,
    answered: null,
    ...over,
  }
}

const behind = new Set<Step['state']>(['done', 'skipped', 'notNeeded'])

/** An open run of these steps, counted as the console counts them. */
export function aRun(list: readonly Step[], over: Partial<Run> = {}): Run {
  const rows = list.filter(({ section }) => section === 'accept')
  const current = list.find(({ state }) => !behind.has(state))
  return {
    id: 'run-1',
    scenario: 'CH-4',
    title: 'Restore a fresh master',
    clusterId: 'chango-core',
    cluster: 'chango-core',
    startedAt: '2026-11-21T02:03:00.000Z',
    startedBy: 'lena@ops',
    holder: 'lena@ops',
    state: 'open',
    endedAt: null,
    at: current?.title ?? null,
    done: list.filter(({ state }) => behind.has(state)).length,
    steps: list.length,
    acceptance: {
      green: rows.filter(({ state }) => state === 'done' || state === 'notNeeded').length,
      excepted: rows.filter(({ state }) => state === 'skipped').length,
      all: rows.length,
      signedAt: null,
    },
    isOurs: true,
    when: 'Every master’s data is lost.',
    costs: [],
    failedAt: '2026-11-21T01:52:00.000Z',
    answers: [],
    inputs: [],
    changed: null,
    fixedBecause: null,
    list: [...list],
    current: current?.id ?? null,
    closed: null,
    signed: null,
    rpo: null,
    rto: { leftMs: null, tookMs: 60_000, sentence: 'Steps to come.' },
    commandLine: 'holdfast runbook continue run-1',
    lastEvent: 7,
    ...over,
  }
}

export function aScenario(over: Partial<Scenario> = {}): Scenario {
  return {
    id: 'CH-4',
    system: 'chango',
    title: 'Restore a fresh master',
    when: 'Every master’s data is lost.',
    costs: [],
    inputs: [],
    lastTookMs: null,
    ...over,
  }
}

export function aQuestion(over: Partial<TriageQuestion> & { readonly id: string }): TriageQuestion {
  return {
    question: `${over.id}?`,
    choices: [
      { id: 'yes', label: 'Yes' },
      { id: 'no', label: 'No' },
    ],
    found: null,
    answer: null,
    ...over,
  }
}
