import { HoldfastError, isHoldfastError } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import type { Session, SnapshotOutcome, SnapshotProgress } from '../../../ports/cluster-driver.ts'
import { completeBackup } from '../writer.ts'
import type { ArmadaConnection } from './connection.ts'
import { missingOf, quotedSome, tablesAnswer } from './probes.ts'
import { openServer, usualLimits, type ArmadaServer, type ServerStatus, type StreamLimits } from './server.ts'
import { newFolder, storeTables } from './stored-tables.ts'

/** All tables of the cluster over gRPC into a fresh folder of the repository; its manifest comes last. */
export async function backUpDirect(
  session: Session,
  config: ArmadaConnection,
  report: SnapshotProgress,
  limits: StreamLimits = usualLimits,
): Promise<SnapshotOutcome> {
  const { server, status } = await chosenServer(session, config, report)
  await demandAllTables(server, status, report)
  const { version: serverVersion, tables, errors: statusErrors } = status
  if (tables.length === 0) report.log('warning', 'The cluster has no table: the backup will be empty.')
  const store = await session.repository('write')
  const backupId = newFolder(session)
  const startedAt = new Date(session.clock.now()).toISOString()
  const { written, version } = await storeTables(
    {
      backupId,
      tables,
      pieces(table) {
        report.log('info', `Streaming the table ${quotedSome([table])} from ${server.name}.`)
        return server.backup(table, limits)
      },
    },
    store,
    session,
    report,
  )
  const finishedAt = new Date(session.clock.now()).toISOString()
  await completeBackup(
    { backupId, startedAt, finishedAt, version, serverVersion, statusErrors, tables: written },
    { store },
    session.signal,
  )
  const sum = (of: (one: (typeof written)[number]) => number): string =>
    String(written.reduce((total, one) => total + of(one), 0))
  return {
    kind: 'made',
    backupId,
    hash: null,
    facts: [
      { name: 'server', value: server.name },
      { name: 'server version', value: printable(serverVersion ?? 'not told') },
      { name: 'tables', value: String(written.length) },
      { name: 'keys', value: sum(({ facts }) => facts.keys) },
      { name: 'bytes', value: sum(({ sizeBytes }) => sizeBytes) },
    ],
  }
}

/** The first server that answers and belongs to a leader cluster. Throws what the last one that does not said. */
async function chosenServer(
  session: Session,
  config: ArmadaConnection,
  report: SnapshotProgress,
): Promise<{ readonly server: ArmadaServer; readonly status: ServerStatus }> {
  let failure: HoldfastError | null = null
  for (const origin of config.servers) {
    try {
      const server = await openServer(origin, session, config)
      const status = await server.status()
      const role = await server.role()
      if (role === 'leader') return { server, status }
      throw noBackups(server, role)
    } catch (error) {
      if (!isHoldfastError(error) || error.code === 'cancelled') throw error
      failure = error
      report.log('warning', error.text.what)
    }
  }
  throw failure ?? new Error('a connection without a server')
}

function noBackups({ name }: ArmadaServer, role: 'follower' | 'off'): HoldfastError {
  return new HoldfastError(role === 'follower' ? 'master.notLeader' : 'master.notOffered', {
    what: `${name} makes no backups: ${role === 'follower' ? 'it is a follower' : 'its maintenance is switched off'}.`,
    unchanged: 'Nothing was written, and nothing was changed.',
    next:
      role === 'follower'
        ? 'Give the connection a server of the leader cluster.'
        : 'Start it with --maintenance.enabled=true and a token.',
  })
}

/** Before anything is written: a table that the status leaves out would be missing in silence. */
async function demandAllTables(
  server: ArmadaServer,
  status: ServerStatus,
  report: SnapshotProgress,
): Promise<void> {
  if (status.errors.length > 0) throw incomplete(server, tablesAnswer(status).answer)
  let listed: readonly string[]
  try {
    listed = await server.tables()
  } catch (error) {
    if (!isHoldfastError(error) || error.code === 'cancelled') throw error
    report.log('warning', `Whether a table is left out is not known: ${error.text.what}`)
    return
  }
  const missing = missingOf(listed, status.tables)
  if (missing.length > 0) throw incomplete(server, `Its status leaves out ${quotedSome(missing)}.`)
}

function incomplete({ name }: ArmadaServer, why: string): HoldfastError {
  return new HoldfastError('master.notReady', {
    what: `A backup from ${name} would lack tables.`,
    why,
    unchanged: 'Nothing was written, and nothing was changed.',
    next: 'Look at the log of that server, and take the backup when all tables are well.',
  })
}
