import type { Severity } from '../../../../shared/domain/runbook-events.ts'
import { HoldfastError } from '../../../../shared/domain/error.ts'
import type { Session } from '../../../ports/cluster-driver.ts'
import type { HostCommand, RemoteHost } from '../../../ports/remote-host.ts'
import type { KindlingConnection } from '../live/connection.ts'
import { asUser, commandFailed } from '../live/on-host.ts'

/** Where a database of kindling is restored: the hosts of its connection, the first one with PostgreSQL and pgBackRest. */
export interface Site {
  readonly session: Session
  readonly config: KindlingConnection
  /** One line of what was seen while it goes on. */
  readonly line: (severity: Severity, sentence: string) => void
}

/** The first host. */
export async function databaseHost({ session, config }: Site): Promise<RemoteHost> {
  const [address] = config.hosts
  if (address === undefined) throw new Error('a connection without a host')
  return session.host(address, config.ssh)
}

/** As whom PostgreSQL's files and pgBackRest are touched. */
export function toolUser({ config: { toolUser: user } }: Pick<Site, 'config'>): string {
  return user === '' ? 'postgres' : user
}

/** Throws `connection.invalid` where the connection does not say where the database lies, or has another tool. */
export function dataFolder({ config }: Pick<Site, 'config'>): string {
  const missing =
    config.tool !== 'pgbackrest'
      ? 'tool: only pgBackRest is run here for a restore; Barman restores by its own command.'
      : config.dataFolder === '' || /^\/+$/.test(config.dataFolder)
        ? 'dataFolder: It is needed to restore the database.'
        : null
  if (missing === null) return config.dataFolder.replace(/\/+$/, '')
  throw new HoldfastError('connection.invalid', {
    what: 'The connection does not say all that a restore of the database needs.',
    why: missing,
    unchanged: 'Nothing was changed.',
    next: 'Complete the connection of this cluster.',
  })
}

/**
 * How psql reaches a server that listens on its socket alone: the connection without the address of a network. A password is in
 * none of it.
 */
export function closedConnection({ config: { postgres } }: Pick<Site, 'config'>): string {
  const asUrl = /^postgres(?:ql)?:\/\/(?:([^@/]*)@)?[^/?]*(?:\/([^?]*))?/.exec(postgres)
  if (asUrl !== null) {
    const [, user = '', database = ''] = asUrl
    return [
      ...(user === '' ? [] : [`user=${user}`]),
      ...(database === '' ? [] : [`dbname=${database}`]),
    ].join(' ')
  }
  return postgres
    .split(/\s+/)
    .filter((part) => !/^(?:hostaddr=|host=(?!\/))/.test(part))
    .join(' ')
}

/** A script of sh with its arguments, as the user of the database's files; anything but 0 throws. */
export async function scriptOn(
  site: Site,
  host: RemoteHost,
  what: string,
  script: string,
  args: readonly string[],
  {
    deadlineMs = 60_000,
    next = 'Look at that host.',
  }: { readonly deadlineMs?: number; readonly next?: string } = {},
): Promise<string> {
  const output = await host.run(
    { argv: ['/bin/sh', '-c', script, 'sh', ...args], ...asUser(host.name, toolUser(site)), deadlineMs },
    site.session.signal,
  )
  if (output.code === 0) return output.stdout
  throw commandFailed(host, what, output, { next })
}

/** Units are root's. */
export async function asRoot(
  site: Site,
  host: RemoteHost,
  argv: HostCommand['argv'],
  deadlineMs: number,
): Promise<void> {
  const output = await host.run({ argv, ...asUser(host.name, 'root'), deadlineMs }, site.session.signal)
  if (output.code === 0) return
  throw commandFailed(host, argv.join(' '), output, { next: 'Look at the journal of that unit.' })
}
