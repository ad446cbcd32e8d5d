import type { SavedRetention } from '../../../shared/contract/retention.ts'
import type { DeskState, SavedCluster } from '../../ports/desk-state.ts'
import { checkMode } from '../confirm.ts'
import { savedRepository } from '../saved.ts'

/** Every saved cluster whose backups lie in the same place, this one first: what is deleted there is gone for all of them. */
export function sharersOf(cluster: SavedCluster, state: DeskState): readonly SavedCluster[] {
  const { address } = savedRepository(cluster.repositoryId, state)
  const others = state.clusters
    .list()
    .filter(
      ({ id, repositoryId }) =>
        id !== cluster.id && state.repositories.get(repositoryId)?.address === address,
    )
  return [cluster, ...others]
}

export function pinsAt(cluster: SavedCluster, state: DeskState): SavedRetention['pins'] {
  return sharersOf(cluster, state).flatMap(({ retention }) => retention.pins)
}

/** Throws where one of the clusters whose backups lie there is read-only here, or is protected and no reason is given. */
export function checkModes(cluster: SavedCluster, state: DeskState, reason: string | null): void {
  for (const each of sharersOf(cluster, state)) checkMode(each, reason)
}
