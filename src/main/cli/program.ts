import { Command, CommanderError, Option } from 'commander'
import { addClusters } from './arguments/clusters.ts'
import { addCredentials } from './arguments/credentials.ts'
import { addDrills } from './arguments/drills.ts'
import { addJobs } from './arguments/jobs.ts'
import { addMasters } from './arguments/masters.ts'
import { addRepositories } from './arguments/repositories.ts'
import { addRunbooks } from './arguments/runbooks.ts'
import { addPrune, addRetention } from './arguments/retention.ts'
import { addSettings } from './arguments/settings.ts'
import { withAccess, withJson, withPlace, withWay, type Ask, type Json } from './arguments/shared.ts'
import { systemNames } from '../../shared/domain/system-name.ts'
import type { CommandContext } from './context.ts'
import type { ExitStatus } from './exit-status.ts'
import type { DemoFlags } from './commands/demo.ts'
import type { CopyFlags } from './commands/copy.ts'
import type { PostureFlags } from './commands/posture.ts'
import type { ServeFlags } from './commands/serve.ts'
import { usageError } from './usage-error.ts'
import type { PlaceOptions, RestoreFlags, TargetFlags } from './options.ts'

/** What the arguments ask for: run it with a context; `json` decides how results are printed. */
export interface Invocation {
  readonly json: boolean
  run(context: CommandContext): Promise<ExitStatus>
}

export type Parsed =
  | { readonly kind: 'command'; readonly invocation: Invocation }
  /** Help or version: the text, and whether it answers a question or a mistake. */
  | { readonly kind: 'text'; readonly text: string; readonly isMistake: boolean }

/** Reads arguments (without the program's own name). Throws `usage` with a text that repeats no value. */
export async function parseArguments(args: readonly string[], version: string): Promise<Parsed> {
  let invocation: Invocation | null = null
  let text = ''
  let isMistake = false
  const program = createProgram(version, (json, run) => {
    invocation = { json, run }
  })
  for (const command of [program, ...program.commands.flatMap((one) => [one, ...one.commands])]) {
    // A long name beside them leaves descriptions less room, and they are wrapped all the same.
    command.configureHelp({ minWidthToWrap: 20 })
    command.exitOverride().configureOutput({
      writeOut: (part) => (text += part),
      // Help that nobody asked for goes to this one.
      writeErr: (part) => {
        text += part
        isMistake = true
      },
      outputError: () => {},
    })
  }
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (text !== '') return { kind: 'text', text, isMistake }
    throw usageError(error)
  }
  return invocation === null
    ? { kind: 'text', text: program.helpInformation(), isMistake: true }
    : { kind: 'command', invocation }
}

/** A command's module is loaded when it runs: help and mistakes are answered at once. */
function createProgram(version: string, ask: Ask): Command {
  const program = new Command('holdfast')
    .description(
      'Proves whether the backups of a cluster can be restored, and restores them without losing anything.',
    )
    .version(version)
    .showHelpAfterError(false)
    .addHelpText(
      'after',
      `
Repository addresses (percent-encoded, never with a credential):
  s3://BUCKET/PREFIX/?endpoint=URL&region=R&style=path    a bucket
  file:///ABSOLUTE/FOLDER                                  a folder
  sftp://USER@HOST:PORT/FOLDER                             a folder on another host

Master keys: HOLDFAST_MASTER_KEY, or --master-key-file FILE (repeat it where older backups need an older key).
S3 keys: the AWS environment variables or a profile of the shared AWS files.
Of a saved cluster (--cluster NAME) both come from the vault; --passphrase-file opens one that is a file.

Exit status: 0 no error finding, 1 an error finding, 2 wrong usage, 3 could not reach or not allowed,
4 failed and rolled back, 130 cancelled.`,
    )

  onBackups(program.command('backups'), 'List the backups of a repository, newest first.').action(
    (options: Json & PlaceOptions) =>
      ask(options.json ?? false, async (context) =>
        (await import('./commands/backups.ts')).listBackups(options, context),
      ),
  )

  onBackups(program.command('show'), 'Show one backup: manifest, stores, holders, and what is known of them.')
    .argument('<backup>', 'backup id, or any unambiguous beginning of it')
    .option('--manifest', 'print the manifest as it stands')
    .action((id: string, options: Json & PlaceOptions) =>
      ask(options.json ?? false, async (context) =>
        (await import('./commands/show.ts')).show(id, options, context),
      ),
    )

  onBackups(program.command('verify'), 'Prove whether backups can be restored; a verdict for each.')
    .argument('[backups...]', 'backup ids, or any unambiguous beginnings of them')
    .option('--latest', 'the newest backup')
    .option('--all', 'every backup')
    .addOption(
      new Option(
        '--level <level>',
        'how far: present, intact, decrypts, matches, wellFormed (default: as far as the format allows)',
      ),
    )
    .option('--recheck', 'read again what an earlier run has read')
    .option(
      '--by-tool',
      'first let pgBackRest or Barman verify what it keeps, on its host; with --cluster alone, and ids in full',
    )
    .option(
      '--max-ratio <number>',
      'refuse an archive that unpacks to more than so many times its size (default: 200)',
    )
    .option('--workers <number>', 'threads that hash and decrypt (default: one a core, at most 4)')
    .action((ids: string[], options: Json & PlaceOptions) =>
      ask(options.json ?? false, async (context) =>
        (await import('./commands/verify.ts')).verify(ids, options, context),
      ),
    )

  onBackups(
    program.command('key-check'),
    'Say which backups the given master keys open; a few KiB an object.',
  ).action((options: Json & PlaceOptions) =>
    ask(options.json ?? false, async (context) =>
      (await import('./commands/key-check.ts')).keyCheck(options, context),
    ),
  )

  onBackups(
    program.command('plan'),
    'Show what a restore would do, and the hash of that plan; changes nothing.',
  )
    .argument('<backup>', 'backup id, or any unambiguous beginning of it')
    .requiredOption('--target <folder>', targetHelp)
    .option('--sudo-password-file <file>', sudoHelp)
    .action((id: string, options: Json & PlaceOptions & TargetFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('./commands/plan.ts')).plan(id, options, context),
      ),
    )

  withPlace(withWay(withJson(program.command('posture'))))
    .description('Say how well a repository is protected against losing or leaking its backups; only reads.')
    .action((options: Json & PostureFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('./commands/posture.ts')).posture(options, context),
      ),
    )

  addRestore(program, ask)
  addDrills(program, ask)

  onBackups(program.command('copy'), 'Copy a backup with everything it points to into another repository.')
    .argument('<backup>', 'backup id, or any unambiguous beginning of it')
    .option('--to <address>', 'the repository to copy into, reached as the options say')
    .option('--into <name>', 'name or id of a saved repository to copy into, reached as it is saved')
    .action((id: string, options: Json & CopyFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('./commands/copy.ts')).copy(id, options, context),
      ),
    )

  addClusters(program, ask)
  addRepositories(program, ask)
  addJobs(program, ask)
  addCredentials(program, ask)
  addPrune(
    onRepository(
      program.command('prune'),
      'Show which backups are too old, with a reason for each; deletes with --apply.',
    ),
    ask,
  )
  addRetention(program, ask)

  addAudit(program, ask)
  addMasters(program, ask)
  addRunbooks(program, ask)
  addSettings(program, ask)

  withJson(program.command('serve'))
    .description('Show the window in a browser of this machine; nobody else can open it.')
    .option('--socket <path>', 'listen on a socket of this account instead of a port')
    .option('--port <number>', 'the port of the loopback interface (default: a free one)')
    .option('--public-origin <url>', 'what the browser has in its address bar, behind a tunnel')
    .option(
      '--idle <minutes>',
      'end when no window was open for so long, and nothing is to be done (default: 720)',
    )
    .option('--no-idle', 'never end by itself')
    .option('--no-open', 'do not open a browser')
    .action((options: Json & ServeFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('./commands/serve.ts')).serve(options, context),
      ),
    )

  withJson(program.command('demo'))
    .description('Make a demonstration: prove and restore it here, and show it in the window.')
    .option('--dir <folder>', 'where to make it (default: a new folder for temporary files)')
    .option('--window', 'show seven clusters in the window (default: only at a terminal)')
    .option('--no-window', 'only prove and restore')
    .option('--no-open', 'do not open a browser')
    .action((options: Json & DemoFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('./commands/demo.ts')).demo(options, context),
      ),
    )
  return program
}

const targetHelp =
  'where to restore to: a path, ssh://user@host/path, or ssh+sudo://user@host/path to work there as root'
const sudoHelp = 'what sudo on the host of the target asks for, in a file of this account alone'

/** `restore --rollback` needs neither a backup nor a repository, so none of them is required by the parser. */
function addRestore(program: Command, ask: Ask): void {
  onBackups(
    program.command('restore'),
    'Restore a backup exactly as planned; staged, journalled, and undone if anything fails.',
  )
    .argument('[backup]', 'backup id, or any unambiguous beginning of it')
    .requiredOption('--target <folder>', targetHelp)
    .option('--sudo-password-file <file>', sudoHelp)
    .option(
      '--confirm <name>',
      "the cluster's name, or the last part of the target's path where none is known",
    )
    .option('--plan <hash>', 'run only the plan with this hash')
    .option('--rollback', 'go back to what stood in the target before the last restore')
    .option('--reason <text>', 'why, where the saved cluster is protected')
    .action((id: string | undefined, options: Json & PlaceOptions & RestoreFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('./commands/restore.ts')).restore(id ?? null, options, context),
      ),
    )
}

function addAudit(program: Command, ask: Ask): void {
  const audit = program.command('audit').description('The chain of what was done here.')
  withJson(audit.command('verify'))
    .description('Walk the chain (or an export): is every entry as it was written?')
    .option('--file <file>', 'an export instead of the chain of this installation')
    .option('--passphrase-file <file>', "the vault's passphrase, where the anchors' credential lies in it")
    .action((options: Json & { readonly file?: string; readonly passphraseFile?: string }) =>
      ask(options.json ?? false, async (context) =>
        (await import('./commands/audit.ts')).verifyAudit(
          { file: options.file ?? null, passphraseFile: options.passphraseFile ?? null },
          context,
        ),
      ),
    )
  withJson(audit.command('export'))
    .description('Write the chain into a new file.')
    .requiredOption('--to <file>', 'the file to make; one that is there is never overwritten')
    .action((options: Json & { readonly to: string }) =>
      ask(options.json ?? false, async (context) =>
        (await import('./commands/audit.ts')).exportAudit(options.to, context),
      ),
    )
  withJson(audit.command('list'))
    .description('List the entries, newest first.')
    .option('--limit <number>', 'how many at most, up to 500', '50')
    .action((options: Json & { readonly limit: string }) =>
      ask(options.json ?? false, async (context) =>
        (await import('./commands/audit.ts')).listAudit(options.limit, context),
      ),
    )
}

/** A command on a repository, or on that of a saved cluster. */
function onBackups(command: Command, description: string): Command {
  return withPlace(withAccess(withJson(command)).description(description))
}

/** One on a repository alone. */
function onRepository(command: Command, description: string): Command {
  return withAccess(withJson(command))
    .description(description)
    .requiredOption('--repository <address>', 'where the backups are')
    .requiredOption('--system <name>', `one of ${systemNames.join(', ')}`)
}
