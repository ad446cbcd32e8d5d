import type { ItemFacts } from '../engine/restore/item-facts.ts'
import type { VerifiedBackup } from '../engine/verify/verify-backups.ts'
import type { BackupSystem } from '../ports/backup-system.ts'
import type { PlannedItem, RestorePlan } from '../../shared/domain/restore-plan.ts'

/** Name of what the run writes about itself beside the stores. */
export const reportName = 'report.json'

export interface ReportParts {
  readonly plan: Pick<RestorePlan, 'system' | 'repository' | 'backupId' | 'createdAt' | 'cluster'>
  readonly hash: string
  readonly verified: VerifiedBackup
  readonly system: BackupSystem
}

/** What an export says of itself, for whoever finds the folder later. */
export function exportReport(
  { plan, hash, verified, system }: ReportParts,
  staged: ReadonlyMap<string, Pick<ItemFacts, 'sizeBytes' | 'digest'>>,
  nowMs: number,
): Uint8Array {
  const document = {
    format: 'holdfast-export/1',
    writtenAt: new Date(nowMs).toISOString(),
    system: plan.system,
    repository: plan.repository,
    backupId: plan.backupId,
    createdAt: plan.createdAt,
    cluster: plan.cluster,
    verdict: verified.verdict,
    planHash: hash,
    stores: Object.fromEntries(
      [...staged].map(([name, { sizeBytes, digest }]) => [name, { sizeBytes, sha256: digest }]),
    ),
    findings: verified.report.stores.flatMap(({ store, findings }) =>
      findings.map((finding) => ({ store, ...finding })),
    ),
    note: system.exportNote ?? null,
  }
  return Buffer.from(`${JSON.stringify(document, null, 2)}\n`, 'utf8')
}

/** Room enough for nearly all; only who has thousands of stores needs more. */
const usualBytes = 1024 * 1024
const longestDigest = 'f'.repeat(64)

/** The most bytes that the report of this restore can have: all but its hashes, sizes and time is known before it begins. */
export function mostReportBytes(parts: Omit<ReportParts, 'hash'>, items: readonly PlannedItem[]): number {
  const largest = { sizeBytes: Number.MAX_SAFE_INTEGER, digest: longestDigest }
  const staged = new Map(items.map(({ name }) => [name, largest]))
  return Math.max(usualBytes, exportReport({ ...parts, hash: longestDigest }, staged, 0).byteLength)
}
