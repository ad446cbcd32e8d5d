import { commandLine, withNames } from './command-line.ts'

/** How a saved repository is reached, as far as a command line can say it. Nothing in it is a secret. */
interface Reached {
  readonly address: string
  readonly system: string
  readonly access: {
    readonly credential:
      | { readonly source: 'vault' | 'environment' | 'none' }
      | { readonly source: 'profile'; readonly profile: string }
    readonly caFile: string | null
    readonly allowHttp: boolean
    readonly sshKeyFiles: readonly string[]
    readonly hostKey: string | null
    readonly maxBytesPerSecond: number | null
  }
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
  const { credential, caFile, allowHttp, sshKeyFiles, hostKey, maxBytesPerSecond } = access
  const all = [
    '--repository',
    address,
    '--system',
    system,
    ...(credential.source === 'profile' ? ['--profile', credential.profile] : []),
    ...(caFile === null ? [] : ['--ca-file', caFile]),
    ...(allowHttp ? ['--allow-http'] : []),
    ...sshKeyFiles.flatMap((file) => ['--ssh-key', file]),
    ...(hostKey === null ? [] : ['--host-key', hostKey]),
    ...(maxBytesPerSecond === null ? [] : ['--max-rate', String(maxBytesPerSecond)]),
    ...(hasKeys ? ['--master-key-file', 'FILE'] : []),
    ...options,
  ]
  return commandLine(['holdfast', verb, ...withNames(backups, all)])
}
