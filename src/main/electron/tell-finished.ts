import type { Job } from '../../shared/contract/jobs.ts'
import { isActive } from '../../shared/domain/job-state.ts'

export interface Notice {
  readonly title: string
  readonly body: string
}

/** Tells the operator of each job that ends, once: what is worth telling of it, and whether it is, `noticeOf` says. */
export function createFinishTeller({
  noticeOf,
  notify,
}: {
  readonly noticeOf: (job: Job) => Notice | null
  readonly notify: (notice: Notice) => void
}): (job: Job) => void {
  const open = new Set<string>()
  return (job) => {
    if (isActive(job.state)) {
      open.add(job.id)
      return
    }
    if (!open.delete(job.id)) return
    const notice = noticeOf(job)
    if (notice !== null) notify(notice)
  }
}
