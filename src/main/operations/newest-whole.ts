import type { InventoryBackup } from '../ports/backup-system.ts'

/** The newest backup of the cluster itself, of a list that has the newest first; where all are of parts alone, the newest of these. */
export function newestWhole<T>(
  backups: readonly T[],
  backupOf: (each: T) => Pick<InventoryBackup, 'isOfPart'>,
): readonly T[] {
  const whole = backups.find((each) => backupOf(each).isOfPart !== true) ?? backups[0]
  return whole === undefined ? [] : [whole]
}
