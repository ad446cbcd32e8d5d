import type { RepositoryAddress } from '../../shared/domain/address.ts'
import { parseTarget } from '../../shared/domain/target-address.ts'
import { openTargetAt } from '../operations/open-target.ts'
import { sshKeys } from '../operations/secrets-elsewhere.ts'
import type { RestoreTarget } from '../ports/restore-target.ts'
import type { CommandContext } from './context.ts'
import { noteSecrets } from './note-secrets.ts'
import type { TargetFlags } from './options.ts'

/**
 * Opens the folder that `--target` names; a repository that lies on this machine is kept apart from it. The options on
 * SSH that a repository has are those of the target's host, too.
 */
export async function openTarget(
  { target, sshKey, hostKey, sudoPasswordFile }: TargetFlags,
  repository: RepositoryAddress | null,
  context: CommandContext,
): Promise<RestoreTarget> {
  const { ports, signal } = context
  const address = parseTarget(target)
  if (address.kind === 'ssh')
    await noteSecrets([sshKeys(sshKey)], { subject: address.login, purpose: 'restore' }, context)
  return openTargetAt(
    address,
    {
      repositoryFolder: repository?.kind === 'file' ? repository.folder : null,
      login: async () => ({
        keyFiles: sshKey,
        keyPassphrase: null,
        acceptedHostKey: hostKey ?? null,
        sudoPassword:
          sudoPasswordFile === undefined
            ? null
            : new TextDecoder().decode(await ports.readKeyFile(sudoPasswordFile)).replace(/\r?\n$/, ''),
      }),
      signal,
    },
    ports,
  )
}
