import type { UnknownHost } from './error.ts'

/** What happened in one run of a runbook, in order. The state of the run is nothing but what these events come to. */

export type Severity = 'info' | 'warning' | 'error'

export interface EvidenceFact {
  readonly name: string
  readonly value: string
}

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

export interface StepEnd {
  /** `unknown`: it was asked for, and nobody knows what came of it. */
  readonly state: 'done' | 'failed' | 'notYet' | 'unknown'
  readonly sentence: string
  readonly evidence: readonly EvidenceFact[]
  readonly learnt: Readonly<Record<string, string>>
  readonly next: string | null
  /** Of a step that failed because a host’s key is not known. */
  readonly unknownHost?: UnknownHost
}

export type RunEvent =
  /** `acting`: it changes something from now on; else it only looks. */
  | { readonly type: 'stepBegan'; readonly step: string; readonly acting: boolean }
  | { readonly type: 'line'; readonly step: string; readonly severity: Severity; readonly sentence: string }
  | { readonly type: 'stepEnded'; readonly step: string; readonly end: StepEnd }
  | { readonly type: 'chosen'; readonly step: string; readonly option: string; readonly end: StepEnd }
  /** `of`: what was confirmed, as it was then. */
  | {
      readonly type: 'confirmed'
      readonly step: string
      readonly of: Readonly<Record<string, string>>
      readonly reason: string | null
    }
  | { readonly type: 'skipped'; readonly step: string; readonly reason: string }
  | { readonly type: 'takenBack'; readonly step: string; readonly end: StepEnd }
  /** Somebody else goes on with it. What was confirmed and not yet done has to be confirmed again. */
  | { readonly type: 'takenOver'; readonly note: string }
  /**
   * What was given at the beginning is another one from now on, and the connection is the one that was saved then. Only while
   * nothing stands that was done with the old one: every step is to be done anew.
   */
  | {
      readonly type: 'answersChanged'
      readonly inputs: Readonly<Record<string, string>>
      readonly connection: Readonly<Record<string, Json>> | null
    }
  /** `accepted`: the acceptance sheet was signed; the cluster is open to users. */
  | { readonly type: 'accepted'; readonly note: string }
  | { readonly type: 'closed'; readonly outcome: 'finished' | 'abandoned'; readonly reason: string }

/** From 1, without a gap. */
export interface RunEntry {
  readonly n: number
  /** UTC ISO 8601. */
  readonly at: string
  /** The account that did it. */
  readonly by: string
  readonly event: RunEvent
}

export type StepState =
  | 'todo'
  | 'running'
  | 'done'
  | 'failed'
  | 'skipped'
  /** It was asked for and nobody knows what came of it: it is looked at, and never asked for again blindly. */
  | 'unknown'
  | 'takenBack'

export interface StepProgress {
  readonly state: StepState
  /** Of the last begin, choice, confirmation, skip. */
  readonly at: string
  readonly by: string
  readonly endedAt: string | null
  readonly lines: readonly { readonly at: string; readonly severity: Severity; readonly sentence: string }[]
  readonly end: StepEnd | null
  readonly option: string | null
  readonly confirmedOf: Readonly<Record<string, string>> | null
  readonly skippedBecause: string | null
}

export interface RunState {
  readonly steps: ReadonlyMap<string, StepProgress>
  readonly known: ReadonlyMap<string, string>
  /** Who goes on with it. */
  readonly holder: string
  /** When what was given was last changed; null: it is as at the beginning. */
  readonly changed: { readonly at: string; readonly by: string } | null
  readonly accepted: { readonly at: string; readonly by: string; readonly note: string } | null
  readonly closed: {
    readonly at: string
    readonly by: string
    readonly outcome: 'finished' | 'abandoned'
    readonly reason: string
  } | null
  readonly lastEvent: number
}

/**
 * What the events come to. `running`: the step that this process is at, if any: a step that began and did not end in any
 * other process was cut short there. One that was only looking is to be done again; one that was acting is unknown.
 */
export function runStateOf(
  entries: readonly RunEntry[],
  { holder, running }: { readonly holder: string; readonly running: string | null },
): RunState {
  const steps = new Map<string, StepProgress>()
  /** Steps that were asked for and of which nobody has said yet what came of it. */
  const asked = new Set<string>()
  const known = new Map<string, string>()
  let holds = holder
  let latest: string | null = null
  let changed: RunState['changed'] = null
  let accepted: RunState['accepted'] = null
  let closed: RunState['closed'] = null
  for (const { at, by, event } of entries) {
    if ('step' in event) latest = event.step
    switch (event.type) {
      case 'stepBegan':
        if (event.acting) asked.add(event.step)
        steps.set(event.step, { ...begun(at, by), state: 'running' })
        break
      case 'line': {
        const step = steps.get(event.step)
        const line = { at, severity: event.severity, sentence: event.sentence }
        if (step !== undefined) steps.set(event.step, { ...step, lines: [...step.lines, line] })
        break
      }
      case 'stepEnded': {
        const step = steps.get(event.step) ?? begun(at, by)
        steps.set(event.step, { ...step, state: stateOf(event.end), endedAt: at, end: event.end })
        if (event.end.state !== 'unknown') asked.delete(event.step)
        learn(event.end, known)
        break
      }
      case 'chosen':
        steps.set(event.step, {
          ...begun(at, by),
          state: 'done',
          endedAt: at,
          end: event.end,
          option: event.option,
        })
        learn(event.end, known)
        break
      case 'confirmed':
        steps.set(event.step, { ...begun(at, by), state: 'done', endedAt: at, confirmedOf: event.of })
        break
      case 'skipped':
        steps.set(event.step, {
          ...begun(at, by),
          state: 'skipped',
          endedAt: at,
          skippedBecause: event.reason,
        })
        break
      case 'takenBack': {
        const step = steps.get(event.step) ?? begun(at, by)
        steps.set(event.step, {
          ...step,
          state: event.end.state === 'done' ? 'takenBack' : stateOf(event.end),
          endedAt: at,
          end: event.end,
        })
        if (event.end.state !== 'unknown') asked.delete(event.step)
        learn(event.end, known)
        // What was taken back is done again only where it is confirmed again.
        for (const [id, { confirmedOf }] of steps) if (confirmedOf !== null) steps.delete(id)
        break
      }
      case 'takenOver':
        holds = by
        // A confirmation is one person's; once the step after it was begun it has been used, and stays as evidence.
        if (latest !== null && (steps.get(latest)?.confirmedOf ?? null) !== null) steps.delete(latest)
        break
      case 'answersChanged':
        changed = { at, by }
        latest = null
        steps.clear()
        known.clear()
        break
      case 'accepted':
        accepted = { at, by, note: event.note }
        break
      case 'closed':
        closed = { at, by, outcome: event.outcome, reason: event.reason }
        break
    }
  }
  for (const [id, step] of steps) {
    if (step.state === 'running' && id !== running) {
      steps.set(id, { ...step, state: asked.has(id) ? 'unknown' : 'todo' })
    }
  }
  return { steps, known, holder: holds, changed, accepted, closed, lastEvent: entries.at(-1)?.n ?? 0 }
}

function stateOf({ state }: StepEnd): StepState {
  return state === 'notYet' ? 'todo' : state
}

function learn({ learnt }: StepEnd, known: Map<string, string>): void {
  for (const [name, value] of Object.entries(learnt)) known.set(name, value)
}

function begun(at: string, by: string): StepProgress {
  return {
    state: 'todo',
    at,
    by,
    endedAt: null,
    lines: [],
    end: null,
    option: null,
    confirmedOf: null,
    skippedBecause: null,
  }
}
