import type { SnapshotWay } from '../../../shared/contract/masters.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'

/** Throws `usage` where a system has no such way to take a snapshot; nothing was asked for then. */
export function knownWay(
  { system, snapshotWays }: { readonly system: string; readonly snapshotWays: readonly SnapshotWay[] },
  id: string,
): SnapshotWay {
  const way = snapshotWays.find((each) => each.id === id)
  if (way !== undefined) return way
  throw new HoldfastError('usage', {
    what: `There is no way ${JSON.stringify(id)} to take a snapshot of ${system}.`,
    unchanged: 'Nothing was asked for.',
    next: `Choose one of: ${snapshotWays.map((each) => each.id).join(', ')}.`,
  })
}
