import type { JobEnding } from '../ports/job-journal.ts'

/** A waiting or running job whose program ends: nothing is half done, and it can be gone on with. */
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

export const dismissedEnding: JobEnding = {
  outcome: 'It was interrupted, and was not gone on with.',
  tone: 'neutral',
  failure: null,
  result: null,
}
