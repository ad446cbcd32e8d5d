import { errorFinding, type Finding } from '../../../shared/domain/finding.ts'
import { isComplete, type KiokBackup } from './inventory.ts'
import type { StoreEntry } from './manifest.ts'

/** For each backup, the newest complete one before it; `backups` are oldest first. */
export function previousComplete(backups: readonly KiokBackup[]): ReadonlyMap<string, KiokBackup> {
  const previous = new Map<string, KiokBackup>()
  let last: KiokBackup | null = null
  for (const backup of backups) {
    if (last !== null) previous.set(backup.backupId, last)
    if (isComplete(backup)) last = backup
  }
  return previous
}

/**
 * A backup either holds a store itself or copies the pointer of the complete backup before it, so a holder never gets
 * older from one backup to the next. One that does was set back by hand: a store quietly taken to an earlier day.
 */
export function checkHolderAge(
  entry: StoreEntry,
  before: StoreEntry | undefined,
  backups: ReadonlyMap<string, KiokBackup>,
): readonly Finding[] {
  if (before === undefined || before.unsafe !== null || !isOlder(entry.holder, before.holder, backups))
    return []
  const message =
    `${entry.store} points to ${entry.holder}, but the complete backup before this one already pointed to the newer ` +
    `${before.holder}. No backup run makes such a step: the store was taken back to an earlier day.`
  return [errorFinding('chain.holderRegressed', message)]
}

function isOlder(a: string, b: string, backups: ReadonlyMap<string, KiokBackup>): boolean {
  if (a === b) return false
  const [timeA, timeB] = [backups.get(a)?.createdAt, backups.get(b)?.createdAt]
  if (timeA && timeB && timeA !== timeB) return timeA < timeB
  // Pruned holders have no manifest; the string order of ids is their time order.
  return a < b
}
