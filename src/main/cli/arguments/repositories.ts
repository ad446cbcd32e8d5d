import type { Command } from 'commander'
import type { AddRepositoryFlags, EditRepositoryFlags } from '../commands/repositories.ts'
import { credentialHelp, withJson, withWay, type Ask, type Json } from './shared.ts'

/** `holdfast repositories …`: the places that are saved, by themselves. */
export function addRepositories(program: Command, ask: Ask): void {
  const repositories = program
    .command('repositories')
    .description('The places of backups that this installation knows, with a cluster or without one.')
  const repository = 'id, or a name that only one has'

  withJson(repositories.command('list'))
    .description('List the repositories with who uses them and what was last seen there.')
    .action((options: Json) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/repositories.ts')).listRepositories(context),
      ),
    )

  withWay(withJson(repositories.command('add')))
    .description('Add a place without a cluster, such as one to copy into; nothing is written there.')
    .argument('<name>', 'what it is called here')
    .requiredOption('--system <name>', 'kiok, chango, kiseki, armada or kindling')
    .requiredOption('--repository <address>', 'where the backups are')
    .option('--credential <credential>', credentialHelp)
    .action((name: string, options: Json & AddRepositoryFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/repositories.ts')).addRepository(name, options, context),
      ),
    )

  withWay(withJson(repositories.command('edit')))
    .description('Change how a repository is reached; what is not named stays as it is.')
    .argument('<repository>', repository)
    .option('--name <name>', 'another name')
    .option('--repository <address>', 'another address')
    .option('--credential <credential>', 'S3 keys of the vault, by id or label')
    .option('--no-credential', 'the AWS environment instead')
    .option('--no-ca-file', 'no certificates of its own')
    .option('--no-allow-http', 'no endpoint without TLS that is not on this host')
    .option('--no-ssh-key', 'the SSH agent alone')
    .option('--no-host-key', 'the key of known_hosts alone')
    .option('--no-max-rate', 'as fast as it goes')
    .action((idOrName: string, options: Json & EditRepositoryFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/repositories.ts')).editRepository(idOrName, options, context),
      ),
    )

  withJson(repositories.command('remove'))
    .description('Forget a repository that no cluster uses; what lies there stays as it is.')
    .argument('<repository>', repository)
    .action((idOrName: string, options: Json) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/repositories.ts')).removeRepository(idOrName, context),
      ),
    )

  withJson(repositories.command('usage'))
    .description('Say what lies there, and which objects no backup points to; reads listings and manifests.')
    .argument('<repository>', repository)
    .action((idOrName: string, options: Json) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/repositories.ts')).showUsage(idOrName, context),
      ),
    )
}
