import type { Command } from 'commander'
import type { AddCredentialFlags, SecretFlags } from '../commands/credentials.ts'
import { withJson, withPassphrase, type Ask, type Json } from './shared.ts'

/** `holdfast credentials …`: a secret is never an argument, which every program of this host could read. */
export function addCredentials(program: Command, ask: Ask): void {
  const credentials = program
    .command('credentials')
    .description('The secrets that this installation keeps in its vault; none is ever shown.')

  withJson(credentials.command('list'))
    .description('List the credentials: what they are for, never what they are.')
    .action((options: Json) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/credentials.ts')).listCredentials(context),
      ),
    )

  withSecret(credentials.command('add'))
    .description('Put a secret into the vault: from a prompt, from standard input, or from a file.')
    .argument('<label>', 'what it is called here')
    .requiredOption('--kind <kind>', 's3, master-key, login, token or password')
    .option('--keep-in <place>', 'keychain or sealed-file, where no place for secrets was chosen yet')
    .action((label: string, options: Json & AddCredentialFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/credentials.ts')).addCredential(label, options, context),
      ),
    )

  withSecret(credentials.command('replace'))
    .description('Put another secret in the place of one, wherever it is used; the old one is gone for good.')
    .argument('<credential>', 'id or label')
    .action((credential: string, options: Json & SecretFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/credentials.ts')).replaceCredential(credential, options, context),
      ),
    )

  withJson(credentials.command('rename'))
    .description('Call a secret something else; it stays what it is.')
    .argument('<credential>', 'id or label')
    .argument('<label>', 'what it is called from now on')
    .action((credential: string, label: string, options: Json) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/credentials.ts')).renameCredential(credential, label, context),
      ),
    )

  withPassphrase(withJson(credentials.command('remove')))
    .description('Remove a secret from the vault for good; refused while something uses it.')
    .argument('<credential>', 'id or label')
    .action((credential: string, options: Json & { readonly passphraseFile?: string }) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/credentials.ts')).removeCredential(
          credential,
          options.passphraseFile ?? null,
          context,
        ),
      ),
    )
}

/** What a secret is read from, and what belongs to it. */
function withSecret(command: Command): Command {
  return withPassphrase(withJson(command))
    .option('--access-key-id <id>', 'of S3 keys')
    .option('--session-token', 'S3 keys have one: it is asked for too, or is the second line of what is read')
    .option('--user <name>', 'of a login')
    .option('--file <file>', 'the secret, in a file that its owner alone can read')
}
