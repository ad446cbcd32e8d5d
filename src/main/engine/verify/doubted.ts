import type { Drill } from '../../../shared/domain/drill.ts'
import type { ObjectFacts } from '../../../shared/domain/object-facts.ts'
import type { InventoryBackup } from '../../ports/backup-system.ts'

/**
 * Whether what was read of an object is not to be gone by: its backup was proved, and did not come out of the repository when it was
 * drilled after that. `drills`: newest first.
 */
export function doubtsOf(
  backups: readonly Pick<InventoryBackup, 'backupId' | 'objects'>[],
  drills: readonly Drill[],
): (key: string, facts: Pick<ObjectFacts, 'readAt'>) => boolean {
  const since = new Map<string, string>()
  for (const { backupId, objects } of backups) {
    const last = drills.find((drill) => drill.backupId === backupId)
    if (last?.outcome.kind !== 'failed' || last.outcome.at !== 'read') continue
    for (const { key } of objects)
      if ((since.get(key) ?? '') < last.finishedAt) since.set(key, last.finishedAt)
  }
  return (key, { readAt }) => readAt <= (since.get(key) ?? '')
}
