import type { RunEntry } from '../../shared/domain/runbook-events.ts'
import type { RunHead } from '../ports/run-journal.ts'
import type { StandingRun } from './step-standing.ts'

/** The run as it was begun, but with what was given last. */
export function headNow(head: RunHead, entries: readonly RunEntry[]): RunHead {
  const last = entries.findLast(({ event }) => event.type === 'answersChanged')?.event
  if (last?.type !== 'answersChanged') return head
  const { inputs, connection } = last
  const cluster = { ...head.setting.cluster, connection }
  return { ...head, setting: { cluster, inputs } }
}

/**
 * Why what was given stands; null where it can be changed. What was done with it has to be taken back with it, and what
 * somebody did by hand is not taken back from here.
 */
export function fixedBecause({ state, steps }: StandingRun): string | null {
  if (state.closed !== null) return 'The run is closed.'
  if (state.accepted !== null) return 'The acceptance sheet is signed.'
  const done = steps.find(
    ({ step, standing }) =>
      (step.kind === 'action' && ['done', 'failed', 'unknown', 'running'].includes(standing.state)) ||
      (step.kind === 'manual' && standing.state === 'done'),
  )
  if (done === undefined) return null
  const { step } = done
  return step.kind === 'action' && step.takeBack !== undefined
    ? `“${step.title}” was begun with them. Take back what was done, the last first.`
    : `“${step.title}” was begun with them, and is not taken back from here. Close this run and begin another one.`
}
