import type { Run, Step } from '../../../shared/contract/runbooks.ts'

/** What every part of the step at hand is given; `onRun` is told the run after each answer. */
export interface StepProps {
  readonly run: Run
  readonly step: Step
  readonly onRun: (run: Run) => void
}
