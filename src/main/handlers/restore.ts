import { basename } from 'node:path'
import { HoldfastError } from '../../shared/domain/error.ts'
import { checkConfirmed, checkMode, checkTyped } from '../desk/confirm.ts'
import { refuseUnwritable } from '../desk/refuse-unwritable.ts'
import { demandVault } from '../desk/demand-vault.ts'
import type { Desk } from '../desk/desk.ts'
import type { RestoreJob, RollbackJob } from '../desk/job-requests.ts'
import { prepareRestore } from '../desk/prepare-restore.ts'
import { restorePhases, rollbackPhases } from '../desk/restore-work.ts'
import { savedCluster } from '../desk/saved.ts'
import { targetEntry } from '../desk/target-entry.ts'
import { implementation } from './implement.ts'

export function createRestoreHandlers(desk: Desk) {
  const { state, jobs, plans, audit } = desk
  const os = implementation.restore
  return {
    targets: os.targets.handler(async () => {
      const saved = state.targets.list().toSorted((a, b) => (a.usedAt < b.usedAt ? 1 : -1))
      return Promise.all(saved.slice(0, 20).map(async (target) => targetEntry(target, desk)))
    }),

    prepare: os.prepare.handler(async function* ({ input, signal }) {
      yield* prepareRestore(input, desk, {
        signal,
        planned: (plan) => plans.keep({ plan, clusterId: input.clusterId }),
      })
    }),

    /** The ceremony is checked here, whatever a window may have checked before. */
    start: os.start.handler(async ({ input }) => {
      const cluster = savedCluster(input.clusterId, state)
      checkMode(cluster, input.reason ?? null)
      const plan = plans.find(input.planHash, cluster.id)
      if (plan === null || plan.backupId !== input.backupId || plan.targetDir !== input.targetDir) {
        throw new HoldfastError('plan.changed', {
          what: 'No plan with this hash was made here for this cluster, backup and folder.',
          why: 'Holdfast was started again since, or the plan is of something else.',
          unchanged: 'Nothing was changed.',
          next: 'Make the plan again and confirm it.',
        })
      }
      checkConfirmed(plan, plan.hash, input)
      await demandVault(cluster, desk)
      await refuseUnwritable(audit)
      const request: RestoreJob = {
        ...input,
        targetDir: plan.targetDir,
        reason: input.reason ?? null,
      }
      const { id } = await jobs.start({
        kind: 'restore',
        clusterId: cluster.id,
        subject: cluster.name,
        detail: `${input.backupId} to ${plan.targetDir}`,
        request,
        phases: restorePhases,
        cancel:
          'Undoes what was begun: the target stands as it was before, and what was written beside it is removed.',
        exclusive: `target ${plan.targetDir}`,
      })
      return { jobId: id }
    }),

    startRollback: os.startRollback.handler(async ({ input }) => {
      checkTyped(
        input.confirm,
        basename(input.targetDir),
        `It takes back the last restore in ${input.targetDir}.`,
      )
      // By another spelling of its path a folder would be nobody's, and no cluster's rules would hold.
      const target = state.targets.list().find(({ dir }) => dir === input.targetDir)
      if (target === undefined) throw notRestoredInto(input.targetDir)
      const cluster = target.clusterId === null ? null : state.clusters.get(target.clusterId)
      if (cluster !== null) checkMode(cluster, input.reason ?? null)
      await refuseUnwritable(audit)
      const request: RollbackJob = {
        targetDir: input.targetDir,
        reason: input.reason ?? null,
      }
      const { id } = await jobs.start({
        kind: 'rollback',
        clusterId: cluster?.id ?? null,
        subject: cluster?.name ?? input.targetDir,
        detail: `the last restore in ${input.targetDir}`,
        request,
        phases: rollbackPhases,
        cancel: 'Leaves the restore in place, as it stands.',
        exclusive: `target ${input.targetDir}`,
      })
      return { jobId: id }
    }),
  }
}

function notRestoredInto(dir: string): HoldfastError {
  return new HoldfastError('target.refused', {
    what: `No restore into ${dir} is known here.`,
    why: 'It was done by another installation or on the command line, or its path is written in another way.',
    unchanged: 'Nothing was changed.',
    next: 'Choose it from the folders of earlier restores, or use "holdfast restore --rollback --target".',
  })
}
