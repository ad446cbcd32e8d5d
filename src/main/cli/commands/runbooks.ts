import type { Run, RunSummary } from '../../../shared/contract/runbooks.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { typedUtc } from '../../../shared/domain/typed-utc.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import { writeNamedFile } from '../new-file.ts'
import { findCluster, openVault, withDesk, type Client } from '../with-desk.ts'
import { table, timeInWords } from '../words.ts'
import { followRun, printRun, statusOfRun } from './runbook-run.ts'

export interface StartFlags {
  readonly set: readonly string[]
  readonly answer: readonly string[]
  readonly failedAt?: string
  readonly reason?: string
  readonly passphraseFile?: string
}

/** The runs of this installation; of a cluster, its runbooks and the way to the one that fits. */
export async function listRunbooks(
  name: string | null,
  answers: readonly string[],
  context: CommandContext,
): Promise<ExitStatus> {
  return withDesk(context, async (client) =>
    name === null ? listRuns(client, context) : listFor(name, answers, client, context),
  )
}

async function listRuns(client: Client, { output, ports }: CommandContext): Promise<ExitStatus> {
  const runs = await client.runbooks.list()
  output.document({ runs })
  const rows = runs.map(({ id, scenario, cluster, state, startedAt, holder, at }) => [
    id,
    scenario,
    cluster,
    state,
    timeInWords(startedAt, ports.clock.now()),
    holder,
    at ?? '',
  ])
  for (const line of table(rows)) output.line(line.trimEnd())
  if (runs.length === 0) output.line('No runbook was begun here yet.')
  return exitStatus.ok
}

async function listFor(
  name: string,
  answers: readonly string[],
  client: Client,
  { output, signal }: CommandContext,
): Promise<ExitStatus> {
  const { id: clusterId, connection } = await clusterWithConnection(name, client)
  // A process that has just begun has asked nobody yet.
  if (connection) {
    for await (const _ of await client.masters.probe({ id: clusterId }, { signal })) continue
  }
  const scenarios = await client.runbooks.scenarios({ clusterId })
  const triage = await client.runbooks.triage({ clusterId, answers: pairs(answers, '--answer') })
  output.document({ triage, scenarios })
  for (const { id, question, choices, found, answer } of triage.questions) {
    const label = choices.find((each) => each.id === (answer ?? found?.choice))?.label
    output.line(`${question}  ${label ?? '?'}`)
    if (found !== null) output.line(`  ${found.because}`)
    if (label === undefined) {
      output.line(
        `  Answer it with --answer ${id}=… (${choices.map((each) => `${each.id}: ${each.label}`).join('; ')})`,
      )
    }
  }
  if (triage.advice !== null) {
    output.line()
    output.line(output.style('bold', triage.advice.sentence))
  }
  output.line()
  for (const { id, title, when } of scenarios) output.line(`${id.padEnd(5)} ${title}. ${when}`)
  return exitStatus.ok
}

async function clusterWithConnection(name: string, client: Client) {
  const { id } = await findCluster(name, client)
  const { values } = await client.masters.connection({ id })
  return { id, connection: values !== null }
}

export async function startRunbook(
  name: string,
  scenario: string,
  flags: StartFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  return withDesk(context, async (client) => {
    const cluster = await findCluster(name, client)
    await openVault(client, flags.passphraseFile ?? null, context)
    const { failedAt, reason } = flags
    const run = await client.runbooks.start({
      clusterId: cluster.id,
      scenario,
      inputs: pairs(flags.set, '--set'),
      answers: pairs(flags.answer, '--answer'),
      ...(failedAt !== undefined && { failedAt: pastMoment(failedAt, context.ports.clock.now()) }),
      ...(reason !== undefined && { reason }),
    })
    return told(await followRun(run.id, client, context), client, context)
  })
}

export async function showRun(id: string, context: CommandContext): Promise<ExitStatus> {
  return withDesk(context, async (client) => {
    const run = await client.runbooks.get({ id: (await findRun(id, client)).id })
    await printRun(run, client, context)
    return exitStatus.ok
  })
}

/** The run passes into these hands; what comes next is a command of its own, once it was seen where it stands. */
export async function takeOverRun(id: string, note: string, context: CommandContext): Promise<ExitStatus> {
  return withDesk(context, async (client) => {
    const found = await findRun(id, client)
    const run = await client.runbooks.takeOver({ id: found.id, note })
    await printRun(run, client, context)
    return exitStatus.ok
  })
}

export async function acceptRun(
  id: string,
  confirm: string,
  note: string,
  context: CommandContext,
): Promise<ExitStatus> {
  return withDesk(context, async (client) => {
    const found = await findRun(id, client)
    await client.runbooks.accept({ id: found.id, confirm, note })
    return told(await followRun(found.id, client, context), client, context)
  })
}

export interface CloseFlags {
  /** Given up, for this reason. */
  readonly abandon?: string
  readonly note?: string
}

export async function closeRun(
  id: string,
  { abandon, note }: CloseFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  if (abandon !== undefined && note !== undefined) {
    throw new HoldfastError('usage', {
      what: 'A run that is given up has its reason, and no note.',
      unchanged: 'Nothing was closed.',
      next: 'Give one of --abandon and --note.',
    })
  }
  return withDesk(context, async (client) => {
    const found = await findRun(id, client)
    const run = await client.runbooks.close({
      id: found.id,
      outcome: abandon === undefined ? 'finished' : 'abandoned',
      reason: abandon ?? note ?? '',
    })
    return told(run, client, context)
  })
}

export async function reportRun(id: string, to: string, context: CommandContext): Promise<ExitStatus> {
  const { output } = context
  const as = to.endsWith('.json') ? 'json' : to.endsWith('.html') ? 'html' : null
  if (as === null) {
    throw new HoldfastError('usage', {
      what: `What ${to} shall hold cannot be told from its name.`,
      unchanged: 'Nothing was written.',
      next: 'Name a file that ends in .html or .json.',
    })
  }
  return withDesk(context, async (client) => {
    const { text } = await client.runbooks.report({ id: (await findRun(id, client)).id, as })
    await writeNamedFile(to, pieces(text), context)
    output.document({ to })
    output.line(`Wrote the report to ${to}`)
    return exitStatus.ok
  })
}

async function* pieces(text: string): AsyncGenerator<string> {
  yield text
}

export async function told(run: Run, client: Client, context: CommandContext): Promise<ExitStatus> {
  await printRun(run, client, context)
  return statusOfRun(run)
}

/** The run with this id, or the only one whose id begins so. */
export async function findRun(id: string, client: Client): Promise<RunSummary> {
  const matching = (await client.runbooks.list()).filter((run) => run.id.startsWith(id))
  const [only] = matching
  if (only !== undefined && (matching.length === 1 || only.id === id)) return only
  throw new HoldfastError(only === undefined ? 'runbook.notFound' : 'usage', {
    what:
      only === undefined
        ? `There is no run ${JSON.stringify(id)} here.`
        : `${JSON.stringify(id)} begins the ids of ${matching.length} runs.`,
    next: 'See "holdfast runbook list".',
  })
}

export function pairs(given: readonly string[], option: string): Record<string, string> {
  return Object.fromEntries(
    given.map((pair) => {
      const at = pair.indexOf('=')
      if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)]
      throw new HoldfastError('usage', {
        what: `${option} ${JSON.stringify(pair)} is not of the form name=value.`,
        unchanged: 'Nothing was begun.',
      })
    }),
  )
}

/** As the window takes it, so that a time copied from one to the other is the same moment. */
function pastMoment(text: string, nowMs: number): string {
  const { at, fault } = typedUtc(text, nowMs)
  if (at !== null) return at
  throw new HoldfastError('usage', {
    what: `--failed-at ${JSON.stringify(text)} is no moment of the past.`,
    ...(fault !== null && { why: fault }),
    unchanged: 'Nothing was begun.',
    next: 'Give another one; without that option it failed now.',
  })
}
