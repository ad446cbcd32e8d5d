import type { Plan } from '../../shared/contract/restore.ts'
import type { JobRunner, JobWork } from '../ports/job-runner.ts'
import type { RunbookRunner } from '../ports/runbook-runner.ts'
import type { JobKind } from '../../shared/contract/jobs.ts'
import { copyWork } from './copy-work.ts'
import { drillWork, type DrillPorts } from './drills/drill-work.ts'
import type { Anchoring } from './anchoring.ts'
import type { DeskPorts } from './ports.ts'
import type { Healths } from './live/healths.ts'
import { snapshotWork } from './live/snapshot-work.ts'
import { restoreWork, rollbackWork } from './restore-work.ts'
import { keyCheckWork, verifyWork } from './verify-work.ts'
import { pruneWork } from './retention/prune-work.ts'
import type { Views } from './views.ts'

/** Everything that handlers work with. */
export interface Desk extends DeskPorts {
  readonly version: string
  readonly views: Views
  readonly healths: Healths
  readonly jobs: JobRunner
  readonly runbooks: RunbookRunner
  readonly plans: ConfirmablePlans
  readonly anchoring: Pick<Anchoring, 'now'>
}

/** What each kind of job does. */
export function jobWorks(ports: DrillPorts): Readonly<Record<JobKind, JobWork>> {
  return {
    verify: async (request, context) => verifyWork(request, context, ports),
    keyCheck: async (request, context) => keyCheckWork(request, context, ports),
    restore: async (request, context) => restoreWork(request, context, ports),
    rollback: async (request, context) => rollbackWork(request, context, ports),
    snapshot: async (request, context) => snapshotWork(request, context, ports),
    prune: async (request, context) => pruneWork(request, context, ports),
    copy: async (request, context) => copyWork(request, context, ports),
    drill: async (request, context) => drillWork(request, context, ports),
  }
}

/** A plan, and the saved cluster that it was made for. */
export interface ConfirmablePlan {
  readonly plan: Plan
  readonly clusterId: string
}

/** Plans that were shown in this process: only one of them can be confirmed. */
export interface ConfirmablePlans {
  keep(made: ConfirmablePlan): void
  find(hash: string, clusterId: string): Plan | null
}

const plansKept = 50

export function confirmablePlans(): ConfirmablePlans {
  const plans = new Map<string, Plan>()
  // Two saved clusters can have one repository, and other rules.
  const keyOf = (hash: string, clusterId: string): string => `${hash} ${clusterId}`
  return {
    keep({ plan, clusterId }) {
      const key = keyOf(plan.hash, clusterId)
      plans.delete(key)
      plans.set(key, plan)
      for (const oldest of [...plans.keys()].slice(0, -plansKept)) plans.delete(oldest)
    },
    find: (hash, clusterId) => plans.get(keyOf(hash, clusterId)) ?? null,
  }
}
