import type { Command } from 'commander'
import type { ChangeFlags } from '../commands/runbook-change.ts'
import type { ContinueFlags } from '../commands/runbook-continue.ts'
import type { CloseFlags, StartFlags } from '../commands/runbooks.ts'
import { collect, withJson, withPassphrase, type Ask, type Json } from './shared.ts'

/** Recovery of a saved cluster, step by step. */
export function addRunbooks(program: Command, ask: Ask): void {
  const runbook = program
    .command('runbook')
    .description('Recover a saved cluster, step by step, with what is kept of each step.')
  const run = 'id of a run, or the beginning of it'

  withJson(runbook.command('list'))
    .description('List the runs; with a cluster: its runbooks, and which one fits by what was found.')
    .argument('[cluster]', 'name or id of a saved cluster')
    .option('--answer <question=choice>', 'answer a question yourself; may be repeated', collect, [])
    .action((name: string | undefined, options: Json & { readonly answer: readonly string[] }) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/runbooks.ts')).listRunbooks(name ?? null, options.answer, context),
      ),
    )

  withPassphrase(withJson(runbook.command('start')))
    .description('Begin a runbook; checks run at once, everything else waits for an answer.')
    .argument('<cluster>', 'name or id of a saved cluster')
    .argument('<runbook>', 'such as CH-4; see "holdfast runbook list CLUSTER"')
    .option('--set <name=value>', 'what the runbook asks for; may be repeated', collect, [])
    .option('--answer <question=choice>', 'how you came to this runbook; may be repeated', collect, [])
    .option('--failed-at <time>', 'when it failed, in UTC, such as "2026-11-21 01:52" (default: now)')
    .option('--reason <text>', 'why: a protected cluster asks for it')
    .action((name: string, scenario: string, options: Json & StartFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/runbooks.ts')).startRunbook(name, scenario, options, context),
      ),
    )

  withJson(runbook.command('show'))
    .description('Show where a run stands.')
    .argument('<run>', run)
    .action((id: string, options: Json) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/runbooks.ts')).showRun(id, context),
      ),
    )

  withPassphrase(withJson(runbook.command('continue')))
    .description('Go on with a run: do the step at hand, or answer what it asks.')
    .argument('<run>', run)
    .option('--step <step>', 'another step than the one at hand')
    .option('--choose <option>', 'decide between what a step offers')
    .option('--confirm <name>', "the cluster's name, typed under what is lost")
    .option('--did <note>', 'what was done by hand')
    .option('--skip <reason>', 'pass over a step that may be')
    .option('--take-back', 'take back a step that was done')
    .option(
      '--host-key <fingerprint>',
      'trust this key of the host that the step could not log in to; compare it first',
    )
    .option('--reason <text>', 'why it is trusted; a protected cluster needs one')
    .action((id: string, options: Json & ContinueFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/runbook-continue.ts')).continueRun(id, options, context),
      ),
    )

  withPassphrase(withJson(runbook.command('change')))
    .description(
      'Change what was given to a run, while nothing that was done with it stands; all is looked at anew.',
    )
    .argument('<run>', run)
    .option(
      '--set <name=value>',
      'what the runbook asks for; what is not named stays; may be repeated',
      collect,
      [],
    )
    .option('--reason <text>', 'kept in the audit chain; a protected cluster needs one')
    .action((id: string, options: Json & ChangeFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/runbook-change.ts')).changeRun(id, options, context),
      ),
    )

  withJson(runbook.command('take-over'))
    .description('Take over a run of somebody else, and show where it stands; nothing is done yet.')
    .argument('<run>', run)
    .option('--note <text>', 'what was said at the hand-over')
    .action((id: string, options: Json & { readonly note?: string }) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/runbooks.ts')).takeOverRun(id, options.note ?? '', context),
      ),
    )

  withJson(runbook.command('accept'))
    .description('Sign the acceptance sheet: the cluster is open to its users.')
    .argument('<run>', run)
    .requiredOption('--confirm <name>', "the cluster's name")
    .option('--note <text>', 'what should be remembered')
    .action((id: string, options: Json & { readonly confirm: string; readonly note?: string }) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/runbooks.ts')).acceptRun(id, options.confirm, options.note ?? '', context),
      ),
    )

  withJson(runbook.command('close'))
    .description('Close a run: finished where all of it is behind, else abandoned with a reason.')
    .argument('<run>', run)
    .option('--abandon <reason>', 'leave it as it stands')
    .option('--note <text>', 'what should be remembered of a finished one')
    .action((id: string, options: Json & CloseFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/runbooks.ts')).closeRun(id, options, context),
      ),
    )

  withJson(runbook.command('report'))
    .description('Write the report of a run into a new file.')
    .argument('<run>', run)
    .requiredOption(
      '--to <file>',
      'the file to make (.html or .json); one that is there is never overwritten',
    )
    .action((id: string, options: Json & { readonly to: string }) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/runbooks.ts')).reportRun(id, options.to, context),
      ),
    )
}
