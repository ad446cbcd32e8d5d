import type { RestoreTargetEntry } from '../../../../shared/contract/restore.ts'

/** What can be done with the last restore in a folder; of a host that is not known before it is asked. */
export function targetState({
  dir,
  canRollBack,
  unfinished,
}: Pick<RestoreTargetEntry, 'dir' | 'canRollBack' | 'unfinished'>): string {
  if (unfinished) return 'cut short: the next restore there finishes or undoes it first'
  if (!canRollBack) return 'there is nothing to roll back'
  return dir.startsWith('/') ? 'can be rolled back' : 'on a host: whether it can be rolled back is seen there'
}
