export const jobStates = ['waiting', 'running', 'done', 'failed', 'cancelled', 'interrupted'] as const
export type JobState = (typeof jobStates)[number]

/** It has not ended, and goes on by itself. */
export function isActive(state: JobState): boolean {
  return state === 'waiting' || state === 'running'
}
