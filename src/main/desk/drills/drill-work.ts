import {
  drillPhaseWords,
  measuredRtoMs,
  tookWords,
  type Drill,
  type DrillPhaseName,
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
import { withClusterRepository } from '../cluster-repository.ts'
import { drillRequest } from '../job-requests.ts'
import type { DeskPorts } from '../ports.ts'
import { recordVerdicts } from '../record-verdicts.ts'
import { savedCluster } from '../saved.ts'
import { noteTo } from '../verify-work.ts'
import type { Views } from '../views.ts'

export const drillPhases = [
  drillPhaseWords.prove,
  'Read, open and unpack',
  drillPhaseWords.place,
  drillPhaseWords.readBack,
  drillPhaseWords.cleanUp,
] as const

/** Unpacking takes its turns with reading, so a job shows both as one. */
const jobPhase: Readonly<Record<DrillPhaseName, string>> = {
  prove: drillPhases[0],
  read: drillPhases[1],
  unpack: drillPhases[1],
  place: drillPhases[2],
  readBack: drillPhases[3],
  cleanUp: drillPhases[4],
}

/** Restores a backup of a cluster for trial, times it, and removes what it wrote. After a crash it begins anew. */
export async function drillWork(
  asked: unknown,
  context: JobContext,
  ports: DeskPorts & { readonly views: Views },
): Promise<JobOutcome> {
  const request = drillRequest.parse(asked)
  const cluster = savedCluster(request.clusterId, ports.state)
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
  { backupId, folder }: { readonly backupId: string; readonly folder: string | null },
  cluster: SavedCluster,
  opened: OpenRepository,
  context: JobContext,
  ports: DeskPorts,
): Promise<Drill> {
  const { clock, random, scratch, openTarget, audit, state } = ports
  const backup = findBackup(backupId, opened)
  const facts = [
    { name: 'repository', value: opened.repository },
    { name: 'backup', value: backup.backupId },
    { name: 'job', value: context.jobId },
  ]
  const work = async (): Promise<Drilled> =>
    drillBackup(
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
  const { drill, result } = await audited('drill', { subject: cluster.name, facts }, work, {
    audit,
    note: noteTo(context),
  })
  await audit.append(drillEvent(drill, cluster.name, opened.repository))
  await recordVerdicts(result, { cluster, repository: opened.repository, jobId: context.jobId }, ports)
  return drill
}

/** Every saved repository that lies on this machine: nothing is restored into any of them. */
export function repositoryFolders({ repositories }: Pick<DeskState, 'repositories'>): readonly string[] {
  return repositories.list().flatMap(({ address }) => {
    const place = parseAddress(address)
    return place.kind === 'file' ? [place.folder] : []
  })
}

function outcomeOf(drill: Drill): JobOutcome {
  const { backupId, outcome, phases, plainBytes, notMeasured, folder, folderStands } = drill
  const left = folderStands ? ` ${folder} could not be removed; the next start tries again.` : ''
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
      notMeasured: [...notMeasured],
      leftFolder: folderStands ? folder : null,
    },
  }
}

function sentenceOf(drill: Drill): string {
  const { outcome, plainBytes } = drill
  switch (outcome.kind) {
    case 'restored':
      return `Restored for trial in ${tookWords(measuredRtoMs(drill) ?? 0)}: ${bytesWords(plainBytes)}, every byte read back.`
    case 'readable':
      return `${bytesWords(plainBytes)} came out whole and were read back. ${outcome.because}`
    case 'failed':
      return `The drill failed at “${drillPhaseWords[outcome.at]}”. ${outcome.because}`
  }
}
