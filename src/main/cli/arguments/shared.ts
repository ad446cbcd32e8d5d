import type { Command } from 'commander'
import { systemNames } from '../../../shared/domain/system-name.ts'
import type { CommandContext } from '../context.ts'
import type { ExitStatus } from '../exit-status.ts'

/** Takes what the arguments ask for; it is run once they are all understood. */
export type Ask = (json: boolean, run: (context: CommandContext) => Promise<ExitStatus>) => void

export interface Json {
  readonly json?: boolean
}

export function withJson(command: Command): Command {
  return command.option('--json', 'print the result as one JSON document')
}

/** For an option that may be given several times; also behind the one that gives none of them. */
export const collect = (value: string, previous: readonly string[] | false): readonly string[] => [
  ...(previous === false ? [] : previous),
  value,
]

export const credentialHelp = 'S3 keys of the vault, by id or label (default: the AWS environment)'

/** How a repository is reached, but for its keys. */
export function withWay(command: Command): Command {
  return command
    .option('--profile <name>', 'profile of the shared AWS files')
    .option('--ca-file <file>', 'certificates (PEM) of a private authority')
    .option('--allow-http', 'allow an S3 endpoint without TLS that is not on this host')
    .option('--ssh-key <file>', 'SSH private key for SFTP; may be repeated', collect, [])
    .option('--host-key <fingerprint>', 'SHA256:… of the SFTP host key, as you have compared it')
    .option('--max-rate <rate>', 'never read or write more a second, such as 20M')
}

/** How a repository is reached, with the keys of what lies there. */
export function withAccess(command: Command): Command {
  return withWay(
    command.option(
      '--master-key-file <file>',
      'a master key, as the bytes of a file; may be repeated',
      collect,
      [],
    ),
  )
}

/** Which repository: one that is named by its address, or that of a saved cluster. */
export function withPlace(command: Command): Command {
  return withPassphrase(
    command
      .option('--repository <address>', 'where the backups are')
      .option('--system <name>', `one of ${systemNames.join(', ')}`)
      .option(
        '--cluster <name>',
        'name or id of a saved cluster, instead of both: with the access and the keys that are saved of it',
      ),
  )
}

/** What opens the vault, for a command that needs a secret. */
export function withPassphrase(command: Command): Command {
  return command.option(
    '--passphrase-file <file>',
    "the vault's passphrase, in a file that its owner alone can read (default: it is asked for)",
  )
}
