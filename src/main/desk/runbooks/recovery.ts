import { bytesWords, countOf } from '../../../shared/domain/size-words.ts'
import { tookWords } from '../../../shared/domain/drill.ts'
import type { RestoreEstimate } from '../../../shared/domain/restore-estimate.ts'
import type { RestorePlan } from '../../../shared/domain/restore-plan.ts'
import { discardRestore } from '../../engine/restore/discard-restore.ts'
import { restoreByPlan } from '../../engine/restore/restore-by-plan.ts'
import type { RestoreProgress, RestoreResult } from '../../engine/restore/run-restore.ts'
import { rollbackRestore } from '../../engine/restore/rollback-restore.ts'
import { settleRestore } from '../../engine/restore/settle-restore.ts'
import { verifyBackups, type VerifiedBackup } from '../../engine/verify/verify-backups.ts'
import { allFindings } from '../../operations/all-findings.ts'
import { audited } from '../../operations/audited.ts'
import { drillPlanned, rememberCleanUp } from '../../operations/drill-backup.ts'
import { drillEvent } from '../../operations/drill-events.ts'
import { provePhase } from '../../operations/drill-facts.ts'
import { estimateOf } from '../../operations/estimate-plan.ts'
import { findBackup } from '../../operations/find-backup.ts'
import { verifyRequest, verifyTools, type OpenRepository } from '../../operations/open-repository.ts'
import { planBackup, planProved, proveBackup, type BackupPlan } from '../../operations/plan-backup.ts'
import { runPlan } from '../../operations/run-plan.ts'
import { createdAtOf, reachOf, viewRepository } from '../../operations/view-repository.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import type { Recovery, RecoveryResult, RecoveryTarget, RestorePoint } from '../../ports/recovery.ts'
import type { RunHead } from '../../ports/run-journal.ts'
import type { RestoreTarget } from '../../ports/restore-target.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { withClusterRepository } from '../cluster-repository.ts'
import { openSavedTarget } from '../open-saved-target.ts'
import { withMemory } from '../drills/with-memory.ts'
import type { DeskPorts } from '../ports.ts'
import { recordVerdicts } from '../record-verdicts.ts'
import { rememberTarget } from '../remember-target.ts'

/** What a runbook does with a cluster's backups: what the same verification, plan and restore do everywhere else. */
export function recoveryOf(
  cluster: SavedCluster,
  { id: runId }: Pick<RunHead, 'id'>,
  ports: DeskPorts,
  signal: AbortSignal,
): Recovery {
  const { clock, random, audit, log } = ports
  const note = (text: string): void => log.info('runbook.note', { run: runId, text })

  async function open<T>(work: (opened: OpenRepository) => Promise<T>): Promise<T> {
    return withClusterRepository(cluster, 'runbook', ports, { signal, note }, work)
  }
  async function withTarget<T>(
    { address }: RecoveryTarget,
    work: (target: RestoreTarget) => Promise<T>,
  ): Promise<T> {
    const target = await openSavedTarget(address, cluster, ports, signal)
    try {
      return await work(target)
    } finally {
      await target.close()
    }
  }

  /** Begun only as planned, written down before, and known as a target after it. */
  async function changing<T>(
    { plan, hash }: BackupPlan,
    target: RestoreTarget,
    planHash: string,
    work: () => Promise<T>,
  ): Promise<T> {
    if (hash !== planHash) throw planChanged(hash, target)
    const facts = [
      { name: 'repository', value: plan.repository },
      { name: 'backup', value: plan.backupId },
      { name: 'target', value: target.dir },
      { name: 'plan', value: planHash },
      { name: 'run', value: runId },
    ]
    const done = await audited('restore', { subject: cluster.name, facts }, work, { audit, note })
    await remember(plan.backupId, target)
    return done
  }

  async function remember(backupId: string, { dir }: RestoreTarget): Promise<void> {
    await rememberTarget({ clusterId: cluster.id, targetDir: dir, backupId }, ports)
  }

  function drillsChanged(): void {
    ports.publish({ topic: 'drills', id: cluster.id })
  }

  async function discard(place: RecoveryTarget): Promise<{ readonly removed: readonly string[] }> {
    return withTarget(place, async (target) => {
      const facts = [
        { name: 'target', value: target.dir },
        { name: 'run', value: runId },
      ]
      const removed = await audited(
        'discard',
        { subject: cluster.name, facts },
        async () => discardRestore({ target, clock, random, signal }),
        { audit, note },
      )
      return { removed }
    })
  }

  return {
    points: async () =>
      open(async (opened) => {
        const { backups } = await viewRepository(opened, { clock, signal })
        return backups.map(pointOf)
      }),

    prove: async (backupId, progress) =>
      open(async (opened) => {
        const backup = findBackup(backupId, opened)
        const result = await verifyBackups(
          [backup],
          verifyRequest(opened.system, null),
          await verifyTools(opened, ports),
          { signal, onProgress: ({ doneBytes, totalBytes }) => progress(doneBytes, totalBytes) },
        )
        await recordVerdicts(result, { cluster, repository: opened.repository, jobId: runId }, ports)
        const [verified] = result.backups
        if (verified === undefined) throw new Error('Nothing was verified.')
        return pointOf(verified)
      }),

    plan: async (backupId, place) =>
      withTarget(place, async (target) =>
        open(async (opened) => {
          const { plan, hash } = await planBackup(findBackup(backupId, opened), target, opened, {
            clock,
            signal,
          })
          return {
            hash,
            says: planWords(plan, estimateOf(plan, opened.memory.drills())),
            sizeBytes: plan.items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
            spaceBytes: plan.spaceBytes,
          }
        }),
      ),

    restore: async (backupId, place, planHash, progress) =>
      withTarget(place, async (target) => {
        const { done } = await settleRestore(
          { job: 'restore', planHash, askedBy: runId },
          { target, clock, signal },
        )
        if (done !== null) {
          await remember(backupId, target)
          return restored(done, target)
        }
        return open(async (opened) => {
          const planned = await planBackup(findBackup(backupId, opened), target, opened, { clock, signal })
          const onProgress = ({ bytesDone, bytesTotal }: RestoreProgress): void =>
            progress(bytesDone, bytesTotal)
          const result = await changing(planned, target, planHash, async () =>
            runPlan(planned, target, { askedBy: runId, clock, random, signal, onProgress }),
          )
          return restored(result, target)
        })
      }),

    async drill(backupId, place, planHash, progress) {
      const drill = await withTarget(place, async (target) =>
        open(async (opened) => {
          const draft = { id: runId, by: 'runbook' as const, startedMs: clock.now(), dir: target.dir }
          const proof = await proveBackup(findBackup(backupId, opened), opened, { clock, signal })
          const proved = provePhase(draft, proof, clock)
          const planned = await planProved(proof, target, opened, { clock, signal })
          const reached = (): void => undefined
          const parts = { draft, proof, proved, clock, random, signal, reached, progress }
          const done = await changing(planned, target, planHash, async () =>
            drillPlanned(planned, target, opened, parts),
          )
          await audit.append(drillEvent(done, cluster.name, opened.repository))
          return done
        }),
      )
      drillsChanged()
      return drill
    },

    endDrill: async (place) => {
      const startedMs = clock.now()
      const ended = await discard(place)
      await withMemory(cluster, ports, (memory) =>
        rememberCleanUp(runId, clock.now() - startedMs, { memory }),
      )
      drillsChanged()
      return ended
    },

    state: async (place, planHash) =>
      withTarget(place, async (target) => {
        const found = await restoreByPlan(target, { planHash, askedBy: runId })
        switch (found.kind) {
          case 'stands': {
            const sentence = `The restore by this plan stands in ${target.dir}; it was read back when it was done.`
            return { kind: 'done', result: { sentence, movedAside: found.movedAside } }
          }
          case 'unfinished':
            return {
              kind: 'unfinished',
              sentence: `A ${found.job} of ${found.startedAt} in ${target.dir} was cut short.`,
            }
          case 'none':
            return { kind: 'none' }
        }
      }),

    rollBack: async (place) =>
      withTarget(place, async (target): Promise<RecoveryResult> => {
        const { done } = await settleRestore({ job: 'rollback', askedBy: runId }, { target, clock, signal })
        if (done !== null) {
          const sentence = `What stood in ${target.dir} before the restore is back.`
          return { sentence, movedAside: done.movedAside }
        }
        if ((await restoreByPlan(target, { planHash: null, askedBy: runId })).kind === 'none') {
          const sentence = `No restore of this run stands in ${target.dir}, so nothing there was taken back.`
          return { sentence, movedAside: [] }
        }
        const facts = [
          { name: 'target', value: target.dir },
          { name: 'run', value: runId },
        ]
        const result = await audited(
          'rollback',
          { subject: cluster.name, facts },
          async () => rollbackRestore({ target, askedBy: runId, clock, random, signal }),
          { audit, note },
        )
        return {
          sentence: `The restore of ${result.backupId} in ${target.dir} is taken back; what stood there before is in place.`,
          movedAside: result.movedAside,
        }
      }),

    standing: async (place) =>
      withTarget(place, async (target) => (await target.survey()).entries.map(({ name }) => name)),
  }
}

function restored({ items, movedAside }: RestoreResult, { dir }: RestoreTarget): RecoveryResult {
  const sizeBytes = [...items.values()].reduce((sum, item) => sum + item.sizeBytes, 0)
  return {
    sentence: `${countOf(items.size, 'item')}, ${bytesWords(sizeBytes)}, stand in ${dir}; every byte was read back.`,
    movedAside,
  }
}

function pointOf(verified: VerifiedBackup): RestorePoint {
  const findings = allFindings(verified)
  const worst = findings.find(({ severity }) => severity === 'error') ?? findings[0]
  return {
    backupId: verified.backup.backupId,
    createdAt: createdAtOf(verified),
    verdict: verified.verdict,
    because: worst?.message ?? null,
    verifiedAt: reachOf(verified).verifiedAt,
    sizeBytes: verified.backup.sizeBytes,
  }
}

function planWords(
  { items, replaces, targetDir, spaceBytes }: RestorePlan,
  estimate: RestoreEstimate | null,
): readonly string[] {
  const sizeBytes = items.reduce((sum, item) => sum + item.sizeBytes, 0)
  return [
    `${items.map(({ name }) => name).join(', ')} (${bytesWords(sizeBytes)}) are put into ${targetDir}.`,
    replaces.length === 0
      ? 'Nothing of the kind stands there now.'
      : `${replaces.map(({ name }) => name).join(', ')} stand there and are moved aside.`,
    `${bytesWords(spaceBytes)} of free space are needed.`,
    ...(estimate === null ? [] : [`The bytes take about ${tookWords(estimate.ms)}. ${estimate.source}`]),
  ]
}

function planChanged(hash: string, { dir }: RestoreTarget): HoldfastError {
  return new HoldfastError('plan.changed', {
    what: `The plan for ${dir} is now ${hash.slice(0, 16)}…, not the one that was confirmed.`,
    why: 'The backup, the target or what is known of them changed since then.',
    unchanged: 'Nothing was changed.',
    next: 'Plan again and confirm it.',
  })
}
