import type { Drill } from '../../../shared/domain/drill.ts'
import type { InventoryBackup } from '../../ports/backup-system.ts'

/**
 * Objects of backups that were proved and did not come out of the repository when they were drilled last, with the time since
 * when that is known: what was read of them before is not to be gone by. `drills`: newest first.
 */
export function doubtedSince(
  backups: readonly Pick<InventoryBackup, 'backupId' | 'objects'>[],
  drills: readonly Drill[],
): ReadonlyMap<string, string> {
  const since = new Map<string, string>()
  for (const { backupId, objects } of backups) {
    const last = drills.find((drill) => drill.backupId === backupId)
    if (last?.outcome.kind !== 'failed' || last.outcome.at !== 'read') continue
    for (const { key } of objects)
      if ((since.get(key) ?? '') < last.finishedAt) since.set(key, last.finishedAt)
  }
  return since
}
