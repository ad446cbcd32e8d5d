import { HoldfastError } from '../../shared/domain/error.ts'
import type { SavedCluster } from '../ports/desk-state.ts'
import { names } from '../../shared/domain/names.ts'
import type { DeskPorts } from './ports.ts'

/**
 * Asked before a job that needs a secret is begun or gone on with: a window can ask for the passphrase then, a job that has
 * begun could only fail.
 */
export async function demandVault(
  cluster: SavedCluster,
  { state, secrets }: Pick<DeskPorts, 'state' | 'secrets'>,
): Promise<void> {
  const repository = state.repositories.get(cluster.repositoryId)
  const needsSecret =
    cluster.masterKeys.length > 0 ||
    repository?.access.credential.source === 'vault' ||
    state.credentials.list().some(({ id }) => names(cluster.connection, id))
  if (!needsSecret) return
  const vault = await secrets.status()
  if (vault.state === 'open') return
  throw new HoldfastError(vault.state === 'unavailable' ? 'vault.unavailable' : 'vault.locked', {
    what: `The secrets of ${cluster.name} cannot be used now.`,
    why: vault.reason ?? 'The place where secrets are kept is locked.',
    unchanged: 'Nothing was begun.',
    next: 'Unlock it, then try again.',
  })
}
