import { commandLine, withNames } from './command-line.ts'
import { credentialFlags, wayFlags, type Way } from './way-flags.ts'

interface Reached {
  readonly address: string
  readonly system: string
  readonly access: Way
}

interface Asked {
  readonly backups?: readonly string[]
  readonly options?: readonly string[]
  readonly hasKeys: boolean
}

/**
 * `holdfast verify …` and its like, on the repository of a saved cluster. Keys of the vault stay there: the command takes the
 * environment's, and FILE stands for that of the master key.
 */
export function repositoryCommand(
  verb: string,
  { address, system, access }: Reached,
  { backups = [], options = [], hasKeys }: Asked,
): string {
  const { credential } = access
  const all = [
    '--repository',
    address,
    '--system',
    system,
    ...(credential.source === 'vault' ? [] : credentialFlags(credential)),
    ...wayFlags(access),
    ...(hasKeys ? ['--master-key-file', 'FILE'] : []),
    ...options,
  ]
  return commandLine(['holdfast', verb, ...withNames(backups, all)])
}
