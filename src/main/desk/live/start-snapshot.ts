import type { Job } from '../../../shared/contract/jobs.ts'
import { isActive } from '../../../shared/domain/job-state.ts'
import type { SnapshotWay } from '../../../shared/contract/masters.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { knownWay } from '../../engine/live/known-way.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import { checkAskable, checkReason, checkTyped } from '../confirm.ts'
import { demandVault } from '../demand-vault.ts'
import type { Desk } from '../desk.ts'
import { savedCluster } from '../saved.ts'
import { driverOf } from '../../systems/drivers.ts'
import { connectedCluster } from './healths.ts'
import { snapshotPhases } from './snapshot-work.ts'

export interface SnapshotRequest {
  readonly id: string
  readonly way: string
  readonly confirm?: string | undefined
  readonly reason?: string | undefined
}

/** Throws before anything is begun: another one that runs, a name that was not typed, a locked vault, no connection. */
export async function startSnapshot(request: SnapshotRequest, desk: Desk): Promise<Job> {
  const { state, jobs, audit } = desk
  const cluster = savedCluster(request.id, state)
  const { driver } = await connectedCluster(cluster)
  const way = knownWay(driver, request.way)
  const reason = request.reason ?? null
  checkAskable(cluster)
  if (way.stops) {
    checkReason(cluster, reason)
    checkTyped(request.confirm ?? '', cluster.name, `${way.label} stops something meanwhile.`)
  }
  const running = runningSnapshot(cluster, desk)
  if (running !== null) {
    throw new HoldfastError('job.refused', {
      what: `A snapshot of ${cluster.name} runs already.`,
      why: running.sentence,
      unchanged: 'Nothing was asked for.',
      next: 'Wait for its end, or look at it under Activity.',
    })
  }
  await demandVault(cluster, desk)
  if (reason !== null) {
    await audit.append({ action: 'snapshot.asked', subject: cluster.name, facts: [], reason })
  }
  return jobs.start({
    kind: 'snapshot',
    clusterId: cluster.id,
    subject: cluster.name,
    detail: way.label,
    request: { clusterId: cluster.id, way: way.id },
    phases: snapshotPhases,
    cancel: 'Stops waiting. What the cluster has begun may go on; the repository shows what came of it.',
    exclusive: `snapshot:${cluster.id}`,
  })
}

export async function offerSnapshot(
  cluster: SavedCluster,
  desk: Desk,
): Promise<{
  readonly ways: SnapshotWay[]
  readonly running: { readonly jobId: string; readonly sentence: string } | null
}> {
  const { snapshotWays } = await driverOf(cluster.system)
  return { ways: [...snapshotWays], running: runningSnapshot(cluster, desk) }
}

/** Who and since when. */
function runningSnapshot(
  cluster: SavedCluster,
  { jobs }: Pick<Desk, 'jobs'>,
): { readonly jobId: string; readonly sentence: string } | null {
  const running = jobs
    .list()
    .find(({ kind, clusterId, state }) => kind === 'snapshot' && clusterId === cluster.id && isActive(state))
  if (running === undefined) return null
  const since = running.startedAt ?? running.createdAt
  return { jobId: running.id, sentence: `This console began it at ${since} (job ${running.id}).` }
}
