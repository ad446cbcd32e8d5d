import { HoldfastError } from '../../../shared/domain/error.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import type { Desk } from '../desk.ts'

/** While somebody recovers a cluster none of its backups is deleted: the one that is needed might be among them. */
export function refuseWhileRecovered(cluster: SavedCluster, { runbooks }: Pick<Desk, 'runbooks'>): void {
  const open = runbooks.openRunOf(cluster.id)
  if (open === null) return
  throw new HoldfastError('runbook.refused', {
    what: `${cluster.name} is being recovered: ${open.title}.`,
    why: 'Nothing else is done to it or its backups meanwhile.',
    unchanged: 'Nothing was changed.',
    next: `Finish or close that run first (${open.id}).`,
  })
}
