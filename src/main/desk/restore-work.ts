import { bytesWords, countOf } from '../../shared/domain/size-words.ts'
import type { RestoreResult } from '../engine/restore/run-restore.ts'
import { rollbackRestore } from '../engine/restore/rollback-restore.ts'
import { settleRestore } from '../engine/restore/settle-restore.ts'
import { audited } from '../operations/audited.ts'
import { findBackup } from '../operations/find-backup.ts'
import { planBackup, type BackupPlan } from '../operations/plan-backup.ts'
import { runPlan } from '../operations/run-plan.ts'
import type { SavedCluster } from '../ports/desk-state.ts'
import type { JobContext, JobOutcome } from '../ports/job-runner.ts'
import type { RestoreTarget } from '../ports/restore-target.ts'
import { withClusterRepository } from './cluster-repository.ts'
import { checkConfirmed } from './confirm.ts'
import { restoreRequest, rollbackRequest, type RestoreJob } from './job-requests.ts'
import { openSavedTarget } from './open-saved-target.ts'
import type { DeskPorts } from './ports.ts'
import { rememberTarget } from './remember-target.ts'
import { savedCluster } from './saved.ts'
import { noteTo } from './verify-work.ts'

export const restorePhases = [
  'Check again',
  'Write beside the target',
  'Make durable',
  'Swap into place',
  'Read back',
] as const

const phaseNames = {
  stage: restorePhases[1],
  sync: restorePhases[2],
  swap: restorePhases[3],
  verify: restorePhases[4],
}

/** Runs exactly the plan that was confirmed, or goes on with it after a crash. */
export async function restoreWork(
  asked: unknown,
  context: JobContext,
  ports: DeskPorts,
): Promise<JobOutcome> {
  const request = restoreRequest.parse(asked)
  const cluster = savedCluster(request.clusterId, ports.state)
  const { signal } = context
  context.phase(restorePhases[0])
  const target = await openSavedTarget(request.targetDir, cluster, ports, signal)
  try {
    const settled = await settle(request, target, context, ports)
    if (settled !== null) return await finished(settled, request, target, ports)
    return await withClusterRepository(
      cluster,
      'restore',
      ports,
      { signal, note: noteTo(context) },
      async (opened) => {
        const backup = findBackup(request.backupId, opened)
        const planned = await planBackup(backup, target, opened, {
          clock: ports.clock,
          signal,
          onProgress: ({ doneBytes, totalBytes }) => context.progress(doneBytes, totalBytes),
        })
        checkConfirmed(planned.plan, planned.hash, request)
        return finished(
          await runAudited(planned, request, { target, context, ports }),
          request,
          target,
          ports,
        )
      },
    )
  } finally {
    await target.close()
  }
}

/** What a restore that was cut short came to; null where it has to be run. */
async function settle(
  { planHash }: RestoreJob,
  target: RestoreTarget,
  context: JobContext,
  { clock }: DeskPorts,
): Promise<RestoreResult | null> {
  const { done, recovered } = await settleRestore(
    { job: 'restore', planHash, askedBy: context.jobId },
    { target, clock, signal: context.signal },
  )
  if (recovered !== null) {
    context.log(
      'info',
      `An earlier ${recovered.job} that had been cut short was ${recovered.outcome === 'done' ? 'finished' : 'undone'}.`,
    )
  }
  return done
}

/** The entry comes first: what cannot be written down is not done. */
async function runAudited(
  planned: BackupPlan,
  request: RestoreJob,
  {
    target,
    context,
    ports,
  }: { readonly target: RestoreTarget; readonly context: JobContext; readonly ports: DeskPorts },
): Promise<RestoreResult> {
  const { plan, hash } = planned
  const facts = [
    { name: 'repository', value: plan.repository },
    { name: 'backup', value: plan.backupId },
    { name: 'target', value: plan.targetDir },
    { name: 'plan', value: hash },
    { name: 'job', value: context.jobId },
  ]
  const subject = plan.cluster ?? plan.targetDir
  const work = async (): Promise<RestoreResult> => {
    let phase = ''
    return runPlan(planned, target, {
      askedBy: context.jobId,
      clock: ports.clock,
      random: ports.random,
      signal: context.signal,
      onProgress: (progress) => {
        const name = phaseNames[progress.phase]
        if (name !== phase) context.phase(name)
        phase = name
        context.progress(progress.bytesDone, progress.bytesTotal)
      },
    })
  }
  return audited('restore', { subject, facts, reason: request.reason }, work, {
    audit: ports.audit,
    note: noteTo(context),
  })
}

async function finished(
  result: RestoreResult,
  request: RestoreJob,
  target: RestoreTarget,
  ports: DeskPorts,
): Promise<JobOutcome> {
  await rememberTarget({ ...request, targetDir: target.dir }, ports)
  const items = [...result.items].map(([name, { files, sizeBytes }]) => ({ name, files, sizeBytes }))
  const sizeBytes = items.reduce((sum, item) => sum + item.sizeBytes, 0)
  return {
    outcome: `${countOf(items.length, 'item')}, ${bytesWords(sizeBytes)}, stand in ${target.dir}; every byte was read back.`,
    tone: 'good',
    result: {
      kind: 'restore',
      targetDir: target.dir,
      backupId: request.backupId,
      planHash: request.planHash,
      sizeBytes,
      items,
      movedAside: result.movedAside.map((each) => ({ ...each })),
      recovered:
        result.recovered === null
          ? null
          : `An earlier ${result.recovered.job} was ${result.recovered.outcome === 'done' ? 'finished' : 'undone'} first.`,
    },
  }
}

export const rollbackPhases = ['Go back'] as const

/** Goes back to what stood in a target before its last restore. */
export async function rollbackWork(
  asked: unknown,
  context: JobContext,
  ports: DeskPorts,
): Promise<JobOutcome> {
  const request = rollbackRequest.parse(asked)
  const { signal } = context
  context.phase(rollbackPhases[0])
  const target = await openSavedTarget(request.targetDir, clusterOf(request.targetDir, ports), ports, signal)
  try {
    const { done } = await settleRestore(
      { job: 'rollback', askedBy: context.jobId },
      { target, clock: ports.clock, signal },
    )
    if (done !== null) {
      return {
        outcome: `What stood in ${target.dir} before the restore is back.`,
        tone: 'good',
        result: {
          kind: 'rollback',
          targetDir: target.dir,
          backupId: '',
          returned: [...done.items.keys()],
          movedAside: done.movedAside.map((each) => ({ ...each })),
        },
      }
    }
    const facts = [
      { name: 'target', value: target.dir },
      { name: 'job', value: context.jobId },
    ]
    const result = await audited(
      'rollback',
      { subject: target.dir, facts, reason: request.reason },
      async () =>
        rollbackRestore({ target, askedBy: context.jobId, clock: ports.clock, random: ports.random, signal }),
      { audit: ports.audit, note: noteTo(context) },
    )
    return {
      outcome: `The restore of ${result.backupId} in ${target.dir} is taken back; what stood there before is in place.`,
      tone: 'good',
      result: {
        kind: 'rollback',
        targetDir: target.dir,
        backupId: result.backupId,
        returned: [...result.returned],
        movedAside: result.movedAside.map((each) => ({ ...each })),
      },
    }
  } finally {
    await target.close()
  }
}

/** The cluster whose backup was last restored there, as far as it is still here. */
function clusterOf(targetDir: string, { state }: Pick<DeskPorts, 'state'>): SavedCluster | null {
  const target = state.targets.list().find(({ dir }) => dir === targetDir)
  return target === undefined || target.clusterId === null ? null : state.clusters.get(target.clusterId)
}
