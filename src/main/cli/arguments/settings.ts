import type { Command } from 'commander'
import type { AnchorFlags, SettingsFlags } from '../commands/settings.ts'
import type { ImportFlags } from '../commands/setup.ts'
import { credentialHelp, withJson, withPassphrase, type Ask, type Json } from './shared.ts'

/** `holdfast settings …`: how this installation works; how its window looks is chosen there. */
export function addSettings(program: Command, ask: Ask): void {
  const settings = program.command('settings').description('How this installation works by itself.')

  withJson(settings.command('show'))
    .description('Show the settings.')
    .action((options: Json) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/settings.ts')).showSettings(context),
      ),
    )

  withJson(settings.command('set'))
    .description('Change settings; what is not named stays as it is.')
    .option('--look-every <minutes>', 'how often the repositories are looked at')
    .option('--proof-days <days>', 'older proof is shown as old')
    .option('--drill-days <days>', 'a cluster whose last drill is older asks for one')
    .option('--max-rate <rate>', 'never read more a second, all jobs together, such as 20M; none: no limit')
    .option('--workers <number>', 'threads that hash and decrypt; none: one a core')
    .option('--lock-after <minutes>', 'a sealed file locks without use')
    .action((options: Json & SettingsFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/settings.ts')).setSettings(options, context),
      ),
    )

  withPassphrase(withJson(settings.command('anchor')))
    .description(
      'Keep heads of the audit chain in a bucket with Object Lock, or nowhere; the first one at once.',
    )
    .option('--to <address>', 'the bucket, and a folder in it for this installation alone')
    .option('--credential <credential>', credentialHelp)
    .option('--profile <name>', 'profile of the shared AWS files')
    .option('--ca-file <file>', 'certificates (PEM) of a private authority')
    .option('--allow-http', 'allow an endpoint without TLS that is not on this host')
    .option('--every-entries <number>', 'entries between two anchors (default: 50)')
    .option('--every-minutes <minutes>', 'until what is new is anchored (default: 10)')
    .option('--keep-days <days>', 'for which nobody can delete an anchor (default: 365)')
    .option('--off', 'write none any more')
    .action((options: Json & AnchorFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/settings.ts')).setAnchor(options, context),
      ),
    )

  withJson(settings.command('export'))
    .description(
      'Take the setup along: clusters, repositories, settings, rules and schedules, and no secret.',
    )
    .option('--to <file>', 'a new file (default: it is printed)')
    .action((options: Json & { readonly to?: string }) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/setup.ts')).exportSetup(options.to ?? null, context),
      ),
    )

  withJson(settings.command('import'))
    .description('Show what a setup would add and change here; does it with --apply. Nothing is removed.')
    .argument('<file>', 'what "settings export" has written')
    .option('--apply', 'do exactly the plan that --plan names')
    .option('--plan <hash>', 'the hash of the plan that was shown')
    .option('--reason <text>', 'why, where something gets weaker')
    .action((file: string, options: Json & ImportFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/setup.ts')).importSetup(file, options, context),
      ),
    )
}
