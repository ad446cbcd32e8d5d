import type { Job } from '../../../shared/contract/jobs.ts'
import { isActive } from '../../../shared/domain/job-state.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import { followJob, statusOfJob } from '../follow-job.ts'
import { openVault, withDesk, type Client } from '../with-desk.ts'
import { ageInWords, bytesInWords, table, timeInWords } from '../words.ts'

export async function listJobs(context: CommandContext): Promise<ExitStatus> {
  const { output, ports } = context
  return withDesk(context, async (client) => {
    const jobs = await client.jobs.list()
    output.document({ jobs })
    const rows = jobs.map(({ id, kind, subject, state, createdAt, outcome, phase }) => [
      id.slice(0, 8),
      kind,
      state,
      subject,
      ageInWords(createdAt, ports.clock.now()),
      outcome ?? phase ?? '',
    ])
    for (const line of table(rows)) output.line(line.trimEnd())
    if (jobs.length === 0) output.line('Nothing was started here yet.')
    return exitStatus.ok
  })
}

export async function showJob(id: string, context: CommandContext): Promise<ExitStatus> {
  return withDesk(context, async (client) => {
    showWhole(await findJob(id, client), context)
    return exitStatus.ok
  })
}

/** Follows a job of this process or one that has ended; another process's is told by its window. */
export async function watchJob(id: string, context: CommandContext): Promise<ExitStatus> {
  return withDesk(context, async (client) => {
    const job = await findJob(id, client)
    const { stateIsReadOnly } = await client.host.info()
    if (stateIsReadOnly && isActive(job.state)) {
      throw new HoldfastError('state.readOnly', {
        what: 'This job is run by another process, which has its events.',
        unchanged: 'It goes on there.',
        next: 'Watch it in the window of that process; "holdfast jobs show" says how far it is.',
      })
    }
    return follow(job, client, context)
  })
}

export async function resumeJob(
  id: string,
  passphraseFile: string | null,
  context: CommandContext,
): Promise<ExitStatus> {
  return withDesk(context, async (client) => {
    const job = await findJob(id, client)
    await openVault(client, passphraseFile, context)
    return follow(await client.jobs.resume({ id: job.id }), client, context)
  })
}

export async function answerJob(
  answer: 'cancel' | 'dismiss',
  id: string,
  context: CommandContext,
): Promise<ExitStatus> {
  return withDesk(context, async (client) => {
    const { id: whole, state } = await findJob(id, client)
    const isElsewhere = (await client.host.info()).stateIsReadOnly && isActive(state)
    showWhole(await client.jobs[answer]({ id: whole }), context)
    if (isElsewhere) {
      context.output.line(
        `  The process that runs it was asked, and ends it: see "holdfast jobs show ${whole.slice(0, 8)}".`,
      )
    }
    return exitStatus.ok
  })
}

async function findJob(id: string, client: Client): Promise<Job> {
  const matching = (await client.jobs.list()).filter((job) => job.id.startsWith(id))
  const [only] = matching
  if (only !== undefined && (matching.length === 1 || only.id === id)) return only
  throw new HoldfastError(only === undefined ? 'job.notFound' : 'usage', {
    what:
      only === undefined
        ? `There is no job ${JSON.stringify(id)} here.`
        : `${JSON.stringify(id)} begins the ids of ${matching.length} jobs.`,
    next: 'See "holdfast jobs list".',
  })
}

async function follow(job: Job, client: Client, context: CommandContext): Promise<ExitStatus> {
  const ended = await followJob(job.id, client, context, 'leave')
  showWhole(ended, context)
  return statusOfJob(ended)
}

function showWhole(job: Job, { output, ports }: CommandContext): void {
  output.document({ job })
  const nowMs = ports.clock.now()
  output.line(`${output.style('bold', job.kind)}  ${job.subject}: ${job.detail}`)
  output.line(`  id        ${job.id}`)
  output.line(`  state     ${job.state}${job.phase === null ? '' : `, ${job.phase}`}`)
  output.line(`  asked     ${timeInWords(job.createdAt, nowMs)}`)
  if (job.finishedAt !== null) output.line(`  ended     ${timeInWords(job.finishedAt, nowMs)}`)
  const of = job.totalBytes === null ? '' : ` of ${bytesInWords(job.totalBytes)}`
  if (job.doneBytes > 0) output.line(`  bytes     ${bytesInWords(job.doneBytes)}${of}`)
  for (const { name, state } of job.phases) output.line(`  ${state.padEnd(8)}  ${name}`)
  if (job.outcome !== null) output.line(`  ${job.outcome}`)
  const { why, unchanged, next } = job.failure ?? {}
  for (const part of [why, unchanged, next]) if (part !== undefined) output.line(`  ${part}`)
  if (job.canResume) output.line(`  Go on with it: holdfast jobs resume ${job.id.slice(0, 8)}`)
}
