import { runStateOf, type RunState, type StepProgress } from '../../shared/domain/runbook-events.ts'
import type { RunHead } from '../ports/run-journal.ts'
import type { ConfirmStep, Known, Step } from '../ports/runbook.ts'
import type { RunEntry } from '../../shared/domain/runbook-events.ts'

/** Where each step of a run stands, by what has happened and by what is known now. */
export type Standing =
  | { readonly state: 'notNeeded'; readonly because: string }
  | { readonly state: StepProgress['state']; readonly progress: StepProgress | null }

export interface StandingRun {
  readonly state: RunState
  readonly steps: readonly { readonly step: Step; readonly standing: Standing }[]
  /** The step that is running, else the first that is not behind; null when all are. */
  readonly current: Step | null
}

export function standingOf(
  head: RunHead,
  steps: readonly Step[],
  entries: readonly RunEntry[],
  running: string | null,
): StandingRun {
  const state = runStateOf(entries, { holder: head.startedBy, running })
  let isReached = true
  const list = steps.map((step) => {
    const standing = standingOfStep(step, state, isReached)
    isReached &&= isBehind(standing)
    return { step, standing }
  })
  const open = list.find(({ standing }) => !isBehind(standing))
  const current = list.find(({ step }) => step.id === running) ?? open ?? null
  return { state, steps: list, current: current?.step ?? null }
}

export function isBehind({ state }: Pick<Standing, 'state'>): boolean {
  return state === 'done' || state === 'skipped' || state === 'notNeeded'
}

function standingOfStep(step: Step, { steps, known }: RunState, isReached: boolean): Standing {
  const progress = steps.get(step.id) ?? null
  const because = notNeededBecause(step, known, isReached)
  // What has begun counts, whatever is learnt later.
  if (because !== null && (progress === null || progress.state === 'todo'))
    return { state: 'notNeeded', because }
  if (progress === null) return { state: 'todo', progress }
  if (step.kind === 'confirm' && !isStillConfirmed(step, progress, known))
    return { state: 'todo', progress: null }
  return { state: progress.state, progress }
}

/** Steps before it may still learn what it asks for: until it is reached, only what is known already makes it needless. */
function notNeededBecause({ notNeeded }: Step, known: Known, isReached: boolean): string | null {
  if (notNeeded === undefined) return null
  if (isReached) return notNeeded(known)
  const open = new Set<string>()
  const because = notNeeded(watched(known, (name) => open.add(name)))
  return open.size > 0 ? null : because
}

/** The same facts; tells the name of each that was asked for and is not known. */
function watched(known: Known, onUnknown: (name: string) => void): Known {
  const has = (name: string): boolean => {
    const isKnown = known.has(name)
    if (!isKnown) onUnknown(name)
    return isKnown
  }
  const get = (name: string): string | undefined => (has(name) ? known.get(name) : undefined)
  return Object.assign(new Map(known), { has, get })
}

/** A confirmation is of exactly what was shown. */
function isStillConfirmed(step: ConfirmStep, { confirmedOf }: StepProgress, known: Known): boolean {
  return (
    confirmedOf !== null && step.of.every((name) => (confirmedOf[name] ?? '') === (known.get(name) ?? ''))
  )
}
