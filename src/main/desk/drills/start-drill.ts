import type { Job } from '../../../shared/contract/jobs.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { refuseDrill } from '../../operations/drill-backup.ts'
import { findBackup } from '../../operations/find-backup.ts'
import { demandVault } from '../demand-vault.ts'
import type { Desk } from '../desk.ts'
import { refuseUnwritable } from '../refuse-unwritable.ts'
import { refuseWhileRecovered } from '../runbooks/refuse-while-recovered.ts'
import { savedCluster } from '../saved.ts'
import { checkHostDrill } from './drill-on-host.ts'
import { drillPhases, toolDrillPhases } from './drill-phases.ts'
import { repositoryFolders } from './drill-work.ts'

export interface DrillRequest {
  readonly clusterId: string
  /** Any unambiguous beginning of its id. */
  readonly backupId: string
  readonly folder: string | null
  readonly host: string | null
  /** The cluster's name as it was typed. */
  readonly confirm: string | null
}

/** Throws before anything is begun: an open run of a runbook, no such backup, a refused folder, a locked vault. */
export async function startDrill(request: DrillRequest, desk: Desk): Promise<Job> {
  const { state, views, jobs, audit, scratch } = desk
  const cluster = savedCluster(request.clusterId, state)
  refuseWhileRecovered(cluster, desk)
  const { backups, repository } = await views.view(cluster.id)
  const inventory = { backups: backups.map(({ backup }) => backup), objectsRead: 0, bytesRead: 0 }
  const backup = findBackup(request.backupId, { inventory, repository })
  const isByTool = backup.toolDrill !== undefined
  let place: { readonly folder: string | null; readonly host: string | null }
  if (isByTool) {
    place = await checkHostDrill(cluster, backup, request)
  } else {
    refuseDrill(backup)
    if (request.host !== null) throw notOnHost(backup.backupId)
    await scratch.refuse(request.folder, repositoryFolders(state))
    place = { folder: request.folder, host: null }
  }
  await demandVault(cluster, desk)
  await refuseUnwritable(audit)
  return jobs.start({
    kind: 'drill',
    clusterId: cluster.id,
    subject: cluster.name,
    detail: backup.backupId,
    request: { clusterId: cluster.id, backupId: backup.backupId, ...place },
    phases: isByTool ? toolDrillPhases : drillPhases,
    cancel:
      'Stops, and removes the scratch folder. Neither the cluster nor its backups are touched either way.',
    // Two at once would measure each other.
    exclusive: 'drill',
  })
}

function notOnHost(backupId: string): HoldfastError {
  return new HoldfastError('usage', {
    what: `${backupId} is drilled on this machine.`,
    why: 'No tool of its system restores it on a host for trial.',
    unchanged: 'Nothing was begun.',
    next: 'Leave the host out; the runbook X-6 rehearses on another host over SSH.',
  })
}
