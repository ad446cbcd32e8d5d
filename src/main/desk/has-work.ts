import { isActive } from '../../shared/domain/job-state.ts'
import type { Desk } from './desk.ts'

/**
 * Whether an end of this process would stop something: a job or a step of a runbook that is under way, or a snapshot or a drill
 * that it was told to make on time.
 */
export function hasWork({ jobs, runbooks, state }: Pick<Desk, 'jobs' | 'runbooks' | 'state'>): boolean {
  return (
    runbooks.isAtWork() ||
    jobs.list().some((job) => isActive(job.state)) ||
    // Of two instances, the one that holds the saved state makes them.
    (state.readOnlyBecause === null &&
      state.clusters.list().some(({ ownSchedule, drillSchedule }) => (ownSchedule ?? drillSchedule) !== null))
  )
}
