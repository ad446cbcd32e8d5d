/** What of a backup is to be deleted, and what must not be missing while it is there. */
export interface DeletableBackup<T> {
  /** What makes it a backup, in the order in which it was written. */
  readonly completedBy: readonly T[]
  /** Every object that it needs, its own and those of others. */
  readonly objects: readonly T[]
}

/**
 * The order in which backups are deleted, so that whoever stops anywhere leaves no backup without what it needs: of each
 * first what makes it a backup, the last written first, and then only those objects that nothing still there needs.
 * `kept` stay; `deleted` newest first, and of each the answer has what goes with it.
 */
export function deletionOrder<T>(
  kept: readonly DeletableBackup<T>[],
  deleted: readonly DeletableBackup<T>[],
  keyOf: (object: T) => string,
): readonly (readonly T[])[] {
  const users = new Map<string, number>()
  const count = (object: T, by: number): number => {
    const left = (users.get(keyOf(object)) ?? 0) + by
    users.set(keyOf(object), left)
    return left
  }
  for (const backup of [...kept, ...deleted])
    for (const object of [...backup.objects, ...backup.completedBy]) count(object, 1)
  return deleted.map((backup) => {
    const free = (object: T): boolean => count(object, -1) === 0
    return [...backup.completedBy.toReversed().filter(free), ...backup.objects.filter(free)]
  })
}
