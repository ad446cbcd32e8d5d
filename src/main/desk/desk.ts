import type { Plan } from '../../shared/contract/restore.ts'
import type { JobRunner, JobWork } from '../ports/job-runner.ts'
import type { JobKind } from '../../shared/contract/jobs.ts'
import { copyWork } from './copy-work.ts'
import type { DeskPorts } from './ports.ts'
import type { Healths } from './live/healths.ts'
import { snapshotWork } from './live/snapshot-work.ts'
import { restoreWork, rollbackWork } from './restore-work.ts'
import { keyCheckWork, verifyWork } from './verify-work.ts'
import type { Views } from './views.ts'

/** Everything that handlers work with. */
export interface Desk extends DeskPorts {
  readonly version: string
  readonly views: Views
  readonly healths: Healths
  readonly jobs: JobRunner
  readonly plans: ConfirmablePlans
}

/** What each kind of job does. */
export function jobWorks(ports: DeskPorts & { readonly views: Views }): Readonly<Record<JobKind, JobWork>> {
  return {
    verify: async (request, context) => verifyWork(request, context, ports),
    keyCheck: async (request, context) => keyCheckWork(request, context, ports),
    restore: async (request, context) => restoreWork(request, context, ports),
    rollback: async (request, context) => rollbackWork(request, context, ports),
    snapshot: async (request, context) => snapshotWork(request, context, ports),
    copy: async (request, context) => copyWork(request, context, ports),
  }
}

/** Plans that were shown in this process: only one of them can be confirmed. */
export interface ConfirmablePlans {
  keep(plan: Plan): void
  find(hash: string): Plan | null
}

const plansKept = 50

export function confirmablePlans(): ConfirmablePlans {
  const plans = new Map<string, Plan>()
  return {
    keep(plan) {
      plans.delete(plan.hash)
      plans.set(plan.hash, plan)
      for (const hash of [...plans.keys()].slice(0, -plansKept)) plans.delete(hash)
    },
    find: (hash) => plans.get(hash) ?? null,
  }
}
