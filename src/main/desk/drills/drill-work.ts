import {
  drillPhaseWords,
  isByTool,
  measuredRtoMs,
  tookWords,
  type Drill,
} from '../../../shared/domain/drill.ts'
import { bytesWords } from '../../../shared/domain/size-words.ts'
import { parseAddress } from '../../../shared/domain/address.ts'
import { audited } from '../../operations/audited.ts'
import { drillBackup, type Drilled } from '../../operations/drill-backup.ts'
import { drillEvent } from '../../operations/drill-events.ts'
import { findBackup } from '../../operations/find-backup.ts'
import type { OpenRepository } from '../../operations/open-repository.ts'
import type { DeskState, SavedCluster } from '../../ports/desk-state.ts'
import type { JobContext, JobOutcome } from '../../ports/job-runner.ts'
import type { RunbookRunner } from '../../ports/runbook-runner.ts'
import { withClusterRepository } from '../cluster-repository.ts'
import type { InventoryBackup } from '../../ports/backup-system.ts'
import { drillRequest, type DrillJob } from '../job-requests.ts'
import type { DeskPorts } from '../ports.ts'
import { recordVerdicts } from '../record-verdicts.ts'
import { refuseWhileRecovered } from '../runbooks/refuse-while-recovered.ts'
import { savedCluster } from '../saved.ts'
import { noteTo } from '../verify-work.ts'
import { drillOnHost } from './drill-on-host.ts'
import { jobPhase } from './drill-phases.ts'
import type { Views } from '../views.ts'

export type DrillPorts = DeskPorts & {
  readonly views: Views
  readonly runbooks: Pick<RunbookRunner, 'openRunOf'>
}

/** Restores a backup of a cluster for trial, times it, and removes what it wrote. After a crash it begins anew. */
export async function drillWork(asked: unknown, context: JobContext, ports: DrillPorts): Promise<JobOutcome> {
  const request = drillRequest.parse(asked)
  const cluster = savedCluster(request.clusterId, ports.state)
  // One may have been opened while this waited for its turn, or before it is gone on with.
  refuseWhileRecovered(cluster, ports)
  const note = noteTo(context)
  const { signal } = context
  try {
    return await withClusterRepository(cluster, 'drill', ports, { signal, note }, async (opened) =>
      outcomeOf(await drillAudited(request, cluster, opened, context, ports)),
    )
  } finally {
    ports.views.changed(cluster.repositoryId)
    ports.publish({ topic: 'drills', id: cluster.id })
  }
}

async function drillAudited(
  request: DrillJob,
  cluster: SavedCluster,
  opened: OpenRepository,
  context: JobContext,
  ports: DeskPorts,
): Promise<Drill> {
  const { audit } = ports
  const backup = findBackup(request.backupId, opened)
  const facts = [
    { name: 'repository', value: opened.repository },
    { name: 'backup', value: backup.backupId },
    { name: 'job', value: context.jobId },
    ...(request.host === null ? [] : [{ name: 'host', value: request.host }]),
    ...(request.folder === null ? [] : [{ name: 'folder', value: request.folder }]),
  ]
  const work = async (): Promise<Drilled> =>
    backup.toolDrill === undefined
      ? drillHere(backup, request, opened, context, ports)
      : drillOnHost(backup, request, { cluster, opened, context }, ports)
  const { drill, result } = await audited('drill', { subject: cluster.name, facts }, work, {
    audit,
    note: noteTo(context),
  })
  await audit.append(drillEvent(drill, cluster.name, opened.repository))
  await recordVerdicts(result, { cluster, repository: opened.repository, jobId: context.jobId }, ports)
  return drill
}

async function drillHere(
  backup: InventoryBackup,
  { folder }: DrillJob,
  opened: OpenRepository,
  context: JobContext,
  { clock, random, scratch, openTarget, state }: DeskPorts,
): Promise<Drilled> {
  return drillBackup(
    backup,
    opened,
    { id: context.jobId, by: 'job' },
    {
      clock,
      random,
      scratch,
      openTarget,
      signal: context.signal,
      above: folder,
      apartFrom: repositoryFolders(state),
      reached: (phase) => context.phase(jobPhase[phase]),
      progress: (doneBytes, totalBytes) => context.progress(doneBytes, totalBytes),
    },
  )
}

/** Every saved repository that lies on this machine: nothing is restored into any of them. */
export function repositoryFolders({ repositories }: Pick<DeskState, 'repositories'>): readonly string[] {
  return repositories.list().flatMap(({ address }) => {
    const place = parseAddress(address)
    return place.kind === 'file' ? [place.folder] : []
  })
}

function outcomeOf(drill: Drill): JobOutcome {
  const { backupId, outcome, phases, plainBytes, seen = [], notMeasured, folder, folderStands } = drill
  const left = folderStands
    ? ` ${folder} could not be removed; ${isByTool(drill) ? 'the next drill there' : 'the next start'} tries again.`
    : ''
  return {
    outcome: `${sentenceOf(drill)}${left}`,
    tone:
      outcome.kind === 'failed' ? 'bad' : outcome.kind === 'readable' || folderStands ? 'attention' : 'good',
    result: {
      kind: 'drill',
      backupId,
      outcome,
      phases: phases.map((phase) => ({ ...phase })),
      rtoMs: measuredRtoMs(drill),
      plainBytes,
      seen: [...seen],
      notMeasured: [...notMeasured],
      leftFolder: folderStands ? folder : null,
    },
  }
}

function sentenceOf(drill: Drill): string {
  const { outcome, plainBytes } = drill
  switch (outcome.kind) {
    case 'restored':
      if (isByTool(drill)) {
        return `Restored for trial by its own tool, and opened, in ${tookWords(measuredRtoMs(drill) ?? 0)}: ${bytesWords(plainBytes)}, every row read.`
      }
      return `Restored for trial in ${tookWords(measuredRtoMs(drill) ?? 0)}: ${bytesWords(plainBytes)}, every byte read back.`
    case 'readable':
      return `${bytesWords(plainBytes)} came out whole and were read back. ${outcome.because}`
    case 'failed':
      return `The drill failed at “${drillPhaseWords[outcome.at]}”. ${outcome.because}`
  }
}
