import { HoldfastError } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import type { Session } from '../../../ports/cluster-driver.ts'
import type { CommandEnd, CommandOutput, HostCommand, RemoteHost } from '../../../ports/remote-host.ts'
import type { ChangoConnection } from './connection.ts'

export const usualHostDeadlineMs = 20_000

/** A host of a master, whose commands run as the user that owns the stores. */
export interface MasterHost {
  readonly name: string
  run(argv: HostCommand['argv'], signal?: AbortSignal, more?: Partial<HostCommand>): Promise<CommandOutput>
  start: RemoteHost['start']
  /** What a command needs to run as that user. */
  readonly as: { readonly asUser?: string }
}

export async function openMasterHost(
  address: string,
  session: Session,
  { ssh, runAs }: ChangoConnection,
): Promise<MasterHost> {
  const host = await session.host(address, ssh)
  const as = address.startsWith(`${runAs}@`) ? {} : { asUser: runAs }
  return {
    name: host.name,
    as,
    run: async (argv, signal, more) =>
      host.run({ argv, ...as, deadlineMs: usualHostDeadlineMs, ...more }, signal),
    start: async (command, signal) => host.start({ ...as, ...command }, signal),
  }
}

/** What a program said, in one line; shown, never believed. */
export function saidBy({ stderr }: Pick<CommandEnd, 'stderr'>): string {
  const line = printable(stderr.trim().replace(/\s+/g, ' '))
  return line.length > 300 ? `${line.slice(0, 300)}…` : line
}

export function hostFailed(
  what: string,
  end: Pick<CommandEnd, 'stderr'> | null,
  text: { readonly unchanged: string; readonly next: string },
): HoldfastError {
  const said = end === null ? '' : saidBy(end)
  return new HoldfastError('host.commandFailed', {
    what,
    ...(said !== '' && { why: `It says: ${said}` }),
    ...text,
  })
}
