import { demandVault } from '../desk/demand-vault.ts'
import type { Desk } from '../desk/desk.ts'
import { implementation } from './implement.ts'

export function createJobHandlers(desk: Pick<Desk, 'jobs' | 'state' | 'secrets'>) {
  const { jobs, state } = desk
  const os = implementation.jobs
  return {
    list: os.list.handler(() => [...jobs.list()]),
    get: os.get.handler(({ input }) => jobs.get(input.id)),
    events: os.events.handler(async function* ({ input, signal }) {
      yield* jobs.events(input.id, input.after, signal)
    }),
    cancel: os.cancel.handler(({ input }) => jobs.cancel(input.id)),
    resume: os.resume.handler(async ({ input }) => {
      const { clusterId, kind } = jobs.get(input.id)
      // A rollback reads what lies in its target, and no secret.
      const cluster = clusterId === null || kind === 'rollback' ? null : state.clusters.get(clusterId)
      if (cluster !== null) await demandVault(cluster, desk)
      return jobs.resume(input.id)
    }),
    dismiss: os.dismiss.handler(({ input }) => jobs.dismiss(input.id)),
  }
}
