import { errorFinding, type Finding } from '../../../shared/domain/finding.ts'
import { isComplete, type KiokBackup } from './inventory.ts'
import { timeOfBackupId, type StoreEntry } from './manifest.ts'

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
 * A backup either holds a store itself or copies the pointer of the complete backup before it, so a holder is never newer
 * than its backup, and never gets older from one backup to the next. One that does was set by hand: a store quietly taken
 * to another day. `earlier`: the complete backups before this one, newest first.
 */
export function checkHolderAge(
  entry: StoreEntry,
  own: KiokBackup,
  earlier: readonly KiokBackup[],
  backups: Backups,
): readonly Finding[] {
  if (entry.unsafe !== null) return []
  if (pointsForward(entry, own, backups)) {
    const message =
      `${entry.store} points to ${entry.holder}, which was made after this backup. No backup run makes such a pointer: ` +
      'the store was taken to a later day.'
    return [errorFinding('manifest.disagrees', message)]
  }
  const before = entryBefore(entry, earlier, backups)
  if (before === undefined || !isOlder(entry.holder, before.holder, backups)) return []
  const message =
    `${entry.store} points to ${entry.holder}, but a complete backup before this one already pointed to the newer ` +
    `${before.holder}. No backup run makes such a step: the store was taken back to an earlier day.`
  return [errorFinding('chain.holderRegressed', message)]
}

type Backups = ReadonlyMap<string, KiokBackup>

/** What the complete backup before has of the store. A pointer that cannot be right is none to go by. */
function entryBefore(
  { store }: StoreEntry,
  earlier: readonly KiokBackup[],
  backups: Backups,
): StoreEntry | undefined {
  for (const backup of earlier) {
    const entry = backup.manifest?.byStore.get(store)
    if (entry === undefined) return undefined
    if (entry.unsafe === null && !pointsForward(entry, backup, backups)) return entry
  }
  return undefined
}

function pointsForward({ holder }: StoreEntry, { backupId }: KiokBackup, backups: Backups): boolean {
  const [heldAt, madeAt] = [timeOf(holder, backups), timeOf(backupId, backups)]
  return heldAt !== null && madeAt !== null && heldAt > madeAt
}

function isOlder(a: string, b: string, backups: Backups): boolean {
  const [timeA, timeB] = [timeOf(a, backups), timeOf(b, backups)]
  // Pruned holders have no manifest; the string order of ids is their time order.
  return timeA === null || timeB === null ? a < b : timeA < timeB
}

/** By the id where it has one: a time in a manifest is soon edited, and a folder's name is bound to what is sealed in it. */
function timeOf(backupId: string, backups: Backups): number | null {
  const time = timeOfBackupId(backupId) ?? backups.get(backupId)?.createdAt ?? null
  return time === null ? null : Date.parse(time)
}
