import { doStep, type AdvanceParts } from './advance.ts'
import type { HeldRun } from './held-run.ts'

/**
 * Takes back what must not outlive a run that is about to be closed. Where that cannot be done now, the steps say so, and the run is
 * closed all the same.
 */
export async function letGo(run: HeldRun, parts: AdvanceParts): Promise<void> {
  for (const { step, standing } of run.standing.steps.toReversed()) {
    if (step.kind !== 'action' || step.takeBack === undefined || step.endsWithRun !== true) continue
    if (run.acts(step.id) === 0 || standing.state === 'takenBack') continue
    await doStep(run, { kind: 'takeBack', step, takeBack: step.takeBack }, parts)
  }
}
