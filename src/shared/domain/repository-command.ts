import { commandLine } from './command-line.ts'
import { credentialFlags, wayFlags, type Way } from './way-flags.ts'

interface Reached {
  readonly address: string
  readonly system: string
  readonly access: Way
}

/** `holdfast posture …`, on a saved repository that no cluster uses. Keys of the vault stay there: it takes the environment's. */
export function repositoryCommand(verb: string, { address, system, access }: Reached): string {
  const { credential } = access
  return commandLine([
    'holdfast',
    verb,
    '--repository',
    address,
    '--system',
    system,
    ...(credential.source === 'vault' ? [] : credentialFlags(credential)),
    ...wayFlags(access),
  ])
}
