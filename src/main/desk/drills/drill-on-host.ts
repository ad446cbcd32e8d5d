import { createHash } from 'node:crypto'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { Drilled } from '../../operations/drill-backup.ts'
import { drillByTool, noTool } from '../../operations/drill-by-tool.ts'
import type { OpenRepository } from '../../operations/open-repository.ts'
import type { InventoryBackup } from '../../ports/backup-system.ts'
import type { ToolDriller } from '../../ports/cluster-driver.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import type { JobContext } from '../../ports/job-runner.ts'
import { checkAskable, checkTyped } from '../confirm.ts'
import type { DrillJob } from '../job-requests.ts'
import { connectedCluster } from '../live/healths.ts'
import { openSession } from '../live/open-session.ts'
import type { DeskPorts } from '../ports.ts'
import { jobPhase } from './drill-phases.ts'

/** What restores the database of such a cluster for trial; null where its connection says nothing of it. */
export async function drillerOf(cluster: SavedCluster): Promise<ToolDriller | null> {
  if (cluster.connection === null) return null
  return (await connectedCluster(cluster)).live.toolDriller ?? null
}

/** Before anything is begun: a host, a folder that it can be done in, and the typed name where that host serves. */
export async function checkHostDrill(
  cluster: SavedCluster,
  backup: Pick<InventoryBackup, 'backupId' | 'noDrill'>,
  asked: { readonly host: string | null; readonly folder: string | null; readonly confirm: string | null },
): Promise<{ readonly host: string; readonly folder: string }> {
  const driller = await drillerOf(cluster)
  if (driller === null) throw noTool(backup)
  const host = asked.host ?? driller.usualHost
  const { folder } = asked
  if (folder === null) {
    throw new HoldfastError('usage', {
      what: `A drill of ${backup.backupId} needs a folder of ${host}.`,
      why: 'It unpacks there, and nobody else knows which disk of that host may be filled.',
      unchanged: 'Nothing was begun.',
      next: 'Name a folder that the user of PostgreSQL may write to, and a host where it shall be another one.',
    })
  }
  checkPlace(cluster, driller, { host, folder, confirm: asked.confirm })
  return { host, folder }
}

/** Throws where no drill can be made there; a host that serves asks for the cluster's name. */
export function checkPlace(
  cluster: SavedCluster,
  driller: ToolDriller,
  {
    host,
    folder,
    confirm,
  }: { readonly host: string; readonly folder: string; readonly confirm: string | null },
): void {
  driller.check({ id: cluster.id, host, folder })
  if (driller.serves(host)) {
    checkAskable(cluster)
    checkTyped(
      confirm ?? '',
      cluster.name,
      `${host} serves ${cluster.name}: a drill there takes its disk and its memory.`,
    )
  }
}

/** The drill of a backup that only the system's own tool can restore, on the host that the request names. */
export async function drillOnHost(
  backup: InventoryBackup,
  { host, folder }: DrillJob,
  {
    cluster,
    opened,
    context,
  }: { readonly cluster: SavedCluster; readonly opened: OpenRepository; readonly context: JobContext },
  ports: DeskPorts,
): Promise<Drilled> {
  const driller = await drillerOf(cluster)
  if (driller === null || host === null || folder === null) throw noTool(backup)
  const { jobId, signal } = context
  // It has to outlive the job's own signal: what was begun on the host is ended there.
  const session = openSession(cluster, 'drill', ports, new AbortController().signal)
  try {
    return await drillByTool(
      backup,
      opened,
      { id: jobId, by: 'job' },
      {
        clock: ports.clock,
        signal,
        place: `${host}:${folder}`,
        reached: (phase) => context.phase(jobPhase[phase]),
        progress: (doneBytes, totalBytes) => context.progress(doneBytes, totalBytes),
        restore: async (proved) =>
          driller.drill(
            session,
            { ...proved, id: jobId, desk: await deskId(ports), host, folder },
            {
              work: signal,
              reached: (phase) => context.phase(jobPhase[phase]),
              log: (severity, text) => context.log(severity, text),
            },
          ),
      },
    )
  } finally {
    await session.close()
  }
}

/** Of this installation, and nobody's secret. */
export async function deskId({ openCatalog }: Pick<DeskPorts, 'openCatalog'>): Promise<string> {
  const secret = await (await openCatalog()).installationSecret()
  return createHash('sha256').update('holdfast-desk:v1:').update(secret).digest('hex').slice(0, 16)
}
