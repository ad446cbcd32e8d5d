import type { RepositoryAddress } from '../../shared/domain/address.ts'
import { HoldfastError } from '../../shared/domain/error.ts'
import type { RestoreTarget } from '../ports/restore-target.ts'
import type { CommandContext } from './context.ts'

/** Opens the folder that `--target` names; a repository that lies on this machine is kept apart from it. */
export async function openTarget(
  text: string,
  repository: RepositoryAddress | null,
  { ports }: CommandContext,
): Promise<RestoreTarget> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    throw new HoldfastError('usage', {
      what: 'Only a folder on this machine can be restored into.',
      unchanged: 'Nothing was changed.',
      next: 'Give a path as --target.',
    })
  }
  return ports.openTarget(text, repository?.kind === 'file' ? repository.folder : null)
}
