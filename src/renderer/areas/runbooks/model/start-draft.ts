import { typedUtc } from '../../../../shared/domain/typed-utc.ts'
import type { Scenario, Triage, TriageQuestion } from '../../../../shared/contract/runbooks.ts'

export type StartPage = 'cluster' | 'situation' | 'runbook' | 'begin'

/** What was said so far; kept while the window is open. Never a secret. */
export interface StartDraft {
  readonly page: StartPage
  readonly clusterId: string | null
  /** By question; only what the operator said. */
  readonly answers: Readonly<Record<string, string>>
  /** Null: the advised one. */
  readonly scenario: string | null
  readonly inputs: Readonly<Record<string, string>>
  /** As typed, UTC; empty: now. */
  readonly failedAt: string
  readonly reason: string
}

export function newStart(clusterId: string | null): StartDraft {
  return {
    page: clusterId === null ? 'cluster' : 'situation',
    clusterId,
    answers: {},
    scenario: null,
    inputs: {},
    failedAt: '',
    reason: '',
  }
}

/** What a question is answered with: by the operator, else by what was found. */
export function answerOf(draft: Pick<StartDraft, 'answers'>, question: TriageQuestion): string | null {
  return draft.answers[question.id] ?? question.answer ?? question.found?.choice ?? null
}

/** The operator knows better than the probe. */
export function isOverruled(draft: Pick<StartDraft, 'answers'>, { id, found }: TriageQuestion): boolean {
  const said = draft.answers[id]
  return said !== undefined && found !== null && said !== found.choice
}

export function overruledCount(draft: Pick<StartDraft, 'answers'>, triage: Triage | undefined): number {
  return triage?.questions.filter((question) => isOverruled(draft, question)).length ?? 0
}

/** Another answer may advise another runbook: what was chosen by hand before is forgotten. */
export function answered(draft: StartDraft, question: TriageQuestion, choice: string): StartDraft {
  const { [question.id]: _before, ...others } = draft.answers
  // Saying what was found anyway is no answer of one's own.
  const answers = question.found?.choice === choice ? others : { ...others, [question.id]: choice }
  return { ...draft, answers, scenario: null }
}

/** The runbook that is shown as chosen. */
export function chosenScenario(
  draft: Pick<StartDraft, 'scenario'>,
  advised: string | null | undefined,
  scenarios: readonly Scenario[],
): Scenario | null {
  const id = draft.scenario ?? advised ?? null
  return scenarios.find((scenario) => scenario.id === id) ?? null
}

/** An input as it will be sent: what was typed, else its usual value. */
export function inputOf(
  draft: Pick<StartDraft, 'inputs'>,
  { name, usual }: Scenario['inputs'][number],
): string {
  return draft.inputs[name] ?? usual
}

export function missingInputs(draft: Pick<StartDraft, 'inputs'>, scenario: Scenario): readonly string[] {
  return scenario.inputs
    .filter((input) => input.required && inputOf(draft, input).trim() === '')
    .map(({ label }) => label)
}

interface BeginRule {
  readonly scenario: Scenario | null
  readonly isProtected: boolean
  readonly overruled: number
  readonly nowMs: number
}

/** Why it cannot begin yet; null where it can. */
export function notBegunBecause(draft: StartDraft, rule: BeginRule): string | null {
  const { scenario, isProtected, overruled, nowMs } = rule
  if (scenario === null) return 'No runbook is chosen.'
  const [missing] = missingInputs(draft, scenario)
  if (missing !== undefined) return `Missing: ${missing}.`
  if (typedUtc(draft.failedAt, nowMs).fault !== null) return 'The time of the failure has to be put right.'
  if (draft.reason.trim() !== '') return null
  if (isProtected) return 'A reason is missing: the cluster is protected.'
  if (overruled > 0) return 'A reason is missing: an answer overrules what was found.'
  return null
}

interface RailStep {
  readonly name: string
  readonly said?: string
  readonly state: 'done' | 'now' | 'next'
  readonly warn: boolean
}

const pages: readonly (readonly [StartPage, string])[] = [
  ['cluster', 'Cluster'],
  ['situation', 'Situation'],
  ['runbook', 'Runbook'],
  ['begin', 'Begin'],
]

/** Where one is, and what was said on the way. */
export function startRail(
  page: StartPage,
  said: Readonly<Partial<Record<StartPage, string>>>,
  isOverruled: boolean,
): readonly RailStep[] {
  const now = pages.findIndex(([id]) => id === page)
  return pages.map(([id, name], place) => ({
    name,
    state: place < now ? 'done' : place === now ? 'now' : 'next',
    ...(place <= now && said[id] !== undefined && { said: said[id] }),
    warn: id === 'situation' && isOverruled,
  }))
}
