import { countOf } from '../../shared/domain/size-words.ts'
import { checkTyped } from '../desk/confirm.ts'
import { demandVault } from '../desk/demand-vault.ts'
import type { Desk } from '../desk/desk.ts'
import type { PruneJob } from '../desk/job-requests.ts'
import { refuseWhileRecovered } from '../desk/runbooks/refuse-while-recovered.ts'
import { refuseUnwritable } from '../desk/refuse-unwritable.ts'
import { checkPlanned, planClusterPrune, previewOf } from '../desk/retention/plan-cluster-prune.ts'
import { deletedBackups, prunePhases } from '../desk/retention/prune-work.ts'
import { pinBackup, retentionOf, saveRules, unpinBackup } from '../desk/retention/saved-rules.ts'
import { checkModes } from '../desk/retention/shared-holds.ts'
import { savedCluster, savedRepository } from '../desk/saved.ts'
import { implementation, never } from './implement.ts'

export function createRetentionHandlers(desk: Desk) {
  const { state, jobs, audit } = desk
  const os = implementation.retention
  const driven = (id: string) => {
    const cluster = savedCluster(id, state)
    return cluster
  }
  return {
    get: os.get.handler(async ({ input }) => retentionOf(driven(input.clusterId), desk)),

    setRules: os.setRules.handler(async ({ input }) => saveRules(driven(input.clusterId), input, desk)),

    pin: os.pin.handler(async ({ input }) => pinBackup(driven(input.clusterId), input, desk)),

    unpin: os.unpin.handler(async ({ input }) => unpinBackup(driven(input.clusterId), input, desk)),

    preview: os.preview.handler(async ({ input, signal = never }) => {
      const cluster = driven(input.clusterId)
      await demandVault(cluster, desk)
      return previewOf(await planClusterPrune(cluster, input, desk, signal), cluster, state)
    }),

    /** The ceremony is checked here, whatever a window may have checked before. */
    apply: os.apply.handler(async ({ input, signal = never }) => {
      const cluster = driven(input.clusterId)
      const reason = input.reason ?? null
      checkModes(cluster, state, reason)
      checkTyped(input.confirm, cluster.name, 'What is deleted cannot be brought back from here.')
      refuseWhileRecovered(cluster, desk)
      await demandVault(cluster, desk)
      await refuseUnwritable(audit)
      const planned = await planClusterPrune(cluster, input, desk, signal)
      checkPlanned(planned, input.hash)
      const { clusterId, rules, sweepsOrphans, hash } = input
      const request: PruneJob = { clusterId, rules, sweepsOrphans, hash, reason }
      const { rows } = planned.plan
      const { id } = await jobs.start({
        kind: 'prune',
        clusterId: cluster.id,
        subject: cluster.name,
        detail: `${deletedBackups({ rows })} of ${countOf(rows.length, 'backup')}`,
        request,
        phases: prunePhases,
        cancel: 'Stops deleting. What went is gone; every backup that is still there has all that it needs.',
        exclusive: `write ${savedRepository(cluster.repositoryId, state).address}`,
      })
      return { jobId: id }
    }),
  }
}
