import type { Finding } from '../../shared/domain/finding.ts'
import type { VerifiedBackup } from '../engine/verify/verify-backups.ts'

/** Every finding about a backup and its parts. */
export function allFindings({ report }: Pick<VerifiedBackup, 'report'>): readonly Finding[] {
  return [...report.findings, ...report.stores.flatMap((store) => store.findings)]
}
