import type { Session } from '../../../ports/cluster-driver.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import type { KindlingConnection } from '../live/connection.ts'

/** Where the backup tool runs. */
export async function firstHost(
  session: Pick<Session, 'host'>,
  { hosts, ssh }: Pick<KindlingConnection, 'hosts' | 'ssh'>,
): Promise<RemoteHost> {
  const [address] = hosts
  if (address === undefined) throw new Error('a connection without a host')
  return session.host(address, ssh)
}
