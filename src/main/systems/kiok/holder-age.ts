import { errorFinding, type Finding } from '../../../shared/domain/finding.ts'
import { isComplete, type KiokBackup } from './inventory.ts'
import type { StoreEntry } from './manifest.ts'

/**
 * For each backup, the complete ones before it, newest first; `backups` are oldest first. Of a backup without a time
 * nobody can say what it is before.
 */
export function completeBefore(backups: readonly KiokBackup[]): ReadonlyMap<string, readonly KiokBackup[]> {
  const before = new Map<string, readonly KiokBackup[]>()
  let complete: readonly KiokBackup[] = []
  for (const backup of backups) {
    if (backup.createdAt === null) continue
    before.set(backup.backupId, complete)
    if (isComplete(backup)) complete = [backup, ...complete.slice(0, earlierKept - 1)]
  }
  return before
}

/** Enough to see that a cluster seals its backups; the memory of the repository reaches further back. */
const earlierKept = 30

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
