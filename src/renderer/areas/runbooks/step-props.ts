import type { Run, Step } from '../../../shared/contract/runbooks.ts'

/** What every part of an answer to a step is given; `onRun` is told the run after it. */
export interface StepProps {
  readonly runId: string
  readonly step: Step
  readonly onRun: (run: Run) => void
}
