import type { Command } from 'commander'
import type { PruneFlags } from '../commands/prune.ts'
import type { ApplyFlags, RulesFlags } from '../commands/retention.ts'
import type { RepositoryOptions } from '../options.ts'
import { collect, withJson, withPassphrase, type Ask, type Json } from './shared.ts'

interface Reason {
  readonly reason?: string
}

/** `holdfast prune` on any repository; it comes with the options that name one. */
export function addPrune(prune: Command, ask: Ask): void {
  withRules(prune)
    .option('--hold <backup>', 'keep this one whatever its age; may be repeated', collect, [])
    .option('--apply', 'delete what is shown')
    .option('--plan <hash>', 'only if the plan has this hash')
    .option('--reason <text>', 'why: where a protected cluster has its backups there')
    .action((options: Json & RepositoryOptions & PruneFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/prune.ts')).prune(options, context),
      ),
    )
}

/** `holdfast retention …`: what is kept of a saved cluster's backups, and the deletion of the rest. */
export function addRetention(program: Command, ask: Ask): void {
  const retention = program.command('retention').description('What is kept of a saved cluster’s backups.')
  const cluster = 'name or id of a saved cluster'
  const reason = 'why: a protected cluster asks for it'

  withJson(retention.command('show'))
    .description('Show the rules that are saved, and the pins.')
    .argument('<cluster>', cluster)
    .action((name: string, options: Json) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/retention.ts')).showRetention(name, context),
      ),
    )

  withRules(withJson(retention.command('set')))
    .description('Save the rules; deletes nothing.')
    .argument('<cluster>', cluster)
    .option('--none', 'no rules')
    .option('--reason <text>', reason)
    .action((name: string, options: Json & RulesFlags & Reason & { readonly none?: boolean }) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/retention.ts')).setRules(name, options, context),
      ),
    )

  withPassphrase(withJson(retention.command('pin')))
    .description('Keep one backup whatever the rules say.')
    .argument('<cluster>', cluster)
    .argument('<backup>', 'backup id')
    .requiredOption('--reason <text>', 'why it is kept')
    .action(
      (
        name: string,
        backup: string,
        options: Json & { readonly reason: string; readonly passphraseFile?: string },
      ) =>
        ask(options.json ?? false, async (context) =>
          (await import('../commands/retention.ts')).pin(name, backup, options, context),
        ),
    )

  withJson(retention.command('unpin'))
    .description('Let the rules decide over a backup again.')
    .argument('<cluster>', cluster)
    .argument('<backup>', 'backup id')
    .option('--reason <text>', reason)
    .action((name: string, backup: string, options: Json & Reason) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/retention.ts')).unpin(name, backup, options.reason, context),
      ),
    )

  withPassphrase(withRules(withJson(retention.command('preview'))))
    .description('Show what the rules would delete now, with a reason for each backup; changes nothing.')
    .argument('<cluster>', cluster)
    .action((name: string, options: Json & RulesFlags & { readonly passphraseFile?: string }) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/retention.ts')).preview(name, options, context),
      ),
    )

  withPassphrase(withRules(withJson(retention.command('apply'))))
    .description('Delete exactly what a preview showed.')
    .argument('<cluster>', cluster)
    .requiredOption('--plan <hash>', 'the hash of that preview')
    .requiredOption('--confirm <name>', 'the cluster’s name')
    .option('--reason <text>', reason)
    .action((name: string, options: Json & ApplyFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/retention.ts')).apply(name, options, context),
      ),
    )
}

function withRules(command: Command): Command {
  return command
    .option('--keep-last <number>', 'keep the newest so many')
    .option('--keep-days <number>', 'keep what is younger than so many days')
    .option('--at-most <number>', 'keep no more than so many for being young enough alone')
    .option('--orphans', 'also delete what failed uploads left behind, once it is older than a day')
}
