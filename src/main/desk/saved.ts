import { HoldfastError } from '../../shared/domain/error.ts'
import type { DeskState, SavedCluster, SavedRepository } from '../ports/desk-state.ts'

export function savedCluster(id: string, { clusters }: Pick<DeskState, 'clusters'>): SavedCluster {
  const cluster = clusters.get(id)
  if (cluster === null) throw noCluster()
  return cluster
}

/**
 * Changes a cluster as it is saved when its turn comes: what another call has changed since it was read stays, and one that was removed
 * stays removed (`cluster.notFound`).
 */
export async function changeCluster(
  id: string,
  change: (now: SavedCluster) => SavedCluster,
  { clusters }: Pick<DeskState, 'clusters'>,
): Promise<SavedCluster> {
  const changed = await clusters.change(id, change)
  if (changed === null) throw noCluster()
  return changed
}

function noCluster(): HoldfastError {
  return new HoldfastError('cluster.notFound', {
    what: 'There is no such cluster here any more.',
    why: 'It was removed in another window.',
    next: 'Go back to the fleet.',
  })
}

export function savedRepository(
  id: string,
  { repositories }: Pick<DeskState, 'repositories'>,
): SavedRepository {
  const repository = repositories.get(id)
  if (repository !== null) return repository
  throw new HoldfastError('repository.unsaved', {
    what: 'There is no such repository here any more.',
    why: 'It was removed in another window.',
    next: 'Choose another one, or add it again.',
  })
}
