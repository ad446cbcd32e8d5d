import type { Command } from 'commander'
import { withJson, withPassphrase, type Ask, type Json } from './shared.ts'

/** `holdfast jobs …` */
export function addJobs(program: Command, ask: Ask): void {
  const jobs = program.command('jobs').description('What was started in the window and here.')
  const id = 'id of the job, or any unambiguous beginning of it'

  withJson(jobs.command('list'))
    .description('List the jobs: running ones, waiting ones, then the newest first.')
    .action((options: Json) =>
      ask(options.json ?? false, async (context) => (await import('../commands/jobs.ts')).listJobs(context)),
    )

  withJson(jobs.command('show'))
    .description('Show one job: its phases, how it ended, and what came of it.')
    .argument('<job>', id)
    .action((job: string, options: Json) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/jobs.ts')).showJob(job, context),
      ),
    )

  withJson(jobs.command('watch'))
    .description('Follow a job to its end; the exit status says how it ended.')
    .argument('<job>', id)
    .action((job: string, options: Json) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/jobs.ts')).watchJob(job, context),
      ),
    )

  withPassphrase(withJson(jobs.command('resume')))
    .description('Go on with an interrupted job, here, and follow it to its end.')
    .argument('<job>', id)
    .action((job: string, options: Json & { readonly passphraseFile?: string }) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/jobs.ts')).resumeJob(job, options.passphraseFile ?? null, context),
      ),
    )

  for (const [name, description] of [
    ['cancel', 'Cancel a job that runs or waits, in a window or another terminal, too.'],
    ['dismiss', 'Take an interrupted job off the list of what needs an answer.'],
  ] as const) {
    withJson(jobs.command(name))
      .description(description)
      .argument('<job>', id)
      .action((job: string, options: Json) =>
        ask(options.json ?? false, async (context) =>
          (await import('../commands/jobs.ts')).answerJob(name, job, context),
        ),
      )
  }
}
