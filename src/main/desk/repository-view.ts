import type { RepositoryView } from '../operations/view-repository.ts'
import type { SavedRepository } from '../ports/desk-state.ts'
import type { Desk } from './desk.ts'

/** What is known of the backups there, through the first cluster that keeps them there; null where nothing reads them. */
export async function repositoryView(
  { id }: Pick<SavedRepository, 'id'>,
  { state, views }: Pick<Desk, 'state' | 'views'>,
): Promise<RepositoryView | null> {
  const cluster = state.clusters.list().find(({ repositoryId }) => repositoryId === id)
  return cluster === undefined ? null : views.view(cluster.id)
}
