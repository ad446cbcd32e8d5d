import type { JobKind } from '../../shared/contract/jobs.ts'
import type { JobEnding } from '../ports/job-journal.ts'

/** A waiting or running job whose program ends; it can be gone on with. */
export const interruptedEnding: JobEnding = {
  outcome: 'Holdfast ended before this job did.',
  tone: 'attention',
  failure: null,
  result: null,
}

export const neverBegunEnding: JobEnding = {
  outcome: 'Cancelled before it began.',
  tone: 'neutral',
  failure: null,
  result: null,
}

/** A process that was killed has not brought the target to one of its two states, and nobody goes on with it by itself. */
export function dismissedEnding(kind: JobKind): JobEnding {
  const swaps = kind === 'restore' || kind === 'rollback'
  const left = swaps
    ? ' If its swap had begun, the target stands between old and new until the next restore or rollback there brings it to one of the two.'
    : ''
  return {
    outcome: `It was interrupted, and was not gone on with.${left}`,
    tone: swaps ? 'attention' : 'neutral',
    failure: null,
    result: null,
  }
}
