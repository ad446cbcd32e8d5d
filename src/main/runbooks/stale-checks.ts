import type { CheckStep, Step } from '../ports/runbook.ts'
import type { StandingRun } from './step-standing.ts'

const freshMs = 10 * 60_000

/**
 * Checks that an action rests on and that are too old to rest on: those since the last action that replaced something. What
 * came before that is no longer as it was, on purpose.
 */
export function staleChecks(run: StandingRun, before: Step, nowMs: number): readonly CheckStep[] {
  const place = run.steps.findIndex(({ step }) => step.id === before.id)
  const stale: CheckStep[] = []
  for (const { step, standing } of run.steps.slice(0, Math.max(0, place)).toReversed()) {
    if (step.kind === 'action' && step.damage >= 1 && standing.state === 'done') break
    if (step.kind !== 'check' || standing.state !== 'done') continue
    const endedAt = standing.progress?.endedAt ?? null
    if (endedAt === null || Math.abs(nowMs - Date.parse(endedAt)) > freshMs) stale.unshift(step)
  }
  return stale
}
