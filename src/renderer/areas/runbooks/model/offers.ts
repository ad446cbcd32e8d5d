import type { Run, Step } from '../../../../shared/contract/runbooks.ts'
import { isBehind } from './step-words.ts'

/** The one right thing to do about the step at hand. */
export type Offer =
  /** One press. */
  | { readonly kind: 'go'; readonly label: string; readonly says: string }
  | { readonly kind: 'choose' | 'confirm' | 'did' }
  /** It goes on by itself; `stop`: what ends it, where something may. */
  | { readonly kind: 'running'; readonly stop: string | null; readonly says: string }

const goOn = 'You can close this window, the run goes on.'

/** What is offered for the step at hand, by its kind and by where it stands. */
export function offerOf(step: Pick<Step, 'kind' | 'state' | 'damage'>): Offer {
  const { kind, state } = step
  if (state === 'running') {
    if (kind === 'wait')
      return { kind: 'running', stop: 'Stop waiting', says: `It looks again and again. ${goOn}` }
    if (kind === 'check') return { kind: 'running', stop: 'Stop looking', says: goOn }
    return { kind: 'running', stop: null, says: `What was begun is left to its end. ${goOn}` }
  }
  switch (kind) {
    case 'choice':
      return { kind: 'choose' }
    case 'confirm':
      return { kind: 'confirm' }
    case 'manual':
      return { kind: 'did' }
    case 'check':
      return { kind: 'go', label: state === 'todo' ? 'Look' : 'Look again', says: 'It only reads.' }
    case 'wait':
      return { kind: 'go', label: state === 'todo' ? 'Wait for it' : 'Wait again', says: 'It only reads.' }
    case 'action':
      if (state === 'unknown') {
        return {
          kind: 'go',
          label: 'Look what came of it',
          says: 'It is not asked for again before that is known.',
        }
      }
      if (state === 'failed')
        return { kind: 'go', label: 'Try again', says: 'It is looked at first, then asked for.' }
      return {
        kind: 'go',
        label: state === 'takenBack' ? 'Do this step again' : 'Do this step',
        says: damageWords[step.damage] ?? '',
      }
  }
}

const damageWords: readonly string[] = [
  'It harms nothing.',
  'It changes what runs, and destroys nothing.',
  'It replaces what can be taken back.',
  'It cannot be taken back.',
]

/** True where Enter may fall on the button at once: it only reads, however often it is pressed. */
export function isHarmless({ kind, damage }: Pick<Step, 'kind' | 'damage'>): boolean {
  return damage === 0 && (kind === 'check' || kind === 'wait')
}

/**
 * Steps are gone in their order, but the rows of the acceptance sheet are independent of each other: once one of them is at
 * hand, any of them can be looked at again or excepted.
 */
export function isAnswerable(run: Pick<Run, 'state' | 'isOurs' | 'current' | 'list'>, step: Step): boolean {
  if (run.state !== 'open' || !run.isOurs || isBehind(step)) return false
  const current = run.list.find(({ id }) => id === run.current)
  if (current === undefined || run.list.some(({ state }) => state === 'running')) return false
  return current.section === 'accept' && step.section === 'accept'
}

/** A step that was done and can be undone from here; the ones after it are then to be done again. */
export function mayTakeBack(run: Pick<Run, 'state' | 'isOurs' | 'acceptance' | 'list'>, step: Step): boolean {
  if (run.state !== 'open' || !run.isOurs || run.acceptance.signedAt !== null) return false
  if (run.list.some(({ state }) => state === 'running')) return false
  return step.canTakeBack && (step.state === 'done' || step.state === 'failed')
}

export function maySkip(step: Pick<Step, 'canSkip' | 'state'>): boolean {
  return step.canSkip && step.state !== 'running'
}
