import type { JobRunner } from '../ports/job-runner.ts'
import { implementation } from './implement.ts'

export function createJobHandlers(jobs: JobRunner) {
  const os = implementation.jobs
  return {
    list: os.list.handler(() => [...jobs.list()]),
    get: os.get.handler(({ input }) => jobs.get(input.id)),
    events: os.events.handler(async function* ({ input, signal }) {
      yield* jobs.events(input.id, input.after, signal)
    }),
    cancel: os.cancel.handler(({ input }) => jobs.cancel(input.id)),
    resume: os.resume.handler(({ input }) => jobs.resume(input.id)),
    dismiss: os.dismiss.handler(({ input }) => jobs.dismiss(input.id)),
  }
}
