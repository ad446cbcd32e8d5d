import type { RepositoryMemory } from '../../ports/catalog.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import type { DeskPorts } from '../ports.ts'
import { savedRepository } from '../saved.ts'

/** What is remembered of a cluster's repository, without asking the repository; what changes is made durable. */
export async function withMemory<T>(
  { repositoryId }: Pick<SavedCluster, 'repositoryId'>,
  { openCatalog, state }: Pick<DeskPorts, 'openCatalog' | 'state'>,
  work: (memory: RepositoryMemory) => T,
): Promise<T> {
  const catalog = await openCatalog()
  const memory = await catalog.openRepository(savedRepository(repositoryId, state).address)
  const result = work(memory)
  await memory.save()
  return result
}
