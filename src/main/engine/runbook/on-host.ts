import { HoldfastError } from '../../../shared/domain/error.ts'
import { printable } from '../../../shared/domain/printable.ts'
import type { SshValues } from '../../../shared/contract/connection-fields.ts'
import type { CommandOutput, HostCommand } from '../../ports/remote-host.ts'
import type { Outcome, StepContext } from '../../ports/runbook.ts'

/** A host of the cluster and how it is logged in to. */
export interface HostAccess {
  readonly address: string
  readonly ssh: SshValues
}

/** Runs one command on one host. Whatever status it ends with is an answer; what cannot be reached throws. */
export async function runOn(
  { address, ssh }: HostAccess,
  command: HostCommand,
  { session }: Pick<StepContext, 'session'>,
): Promise<CommandOutput> {
  const host = await session.host(address, ssh)
  return host.run(command, session.signal)
}

/** As `runOn`; a status that is not expected throws `host.commandFailed` with what the program said. */
export async function mustRunOn(
  access: HostAccess,
  command: HostCommand,
  context: Pick<StepContext, 'session'>,
  expected: readonly number[] = [0],
): Promise<CommandOutput> {
  const output = await runOn(access, command, context)
  if (output.code !== null && expected.includes(output.code)) return output
  const end = output.code === null ? `signal ${output.signal ?? 'unknown'}` : `exit status ${output.code}`
  const said = saidBy(output)
  throw new HoldfastError('host.commandFailed', {
    what: `${command.argv[0]} on ${access.address} ended with ${end}.`,
    ...(said !== '' && { why: `It says: ${said}` }),
    next: 'Look at that host.',
  })
}

/** For a script that says that something is missing; no status that a shell or a program ends with by itself. */
export const notThere = 44

/** What a program said of itself, in one line; shown, never believed. */
export function saidBy({ stderr }: Pick<CommandOutput, 'stderr'>): string {
  const line = printable(stderr.trim().replace(/\s+/g, ' '))
  return line.length > 400 ? `${line.slice(0, 400)}…` : line
}

/** The same for each host, one after another, as one outcome: the worst of them, with a line each. */
export async function onEachHost(
  hosts: readonly HostAccess[],
  context: StepContext,
  work: (host: HostAccess) => Promise<Outcome>,
): Promise<Outcome> {
  const outcomes: Outcome[] = []
  for (const host of hosts) {
    const outcome = await work(host)
    context.line(outcome.state === 'done' ? 'info' : 'error', outcome.sentence)
    outcomes.push(outcome)
  }
  const worst = (['failed', 'unknown', 'notYet', 'done'] as const).find((state) =>
    outcomes.some((outcome) => outcome.state === state),
  )
  const told = outcomes.filter(({ state }) => state === worst)
  const next = told.find((outcome) => outcome.next !== undefined)?.next
  return {
    state: worst ?? 'done',
    sentence: told.map(({ sentence }) => sentence).join(' '),
    evidence: outcomes.flatMap(({ evidence }) => evidence),
    learnt: Object.assign({}, ...outcomes.map(({ learnt }) => learnt ?? {})),
    ...(next !== undefined && { next }),
  }
}
