import type { JobResult } from '../../../shared/contract/jobs.ts'
import type { SnapshotWay } from '../../../shared/contract/masters.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { knownWay } from '../../engine/live/known-way.ts'
import type { SnapshotOutcome } from '../../ports/cluster-driver.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import type { JobContext, JobOutcome } from '../../ports/job-runner.ts'
import { snapshotRequest } from '../job-requests.ts'
import type { DeskPorts } from '../ports.ts'
import { savedCluster } from '../saved.ts'
import type { Views } from '../views.ts'
import { connectedCluster, type Connected } from './healths.ts'
import { knownBackups, lookForSnapshot, type Arrival } from './look-for-snapshot.ts'
import { openSession, type OpenSession } from './open-session.ts'

export const snapshotPhases = [
  'Check before',
  'Make the snapshot',
  'Look for it in the repository',
  'Verify what arrived',
] as const

type Work = DeskPorts & { readonly views: Views }

/**
 * Takes a snapshot of a cluster and believes the repository alone: what the cluster says is evidence, a backup that is there
 * and proves itself is the outcome. The request is in the audit chain before it is made; a process that finds it there
 * looks for what came of it and asks for nothing again.
 */
export async function snapshotWork(asked: unknown, context: JobContext, ports: Work): Promise<JobOutcome> {
  const request = snapshotRequest.parse(asked)
  const cluster = savedCluster(request.clusterId, ports.state)
  const connected = await connectedCluster(cluster)
  const way = knownWay(connected.driver, request.way)
  const session = openSession(cluster, 'snapshot', ports, context.signal)
  try {
    const before = await knownBackups(cluster, ports, context.signal)
    const requestedAt = await requestOf(context.jobId, ports)
    const made =
      requestedAt === null
        ? await make({ cluster, connected, way, session, before }, context, ports)
        : { outcome: interrupted, sinceMs: Date.parse(requestedAt), before: null }
    context.phase(snapshotPhases[2])
    const arrival = await lookForSnapshot(cluster, made, context, ports, () =>
      context.phase(snapshotPhases[3]),
    )
    const told = tellOutcome(way, made.outcome, arrival)
    await ports.audit.append({
      action: 'snapshot.ended',
      subject: cluster.name,
      facts: [
        { name: 'job', value: context.jobId },
        { name: 'cluster said', value: made.outcome.kind },
        ...made.outcome.facts,
        { name: 'backup', value: arrival.kind === 'there' ? arrival.backupId : 'none found' },
        { name: 'verdict', value: arrival.kind === 'there' ? arrival.verdict : 'none' },
      ],
    })
    return told
  } finally {
    await session.close()
    ports.views.changed(cluster.repositoryId)
  }
}

const interrupted: SnapshotOutcome = {
  kind: 'unknown',
  sentence: 'This console ended after it had asked for the snapshot, so its answer was not heard.',
  facts: [],
}

interface Making {
  readonly cluster: SavedCluster
  readonly connected: Connected
  readonly way: SnapshotWay
  readonly session: OpenSession
  readonly before: ReadonlySet<string>
}

async function make(
  { cluster, connected, way, session, before }: Making,
  context: JobContext,
  { audit, clock }: DeskPorts,
): Promise<{
  readonly outcome: SnapshotOutcome
  readonly sinceMs: number
  readonly before: ReadonlySet<string>
}> {
  context.phase(snapshotPhases[0])
  for await (const probe of connected.live.beforeSnapshot(session, way.id)) {
    if (probe.state === 'bad') {
      throw new HoldfastError('job.refused', {
        what: `${probe.question} of ${probe.of}: ${probe.answer}`,
        why: 'A snapshot would fail, or be worth nothing.',
        unchanged: 'Nothing was asked for, and nothing was changed.',
        next: probe.next ?? 'Mend that first.',
      })
    }
    if (probe.state !== 'ok') context.log('warning', `${probe.question} of ${probe.of}: ${probe.answer}`)
  }
  context.phase(snapshotPhases[1])
  await audit.append({
    action: requested,
    subject: cluster.name,
    facts: [
      { name: 'job', value: context.jobId },
      { name: 'way', value: way.id },
    ],
  })
  const sinceMs = clock.now()
  const outcome = await connected.live.snapshot(session, way.id, {
    progress: (doneBytes, totalBytes) => context.progress(doneBytes, totalBytes),
    log: (severity, text) => context.log(severity, text),
  })
  return { outcome, sinceMs, before }
}

const requested = 'snapshot.requested'

/** When this very job asked the cluster, in this process or in an earlier one; null: never. */
async function requestOf(jobId: string, { audit }: DeskPorts): Promise<string | null> {
  const { entries } = await audit.list({ limit: 10, find: jobId })
  return entries.find(({ action }) => action === requested)?.at ?? null
}

function tellOutcome(way: SnapshotWay, made: SnapshotOutcome, arrival: Arrival): JobOutcome {
  const told = sentenceOf(made, arrival)
  const result: JobResult = {
    kind: 'snapshot',
    way: way.id,
    clusterSaid: made.kind,
    backupId: arrival.kind === 'there' ? arrival.backupId : null,
    verdict: arrival.kind === 'there' ? arrival.verdict : null,
    facts: made.facts.map((fact) => ({ ...fact })),
  }
  return { ...told, result }
}

function sentenceOf(made: SnapshotOutcome, arrival: Arrival): Pick<JobOutcome, 'outcome' | 'tone'> {
  switch (arrival.kind) {
    case 'there':
      return {
        outcome: `${arrival.backupId} is in the repository. ${arrival.sentence}`,
        tone: arrival.verdict === 'good' ? 'good' : arrival.verdict === 'bad' ? 'bad' : 'attention',
      }
    case 'notReadHere':
      // The cluster says that it is made; nobody here has seen a byte of it.
      return { outcome: arrival.sentence, tone: 'attention' }
    case 'missing':
      break
  }
  switch (made.kind) {
    case 'made':
      return {
        outcome: `The cluster says that the snapshot is done, but the repository holds no new backup. ${arrival.sentence}`,
        tone: 'bad',
      }
    case 'onlyLogged':
    case 'unknown':
      return { outcome: `${made.sentence} The repository holds no new backup.`, tone: 'bad' }
  }
}
