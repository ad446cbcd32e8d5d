import type { Severity } from '../../../../shared/domain/runbook-events.ts'
import { HoldfastError } from '../../../../shared/domain/error.ts'
import type { Session } from '../../../ports/cluster-driver.ts'
import type { HostCommand, RemoteHost } from '../../../ports/remote-host.ts'
import type { KindlingConnection } from '../live/connection.ts'
import { asUser, commandFailed } from '../live/on-host.ts'

/** Where a database of kindling is restored: the hosts of its connection, and the one with PostgreSQL. */
export interface Site {
  readonly session: Session
  readonly config: KindlingConnection
  /** One line of what was seen while it goes on. */
  readonly line: (severity: Severity, sentence: string) => void
}

/** The first host: the backup tool runs there. */
export async function toolHost({ session, config }: Site): Promise<RemoteHost> {
  const [address] = config.hosts
  if (address === undefined) throw new Error('a connection without a host')
  return session.host(address, config.ssh)
}

export async function databaseHost({ session, config }: Site): Promise<RemoteHost> {
  return session.host(databaseAddress(config), config.ssh)
}

export function databaseAddress({
  hosts,
  databaseHost: own,
}: Pick<KindlingConnection, 'hosts' | 'databaseHost'>): string {
  const address = own === '' ? hosts[0] : own
  if (address === undefined) throw new Error('a connection without a host')
  return address
}

/** As whom PostgreSQL's files are touched. Barman has a user of its own, which owns none of them. */
export function databaseUser({
  config: { tool, toolUser },
}: {
  readonly config: Pick<KindlingConnection, 'tool' | 'toolUser'>
}): string {
  return tool === 'barman' || toolUser === '' ? 'postgres' : toolUser
}

/** Throws `connection.invalid` where the connection does not say what a restore of the database needs. */
export function dataFolder({ config }: Pick<Site, 'config'>): string {
  const missing =
    config.tool === 'barman' && config.databaseSsh === ''
      ? 'databaseSsh: Barman writes into the data folder as the user that owns it, through SSH.'
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
 * none of it. Where Barman has a role of its own, the socket knows the owner of the files instead.
 */
export function closedConnection({ config: { postgres, tool } }: Pick<Site, 'config'>): string {
  const keepsUser = tool !== 'barman'
  const asUrl = /^postgres(?:ql)?:\/\/(?:([^@/]*)@)?[^/?]*(?:\/([^?]*))?/.exec(postgres)
  if (asUrl !== null) {
    const [, user = '', database = ''] = asUrl
    return [
      ...(user === '' || !keepsUser ? [] : [`user=${user}`]),
      ...(database === '' ? [] : [`dbname=${database}`]),
    ].join(' ')
  }
  return postgres
    .split(/\s+/)
    .filter((part) => !/^(?:hostaddr=|host=(?!\/))/.test(part) && (keepsUser || !part.startsWith('user=')))
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
    { argv: ['/bin/sh', '-c', script, 'sh', ...args], ...asUser(host.name, databaseUser(site)), deadlineMs },
    site.session.signal,
  )
  if (output.code === 0) return output.stdout
  throw commandFailed(host, what, output, { next })
}

/** Whether a condition of sh holds there; `$1` is the data folder. */
export async function tells(site: Site, host: RemoteHost, condition: string): Promise<boolean> {
  const script = `if ${condition}; then echo yes; else echo no; fi`
  const text = await scriptOn(site, host, 'Looking at the data folder', script, [dataFolder(site)])
  return text.trim().split('\n').at(-1) === 'yes'
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
