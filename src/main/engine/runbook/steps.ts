import type {
  ActionStep,
  CheckStep,
  ChoiceStep,
  ConfirmStep,
  ManualStep,
  Step,
  WaitStep,
} from '../../ports/runbook.ts'

/** What most steps of a kind have in common; whatever a step says of itself comes first. */
const usual = { touches: '', undo: null, twin: null, expected: null } as const

type Own<S extends Step, Given extends keyof S> = Omit<S, 'kind' | Given> & Partial<Pick<S, Given>>

export function check(
  own: Own<CheckStep, 'touches' | 'undo' | 'twin' | 'expected' | 'damage' | 'skip'>,
): CheckStep {
  return { ...usual, damage: 0, skip: 'nobody', ...own, kind: 'check' }
}

export function action(own: Own<ActionStep, 'undo' | 'twin' | 'expected' | 'skip'>): ActionStep {
  return { ...usual, skip: 'nobody', ...own, kind: 'action' }
}

export function wait(
  own: Own<WaitStep, 'touches' | 'undo' | 'twin' | 'expected' | 'damage' | 'skip' | 'everyMs'>,
): WaitStep {
  return { ...usual, damage: 0, skip: 'nobody', everyMs: 2000, ...own, kind: 'wait' }
}

export function choice(
  own: Own<ChoiceStep, 'touches' | 'undo' | 'twin' | 'expected' | 'damage' | 'skip'>,
): ChoiceStep {
  return { ...usual, damage: 0, skip: 'nobody', ...own, kind: 'choice' }
}

export function confirm(
  own: Own<ConfirmStep, 'touches' | 'undo' | 'twin' | 'expected' | 'damage' | 'skip'>,
): ConfirmStep {
  return { ...usual, damage: 0, skip: 'nobody', ...own, kind: 'confirm' }
}

export function manual(
  own: Own<ManualStep, 'touches' | 'undo' | 'twin' | 'expected' | 'damage' | 'skip' | 'asks'>,
): ManualStep {
  return { ...usual, damage: 0, skip: 'operator', asks: null, ...own, kind: 'manual' }
}
