import type { Look } from '../../shared/contract/clusters.ts'
import { findingLeads } from '../../shared/domain/finding-words.ts'
import type { Finding } from '../../shared/domain/finding.ts'
import type { VerifiedBackup } from '../engine/verify/verify-backups.ts'

interface Blame {
  readonly finding: Finding
  readonly key: string | null
  readonly backups: Set<string>
  /** Place of the newest backup that it is true of. */
  readonly newest: number
}

/**
 * The one thing to say of a cluster's backups: what is wrong with the newest first, errors before warnings, then what
 * most backups share. Null where nothing is. Backups newest first.
 */
export function worstFinding(backups: readonly VerifiedBackup[]): Look['worst'] {
  const blames = new Map<string, Blame>()
  backups.forEach(({ backup, report }, place) => {
    const blame = (finding: Finding, key: string | null): void => {
      const name = JSON.stringify([finding.code, key])
      const known = blames.get(name)
      if (known === undefined)
        blames.set(name, { finding, key, backups: new Set([backup.backupId]), newest: place })
      else known.backups.add(backup.backupId)
    }
    for (const finding of report.findings) blame(finding, null)
    for (const { findings, key } of report.stores) for (const finding of findings) blame(finding, key)
  })
  const [worst] = [...blames.values()].sort(
    (a, b) =>
      severityOf(a.finding) - severityOf(b.finding) || a.newest - b.newest || b.backups.size - a.backups.size,
  )
  if (worst === undefined) return null
  const { finding, key } = worst
  return {
    code: finding.code,
    lead: findingLeads[finding.code],
    detail: finding.message,
    backups: worst.backups.size,
    key,
  }
}

/** Want of a key keeps everything from being proved, but blames nothing. */
function severityOf({ severity, code }: Finding): number {
  if (code === 'key.missing') return 1
  return severity === 'error' ? 0 : 2
}
