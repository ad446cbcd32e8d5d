import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { base } from './base.ts'
import { credentialKind } from './vault.ts'
import { count, durationMs, failure, id, systemName, time, unknownHost } from './values.ts'

/** As in the operators' handbook. */
const scenarioId = z.string().regex(/^[A-Z]{1,2}-\d{1,2}[A-Z]?$/)
const stepId = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/)
const note = z.string().trim().max(2000)

export const runbookInput = z.object({
  name: z.string(),
  label: z.string(),
  help: z.string(),
  example: z.string(),
  required: z.boolean(),
  usual: z.string(),
  /** Where the value is the id of a credential of the vault: its kind. */
  credential: credentialKind.optional(),
})
export type RunbookInput = z.infer<typeof runbookInput>

export const scenario = z.object({
  id: scenarioId,
  system: systemName.nullable(),
  title: z.string(),
  when: z.string(),
  costs: z.array(z.string()),
  inputs: z.array(runbookInput),
  /** From earlier runs of it on this cluster; null before the first. */
  lastTookMs: durationMs.nullable(),
})
export type Scenario = z.infer<typeof scenario>

/** One question of the way to the right runbook, answered by a probe where one could. */
export const triageQuestion = z.object({
  id: z.string(),
  question: z.string(),
  choices: z.array(z.object({ id: z.string(), label: z.string() })),
  /** By a probe; null where nobody knows but the operator. */
  found: z.object({ choice: z.string(), because: z.string(), at: time.nullable() }).nullable(),
  answer: z.string().nullable(),
})
export type TriageQuestion = z.infer<typeof triageQuestion>

export const triage = z.object({
  questions: z.array(triageQuestion),
  /** The first one that fits; null while questions are open. */
  advice: z.object({ scenario: scenarioId.nullable(), sentence: z.string() }).nullable(),
})
export type Triage = z.infer<typeof triage>

export const stepState = z.enum([
  'todo',
  'running',
  'done',
  'failed',
  'skipped',
  'unknown',
  'takenBack',
  'notNeeded',
])

export const step = z.object({
  id: stepId,
  kind: z.enum(['check', 'action', 'wait', 'choice', 'confirm', 'manual']),
  section: z.enum(['before', 'safety', 'restore', 'accept', 'after']),
  title: z.string(),
  why: z.string(),
  touches: z.string(),
  undo: z.string().nullable(),
  canTakeBack: z.boolean(),
  twin: z.string().nullable(),
  damage: z.number().int().min(0).max(3),
  canSkip: z.boolean(),
  state: stepState,
  /** What was found or done, or why it is not needed; null before. */
  sentence: z.string().nullable(),
  next: z.string().nullable(),
  /** Where it failed because a host’s key is not known: what can be trusted, once it was compared. */
  unknownHost: unknownHost.nullable(),
  lines: z.array(
    z.object({ at: time, severity: z.enum(['info', 'warning', 'error']), sentence: z.string() }),
  ),
  evidence: z.array(z.object({ name: z.string(), value: z.string() })),
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  by: z.string().nullable(),
  expectedMs: durationMs.nullable(),
  expectedFrom: z.enum(['measured', 'documented', 'assumed']).nullable(),
  /** Of a step that waits: how long at most. */
  atMostMs: durationMs.nullable(),
  doneBytes: count.nullable(),
  totalBytes: count.nullable(),
  /** What a manual step asks to be done, a line each. */
  does: z.array(z.string()),
  asks: z.string().nullable(),
  /** What of it is answered, said or typed. */
  answered: z.string().nullable(),
})
export type Step = z.infer<typeof step>

export const option = z.object({
  id: z.string(),
  label: z.string(),
  says: z.array(z.string()),
  notPossible: z.string().nullable(),
  advised: z.boolean(),
})
export type Option = z.infer<typeof option>

/** What the step at hand needs to be asked, as it is now. */
export const asking = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('choice'), options: z.array(option) }),
  z.object({
    kind: z.literal('confirm'),
    says: z.array(z.string()),
    type: z.string(),
  }),
  z.object({ kind: z.literal('failed'), failure }),
])
export type Asking = z.infer<typeof asking>

export const runSummary = z.object({
  id,
  scenario: scenarioId,
  title: z.string(),
  clusterId: id,
  cluster: z.string(),
  startedAt: time,
  startedBy: z.string(),
  holder: z.string(),
  state: z.enum(['open', 'finished', 'abandoned']),
  /** Null while it is open. */
  endedAt: time.nullable(),
  /** The title of the step at hand; null when it is closed. */
  at: z.string().nullable(),
  done: count,
  steps: count,
  acceptance: z.object({ green: count, excepted: count, all: count, signedAt: time.nullable() }),
})
export type RunSummary = z.infer<typeof runSummary>

export const run = z.object({
  ...runSummary.shape,
  /** Held by the account that asks: nobody else goes on with it before taking it over. */
  isOurs: z.boolean(),
  when: z.string(),
  costs: z.array(z.string()),
  /** When what is recovered from happened. */
  failedAt: time,
  answers: z.array(z.object({ question: z.string(), answer: z.string(), because: z.string() })),
  inputs: z.array(z.object({ name: z.string(), label: z.string(), value: z.string() })),
  /** When what was given was last changed; null: it is as at the beginning. */
  changed: z.object({ at: time, by: z.string() }).nullable(),
  /** Why what was given stands; null where it can be changed. */
  fixedBecause: z.string().nullable(),
  list: z.array(step),
  /** The step that can be gone on with; null when all are behind. */
  current: stepId.nullable(),
  closed: z
    .object({ at: time, by: z.string(), outcome: z.enum(['finished', 'abandoned']), reason: z.string() })
    .nullable(),
  /** Who signed the acceptance sheet; null while nobody has. */
  signed: z.object({ by: z.string(), note: z.string() }).nullable(),
  /** Computed from the backup that was chosen; null before. */
  rpo: z.object({ lostMs: durationMs, sentence: z.string() }).nullable(),
  rto: z.object({ leftMs: durationMs.nullable(), tookMs: durationMs, sentence: z.string() }),
  commandLine: z.string(),
  lastEvent: count,
})
export type Run = z.infer<typeof run>

export const answer = z.discriminatedUnion('kind', [
  /** Does the step, or looks again. */
  z.strictObject({ kind: z.literal('go') }),
  z.strictObject({ kind: z.literal('choose'), option: z.string().min(1).max(1024) }),
  z.strictObject({ kind: z.literal('confirm'), typed: z.string().max(1024), reason: note.optional() }),
  /** Somebody did what a manual step asks. */
  z.strictObject({ kind: z.literal('did'), note }),
  z.strictObject({ kind: z.literal('skip'), reason: note.min(1) }),
  z.strictObject({ kind: z.literal('takeBack') }),
  /** Stops looking or waiting; an action that was begun is left alone. */
  z.strictObject({ kind: z.literal('stop') }),
])
export type Answer = z.infer<typeof answer>

const one = z.strictObject({ id })

export const runbooks = {
  /** Those of the cluster's system and of every system. */
  scenarios: base.input(z.strictObject({ clusterId: id })).output(z.array(scenario)),
  /** `answers`: by question; what is not answered by the operator is answered by what was found. */
  triage: base
    .input(z.strictObject({ clusterId: id, answers: z.record(z.string().max(64), z.string().max(64)) }))
    .output(triage),
  /** Refused while another run of the same cluster is open. */
  start: base
    .input(
      z.strictObject({
        clusterId: id,
        scenario: scenarioId,
        inputs: z.record(z.string().max(64), z.string().max(1024)),
        failedAt: time.optional(),
        answers: z.record(z.string().max(64), z.string().max(64)).optional(),
        reason: z.string().trim().max(500).optional(),
      }),
    )
    .output(run),
  list: base.output(z.array(runSummary)),
  get: base.input(one).output(run),
  /** The run as it is, then each time it has changed; ends when it is closed. */
  watch: base.input(one).output(eventIterator(run)),
  /** What the step at hand asks, as it is now; null where it asks nothing. */
  ask: base.input(z.strictObject({ id, step: stepId })).output(asking.nullable()),
  /** Resolves once it is written down and begun; what comes of it is in the run. */
  proceed: base.input(z.strictObject({ id, step: stepId, answer })).output(run),
  /**
   * Gives other answers, all of them, with the connection of the cluster as it is saved now. Refused once anything stands that was
   * done with the old ones; every step is then looked at anew, every choice and confirmation made anew.
   */
  changeAnswers: base
    .input(
      z.strictObject({
        id,
        inputs: z.record(z.string().max(64), z.string().max(1024)),
        reason: z.string().trim().max(500).optional(),
      }),
    )
    .output(run),
  /** Another person goes on with it. */
  takeOver: base.input(z.strictObject({ id, note })).output(run),
  /** Signs the acceptance sheet; refused while a row of it is neither green nor excepted. */
  accept: base.input(z.strictObject({ id, confirm: z.string().max(1024), note })).output(run),
  close: base
    .input(z.strictObject({ id, outcome: z.enum(['finished', 'abandoned']), reason: note }))
    .output(run),
  /** One file that says it all, to be kept. */
  report: base
    .input(z.strictObject({ id, as: z.enum(['html', 'json']) }))
    .output(z.object({ name: z.string(), text: z.string() })),
}
