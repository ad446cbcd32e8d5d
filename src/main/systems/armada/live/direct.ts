import { HoldfastError, isHoldfastError } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import type { Session, SnapshotOutcome, SnapshotProgress } from '../../../ports/cluster-driver.ts'
import { completeBackup, type WrittenTable } from '../writer.ts'
import type { ArmadaConnection } from './connection.ts'
import { firstLeader } from './first-leader.ts'
import { missingOf, quotedSome, tablesAnswer } from './probes.ts'
import {
  usualLimits,
  type ArmadaServer,
  type ListedTable,
  type ServerStatus,
  type StreamLimits,
} from './server.ts'
import { newFolder, storeTables } from './stored-tables.ts'

/** All tables of the cluster over gRPC into a fresh folder of the repository; its manifest comes last. */
export async function backUpDirect(
  session: Session,
  config: ArmadaConnection,
  report: SnapshotProgress,
  limits: StreamLimits = usualLimits,
): Promise<SnapshotOutcome> {
  const { server, status } = await firstLeader(session, config, report, 'makes no backups')
  await demandAllTables(server, status, report)
  const { tables } = status
  if (tables.length === 0) report.log('warning', 'The cluster has no table: the backup will be empty.')
  const { backupId, written } = await streamTables(
    { server, status, tables, backupId: newFolder(session) },
    session,
    report,
    limits,
  )
  const sum = (of: (one: WrittenTable) => number): string =>
    String(written.reduce((total, one) => total + of(one), 0))
  return {
    kind: 'made',
    backupId,
    hash: null,
    facts: [
      { name: 'server', value: server.name },
      { name: 'server version', value: printable(status.version ?? 'not told') },
      { name: 'tables', value: String(written.length) },
      { name: 'keys', value: sum(({ facts }) => facts.keys) },
      { name: 'bytes', value: sum(({ sizeBytes }) => sizeBytes) },
    ],
  }
}

/** The tables one after the other into a folder that nobody has yet; they are a backup once all of them are whole. */
export async function streamTables(
  what: {
    readonly server: ArmadaServer
    readonly status: Pick<ServerStatus, 'version' | 'errors'>
    readonly tables: readonly string[]
    readonly backupId: string
    /** Left out: as the server's own backup has it. */
    readonly pieces?: (table: string) => AsyncIterable<Uint8Array>
  },
  session: Session,
  report: SnapshotProgress,
  limits: StreamLimits,
): Promise<{ readonly backupId: string; readonly written: readonly WrittenTable[] }> {
  const { server, status, tables, backupId, pieces = (table) => server.backup(table, limits) } = what
  const store = await session.repository('write')
  const startedAt = new Date(session.clock.now()).toISOString()
  const { written, version } = await storeTables(
    {
      backupId,
      tables,
      pieces(table) {
        report.log('info', `Streaming the table ${quotedSome([table])} from ${server.name}.`)
        return pieces(table)
      },
    },
    store,
    session,
    report,
  )
  const finishedAt = new Date(session.clock.now()).toISOString()
  const { version: serverVersion, errors: statusErrors } = status
  await completeBackup(
    { backupId, startedAt, finishedAt, version, serverVersion, statusErrors, tables: written },
    { store },
    session.signal,
  )
  return { backupId, written }
}

/** Before anything is written: a table that the status leaves out would be missing in silence. */
async function demandAllTables(
  server: ArmadaServer,
  status: ServerStatus,
  report: SnapshotProgress,
): Promise<void> {
  if (status.errors.length > 0) throw incomplete(server, tablesAnswer(status).answer)
  let listed: readonly ListedTable[]
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
