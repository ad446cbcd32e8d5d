import { HoldfastError } from '../../../shared/domain/error.ts'
import type { PrunePlan } from '../../../shared/domain/prune-plan.ts'
import { bytesWords, countOf } from '../../../shared/domain/size-words.ts'
import { audited } from '../../operations/audited.ts'
import { pruneFacts } from '../../operations/prune-facts.ts'
import { runPrune, type PruneResult } from '../../operations/run-prune.ts'
import type { JobContext, JobOutcome } from '../../ports/job-runner.ts'
import { withClusterRepository, withStore } from '../cluster-repository.ts'
import { pruneRequest, type PruneJob } from '../job-requests.ts'
import type { DeskPorts } from '../ports.ts'
import { savedCluster, savedRepository } from '../saved.ts'
import { noteTo } from '../verify-work.ts'
import type { Views } from '../views.ts'
import { checkPlanned, planOpened, type PlannedPrune } from './plan-cluster-prune.ts'
import { checkModes } from './shared-holds.ts'

export const prunePhases = ['Plan again', 'Delete'] as const

type Work = DeskPorts & { readonly views: Views }

/**
 * Deletes exactly what was confirmed, or nothing. A process that ended in the middle of it left every backup that is still
 * there whole; what it had deleted changed the plan, so nothing goes on from there by itself.
 */
export async function pruneWork(asked: unknown, context: JobContext, ports: Work): Promise<JobOutcome> {
  const request = pruneRequest.parse(asked)
  const cluster = savedCluster(request.clusterId, ports.state)
  const { signal } = context
  context.phase(prunePhases[0])
  await refuseBegun(context.jobId, ports)
  checkModes(cluster, ports.state, request.reason)
  try {
    return await withClusterRepository(
      cluster,
      'prune',
      ports,
      { signal, note: noteTo(context) },
      async (opened) => {
        const planned = await planOpened(opened, cluster, request, { ...ports, signal })
        checkPlanned(planned, request.hash)
        context.phase(prunePhases[1])
        const result = await runAudited(planned, request, context, ports)
        return told(planned, result)
      },
    )
  } finally {
    ports.views.changed(cluster.repositoryId)
  }
}

async function runAudited(
  { plan, hash }: PlannedPrune,
  { clusterId, reason }: PruneJob,
  context: JobContext,
  ports: DeskPorts,
): Promise<PruneResult> {
  const cluster = savedCluster(clusterId, ports.state)
  const facts = [...pruneFacts(plan, hash), { name: 'job', value: context.jobId }]
  const work = async (): Promise<PruneResult> =>
    withStore(savedRepository(cluster.repositoryId, ports.state), 'prune', ports, 'write', async (store) =>
      runPrune(plan, store, {
        signal: context.signal,
        onProgress: ({ doneBytes, totalBytes }) => context.progress(doneBytes, totalBytes),
      }),
    )
  return audited('prune', { subject: cluster.name, facts, reason }, work, {
    audit: ports.audit,
    note: noteTo(context),
  })
}

/** Whether this very job had begun to delete, in an earlier process. */
async function refuseBegun(jobId: string, { audit }: DeskPorts): Promise<void> {
  const { entries } = await audit.list({ limit: 10, find: jobId })
  if (!entries.some(({ action }) => action === 'prune.started')) return
  throw new HoldfastError('plan.changed', {
    what: 'This clean-up does not go on by itself.',
    why: 'Its process ended while it deleted. What went is gone, so the plan that was confirmed is no longer that of the repository.',
    unchanged: 'Every backup that is still there has all that it needs.',
    next: 'Look at a new preview. What is left of a backup that was half deleted is listed there as a leftover.',
  })
}

const mostKeys = 200

function told({ plan, hash }: PlannedPrune, result: PruneResult): JobOutcome {
  const backups = deletedBackups(plan)
  const { deleted, freedBytes, goneBefore, stillThere } = result
  const still =
    stillThere.length === 0
      ? ' Every backup that is left has all that it needs.'
      : ` The repository still lists ${countOf(stillThere.length, 'object')} of them: something there holds them.`
  return {
    outcome: `${countOf(backups, 'backup')}: ${countOf(deleted, 'object')}, ${bytesWords(freedBytes)}, deleted.${still}`,
    tone: stillThere.length === 0 ? 'good' : 'bad',
    result: {
      kind: 'prune',
      planHash: hash,
      backups,
      objects: deleted,
      freedBytes,
      goneBefore,
      stillThere: stillThere.slice(0, mostKeys),
    },
  }
}

export function deletedBackups({ rows }: Pick<PrunePlan, 'rows'>): number {
  return rows.filter(({ fate }) => fate === 'delete').length
}
