import type { RestoreTargetEntry } from '../../shared/contract/restore.ts'
import { isHoldfastError } from '../../shared/domain/error.ts'
import { inspectTarget } from '../engine/restore/inspect-target.ts'
import type { SavedTarget } from '../ports/desk-state.ts'
import type { DeskPorts } from './ports.ts'

/** What can be done with a folder of an earlier restore now; nothing, where it cannot be looked at. */
export async function targetEntry(
  { dir, usedAt, clusterId, backupId }: SavedTarget,
  { openTarget, clock, log }: DeskPorts,
): Promise<RestoreTargetEntry> {
  const entry = { dir, usedAt, clusterId, backupId }
  // A host is not logged in to for a list: what was restored there is known, and a rollback looks for itself.
  if (!dir.startsWith('/')) return { ...entry, canRollBack: true, unfinished: false }
  try {
    const target = await openTarget(dir, null)
    try {
      const { rollback, unfinished } = await inspectTarget([], { target, clock })
      return { ...entry, canRollBack: rollback !== null, unfinished: unfinished !== null }
    } finally {
      await target.close()
    }
  } catch (error) {
    if (!isHoldfastError(error)) log.incident('target.look', error)
    return { ...entry, canRollBack: false, unfinished: false }
  }
}
