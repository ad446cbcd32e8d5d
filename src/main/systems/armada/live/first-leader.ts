import { HoldfastError, isHoldfastError } from '../../../../shared/domain/error.ts'
import type { Session, SnapshotProgress } from '../../../ports/cluster-driver.ts'
import type { ArmadaConnection } from './connection.ts'
import { openServer, type ArmadaServer, type ServerStatus } from './server.ts'

/** The first server that answers and belongs to a leader cluster. Throws what the last one that does not said. */
export async function firstLeader(
  session: Session,
  config: Pick<ArmadaConnection, 'servers' | 'tls' | 'maintenanceToken' | 'tablesToken'>,
  report: Pick<SnapshotProgress, 'log'>,
  /** What a server of another role does not do. */
  doesNot: 'makes no backups' | 'takes no restore',
): Promise<{ readonly server: ArmadaServer; readonly status: ServerStatus }> {
  let failure: HoldfastError | null = null
  for (const origin of config.servers) {
    try {
      const server = await openServer(origin, session, config)
      const status = await server.status()
      const role = await server.role()
      if (role === 'leader') return { server, status }
      throw notLeader(server, role, doesNot)
    } catch (error) {
      if (!isHoldfastError(error) || error.code === 'cancelled') throw error
      failure = error
      report.log('warning', error.text.what)
    }
  }
  throw failure ?? new Error('a connection without a server')
}

function notLeader({ name }: ArmadaServer, role: 'follower' | 'off', doesNot: string): HoldfastError {
  return new HoldfastError(role === 'follower' ? 'master.notLeader' : 'master.notOffered', {
    what: `${name} ${doesNot}: ${role === 'follower' ? 'it is a follower' : 'its maintenance is switched off'}.`,
    unchanged: 'Nothing was written, and nothing was changed.',
    next:
      role === 'follower'
        ? 'Give the connection a server of the leader cluster.'
        : 'Start it with --maintenance.enabled=true and a token.',
  })
}
