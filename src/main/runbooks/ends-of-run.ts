import { refused } from './run-errors.ts'
import { isBehind, type StandingRun } from './step-standing.ts'

/** Throws `runbook.refused` where the acceptance sheet cannot be signed. */
export function demandSignable({ steps }: StandingRun): void {
  const rows = steps.filter(({ step }) => step.section === 'accept')
  const open = rows.find(({ standing }) => !isBehind(standing))
  const before = steps.find(
    ({ step, standing }) => ['before', 'safety', 'restore'].includes(step.section) && !isBehind(standing),
  )
  const missing = before ?? open
  if (rows.length === 0 || missing !== undefined) {
    throw refused(
      'The acceptance sheet cannot be signed yet.',
      missing === undefined
        ? 'This runbook has none.'
        : `“${missing.step.title}” is neither green nor excepted.`,
      'Go through it first.',
    )
  }
}

/** Throws `runbook.refused` where the run cannot be closed so. */
export function demandClosable(
  { state, steps }: StandingRun,
  outcome: 'finished' | 'abandoned',
  reason: string,
): void {
  const open = steps.find(({ standing }) => !isBehind(standing))
  const hasSheet = steps.some(({ step }) => step.section === 'accept')
  if (outcome === 'finished' && (open !== undefined || (hasSheet && state.accepted === null))) {
    throw refused(
      'This run cannot be finished yet.',
      open === undefined ? 'Its acceptance sheet is not signed.' : `“${open.step.title}” is not behind.`,
      'Go on with it, or abandon it with a reason.',
    )
  }
  if (outcome === 'abandoned' && reason === '') {
    throw refused(
      'A run is not abandoned without a reason.',
      'Whoever reads it later has to know.',
      'Say why.',
    )
  }
}
