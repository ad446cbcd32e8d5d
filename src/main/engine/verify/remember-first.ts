import type { ObjectFacts } from '../../../shared/domain/object-facts.ts'
import type { BackupReport, StoreReport } from '../../ports/backup-system.ts'
import type { RepositoryMemory } from '../../ports/catalog.ts'

/**
 * Keeps the hash of each object at its first sight, for the day on which it is another one. What was damaged, or still being
 * written, is no sight to go by: whatever repairs it would be called a change for ever.
 */
export function rememberFirst(
  read: ReadonlyMap<string, ObjectFacts>,
  reports: readonly BackupReport[],
  memory: Pick<RepositoryMemory, 'sawHash'>,
): void {
  const damaged = new Set(reports.flatMap(({ stores }) => stores.filter(isDamaged).map(({ key }) => key)))
  for (const [key, { sha256, readAt }] of read)
    if (!damaged.has(key)) memory.sawHash(key, { sha256, at: readAt, source: 'seen' })
}

/** A key that does not fit says nothing against the bytes. */
function isDamaged({ failedAt, findings }: StoreReport): boolean {
  return failedAt !== null && !findings.some(({ code }) => code === 'envelope.wrongKey')
}
