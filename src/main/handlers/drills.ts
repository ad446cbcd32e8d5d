import { demandVault } from '../desk/demand-vault.ts'
import type { Desk } from '../desk/desk.ts'
import { drillCost } from '../desk/drills/drill-cost.ts'
import { drillHistory } from '../desk/drills/drill-history.ts'
import { drillPhases, repositoryFolders } from '../desk/drills/drill-work.ts'
import { refuseUnwritable } from '../desk/refuse-unwritable.ts'
import { savedCluster } from '../desk/saved.ts'
import { refuseDrill } from '../operations/drill-backup.ts'
import { findBackup } from '../operations/find-backup.ts'
import { implementation } from './implement.ts'

export function createDrillHandlers(desk: Desk) {
  const { state, views, jobs, audit, scratch } = desk
  const os = implementation.drills
  return {
    list: os.list.handler(async ({ input }) => drillHistory(savedCluster(input.clusterId, state), desk)),

    cost: os.cost.handler(async ({ input }) => {
      const cluster = savedCluster(input.clusterId, state)
      return drillCost(input.backupId ?? null, await views.view(cluster.id), {
        usualFolder: scratch.usual,
        cluster: cluster.name,
      })
    }),

    start: os.start.handler(async ({ input }) => {
      const cluster = savedCluster(input.clusterId, state)
      const { backups, repository } = await views.view(cluster.id)
      const inventory = { backups: backups.map(({ backup }) => backup), objectsRead: 0, bytesRead: 0 }
      const backup = findBackup(input.backupId, { inventory, repository })
      refuseDrill(backup)
      const folder = input.folder ?? null
      await scratch.refuse(folder, repositoryFolders(state))
      await demandVault(cluster, desk)
      await refuseUnwritable(audit)
      const { id } = await jobs.start({
        kind: 'drill',
        clusterId: cluster.id,
        subject: cluster.name,
        detail: backup.backupId,
        request: { clusterId: cluster.id, backupId: backup.backupId, folder },
        phases: drillPhases,
        cancel:
          'Stops, and removes the scratch folder. Neither the cluster nor its backups are touched either way.',
        // Two at once would measure each other.
        exclusive: 'drill',
      })
      return { jobId: id }
    }),
  }
}
