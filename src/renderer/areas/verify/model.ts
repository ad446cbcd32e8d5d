import type { Selection } from '../../../shared/contract/verify.ts'

/** What the dialog offers to verify; `these` are backups that its opener names. */
export type What = 'latest' | 'all' | 'these'

export function selectionOf(what: What, backupIds: readonly string[]): Selection {
  if (what === 'these' && backupIds.length > 0) return { kind: 'some', backupIds: backupIds.slice(0, 10_000) }
  return { kind: what === 'latest' ? 'latest' : 'all' }
}
