import type { Command } from 'commander'
import type { DrillScheduleFlags } from '../commands/drill-schedule.ts'
import type { DrillFlags } from '../options.ts'
import { withAccess, withJson, withPlace, type Ask, type Json } from './shared.ts'

/** Restores for trial, and what they have shown. */
export function addDrills(program: Command, ask: Ask): void {
  withPlace(withAccess(withJson(program.command('drill'))))
    .description('Restore a backup for trial into a folder of its own, time each phase, and remove it again.')
    .argument('<backup>', 'backup id, or any unambiguous beginning of it')
    .option('--scratch <folder>', 'make that folder in this one (default: beside what Holdfast remembers)')
    .option('--host <address>', 'where the tool of the system restores (default: the host of the database)')
    .option('--confirm <name>', "the cluster's name, where that host serves it")
    .action((id: string, options: Json & DrillFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/drill.ts')).drill(id, options, context),
      ),
    )

  withJson(program.command('drills'))
    .description(
      'List the drills of saved clusters, and say which of these ask for one; the exit status is 1 then.',
    )
    .argument('[cluster]', 'name or id of a saved cluster (default: all)')
    .option('--older-than <days>', 'how old the last drill may be (default: what the settings say)')
    .action((name: string | undefined, options: Json & { readonly olderThan?: string }) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/drills.ts')).listDrills(name ?? null, options.olderThan, context),
      ),
    )

  withJson(program.command('drill-schedule'))
    .description(
      'Show or write when this console drills the newest good backup of a saved cluster by itself, while it runs.',
    )
    .argument('<cluster>', 'name or id of a saved cluster')
    .option('--every <days>', 'each so many days')
    .option('--at <time>', 'the time of day, such as 03:30 (default: 03:00)')
    .option('--zone <zone>', 'in which that is meant, such as Europe/Berlin (default: that of this computer)')
    .option('--scratch <folder>', 'as of "holdfast drill"')
    .option('--host <address>', 'as of "holdfast drill"')
    .option('--confirm <name>', "the cluster's name, where that host serves it")
    .option('--off', 'end it')
    .option('--reason <text>', 'why: a protected cluster asks for it')
    .action((name: string, options: Json & DrillScheduleFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/drill-schedule.ts')).drillSchedule(name, options, context),
      ),
    )
}
