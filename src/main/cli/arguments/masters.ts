import type { Command } from 'commander'
import type { ConnectFlags } from '../commands/connect.ts'
import type { SnapshotFlags } from '../commands/snapshot.ts'
import type { SnapshotScheduleFlags } from '../commands/snapshot-schedule.ts'
import { collect, withJson, withPassphrase, type Ask, type Json } from './shared.ts'

interface Passphrase {
  readonly passphraseFile?: string
}

/** What needs a saved cluster, and its masters. */
export function addMasters(program: Command, ask: Ask): void {
  const cluster = 'name or id of a saved cluster'

  withPassphrase(withJson(program.command('connect')))
    .description('Show or write how the masters of a saved cluster are reached.')
    .argument('<cluster>', cluster)
    .option('--set <field=value>', 'a field of the connection; may be repeated', collect, [])
    .option('--remove', 'forget it; the repository stays')
    .option('--reason <text>', 'why: a protected cluster asks for it')
    .action((name: string, options: Json & ConnectFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/connect.ts')).connect(name, options, context),
      ),
    )

  withPassphrase(withJson(program.command('probe')))
    .description('Ask the masters of a saved cluster how they are; changes nothing.')
    .argument('<cluster>', cluster)
    .action((name: string, options: Json & Passphrase) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/probe.ts')).probe(name, options.passphraseFile ?? null, context),
      ),
    )

  withPassphrase(withJson(program.command('snapshot')))
    .description('Take a snapshot of a saved cluster now, and prove what arrives in its repository.')
    .argument('<cluster>', cluster)
    .option('--way <way>', 'in which way, where the system has several')
    .option('--confirm <name>', "the cluster's name, where the way stops something meanwhile")
    .option('--reason <text>', 'why: a protected cluster asks for it where something is stopped')
    .action((name: string, options: Json & SnapshotFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/snapshot.ts')).snapshot(name, options, context),
      ),
    )

  withPassphrase(withJson(program.command('schedule')))
    .description('Say which backups of a saved cluster will be taken, by whom, and what nobody does.')
    .argument('<cluster>', cluster)
    .action((name: string, options: Json & Passphrase) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/schedule.ts')).schedule(name, options.passphraseFile ?? null, context),
      ),
    )

  withJson(program.command('snapshot-schedule'))
    .description('Write when this console takes a snapshot of a saved cluster by itself, while it runs.')
    .argument('<cluster>', cluster)
    .option('--cron <expression>', 'minute, hour, day of the month, month, day of the week: "0 2 * * *"')
    .option('--zone <zone>', 'in which that is meant, such as Europe/Berlin (default: that of this computer)')
    .option('--way <way>', 'as of "holdfast snapshot"; one that stops nothing')
    .option('--off', 'end it')
    .option('--reason <text>', 'why: a protected cluster asks for it')
    .action((name: string, options: Json & SnapshotScheduleFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/snapshot-schedule.ts')).snapshotSchedule(name, options, context),
      ),
    )
}
