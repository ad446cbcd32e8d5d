import { HoldfastError } from '../../shared/domain/error.ts'
import type { RestorePlan } from '../../shared/domain/restore-plan.ts'
import { inspectTarget, type TargetState } from '../engine/restore/inspect-target.ts'
import { managedNames, planHash, planRestore } from '../engine/restore/plan-restore.ts'
import {
  verifyBackups,
  type VerifiedBackup,
  type VerifyResult,
  type VerifyTools,
} from '../engine/verify/verify-backups.ts'
import type { BackupSystem, InventoryBackup } from '../ports/backup-system.ts'
import type { RestoreTarget } from '../ports/restore-target.ts'
import { allFindings } from './all-findings.ts'
import { mostReportBytes, reportName } from './export-report.ts'
import { verifyRequest, verifyTools, type OpenRepository } from './open-repository.ts'
import type { Clock } from '../ports/clock.ts'
import type { ProgressListener } from '../ports/progress.ts'

export interface BackupPlan {
  readonly plan: RestorePlan
  readonly hash: string
  readonly system: BackupSystem
  readonly backup: InventoryBackup
  readonly verified: VerifiedBackup
  readonly state: TargetState
  readonly tools: VerifyTools
}

interface PlanOptions {
  readonly clock: Clock
  readonly signal?: AbortSignal
  readonly onProgress?: ProgressListener
}

/** A backup that was read to its end as far as that was not done before, with what came of it. */
export interface BackupProof {
  readonly backup: InventoryBackup
  readonly verified: VerifiedBackup
  readonly result: VerifyResult
  readonly tools: VerifyTools
}

export async function proveBackup(
  backup: InventoryBackup,
  opened: OpenRepository,
  { clock, ...options }: PlanOptions,
): Promise<BackupProof> {
  const tools = await verifyTools(opened, { clock })
  const result = await verifyBackups([backup], verifyRequest(opened.system, null), tools, options)
  const [verified] = result.backups
  if (verified === undefined) throw new Error('Nothing was verified.')
  return { backup, verified, result, tools }
}

/**
 * Verifies the backup (reading what was not verified before) and plans its restore into the target. `restore.refused`
 * where it is bad or could not be proved: nothing unproved is ever put into place.
 */
export async function planBackup(
  backup: InventoryBackup,
  target: RestoreTarget,
  opened: OpenRepository,
  options: PlanOptions,
): Promise<BackupPlan> {
  return planProved(await proveBackup(backup, opened, options), target, opened, options)
}

export async function planProved(
  { backup, verified, result, tools }: BackupProof,
  target: RestoreTarget,
  { system, repository }: OpenRepository,
  { clock, signal }: Pick<PlanOptions, 'clock' | 'signal'>,
): Promise<BackupPlan> {
  if (verified.verdict !== 'good' && verified.verdict !== 'warning') throw unproved(verified)
  const items = backup.restoreItems(result.evidence)
  const { backupId, cluster } = backup
  const createdAt = verified.report.createdAt ?? backup.createdAt
  const told = { system: system.name, repository, backupId, createdAt, cluster }
  const request = {
    system: system.name,
    repository,
    backup: { backupId, createdAt },
    cluster,
    objects: backup.objects.map((info) => {
      const seen = result.evidence.object(info.key)
      const { key, sizeBytes, etag, modifiedAt, versionId } = info
      const sha256 = seen.kind === 'read' ? seen.facts.sha256 : null
      return { key, version: { sizeBytes, etag, modifiedAt, versionId }, sha256 }
    }),
    items,
    generated:
      system.restoresInto === 'exportFolder'
        ? [{ name: reportName, maxBytes: mostReportBytes({ plan: told, verified, system }, items) }]
        : [],
    manages: system.managedNames ?? system.stores,
  }
  const state = await inspectTarget(managedNames(request), { target, clock, signal })
  const plan = planRestore(request, state)
  return { plan, hash: planHash(plan), system, backup, verified, state, tools }
}

/** Why a backup is not restored whose verdict does not allow it. */
export function unproved(verified: VerifiedBackup): HoldfastError {
  const findings = allFindings(verified)
  const [first] = findings
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : ''
  return new HoldfastError('restore.refused', {
    what: `Backup ${verified.backup.backupId} is ${verified.verdict}, so it is not restored.`,
    ...(first && { why: `${first.code}: ${first.message}${more}` }),
    unchanged: 'Nothing was changed.',
    next:
      findings.every(({ code, severity }) => severity !== 'error' || code === 'envelope.wrongKey') &&
      findings.some(({ code }) => code === 'envelope.wrongKey')
        ? 'Give the master key that it was made with: another key says nothing of its bytes.'
        : verified.verdict === 'unknown'
          ? 'Give what is missing to prove it (often the master key), or choose another backup.'
          : 'Choose the newest backup that "holdfast verify --all" calls good.',
  })
}
