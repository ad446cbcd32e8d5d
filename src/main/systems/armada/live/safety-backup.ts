import { HoldfastError } from '../../../../shared/domain/error.ts'
import { quotedSome } from './probes.ts'
import type { Session, SnapshotProgress } from '../../../ports/cluster-driver.ts'
import { readRestoreSources, type RestoreSource } from '../restore-sources.ts'
import { streamTables } from './direct.ts'
import type { RestoreServer } from './restore-server.ts'
import { usualLimits, type StreamLimits } from './server.ts'
import { newFolder } from './stored-tables.ts'

/** The tables as they were before a restore, read back from the repository: what a roll-back restores. */
export interface SafetyBackup {
  /** Null where none of the tables was there. */
  readonly backupId: string | null
  readonly tables: readonly RestoreSource[]
  /** Tables that did not exist: a roll-back leaves what the restore made of them. */
  readonly notThere: readonly string[]
}

/**
 * Backs up the tables that a restore will replace into a folder of the repository whose name says so, and reads it back. Throws before
 * anything was changed where a table is in error, as its old state could not be kept.
 */
export async function saveTables(
  target: RestoreServer,
  tables: readonly string[],
  session: Session,
  report: SnapshotProgress,
  limits: StreamLimits = usualLimits,
): Promise<SafetyBackup> {
  const { server } = target
  const { version, errors, tables: served } = await server.status()
  if (errors.length > 0) throw notSaved(server.name, errors)
  const there = tables.filter((table) => served.includes(table))
  const notThere = tables.filter((table) => !served.includes(table))
  if (there.length === 0) return { backupId: null, tables: [], notThere }
  const { backupId } = await streamTables(
    { server, status: { version, errors }, tables: there, backupId: `${newFolder(session)}-before-restore` },
    session,
    report,
    limits,
  )
  const store = await session.repository('read')
  const { tables: kept } = await readRestoreSources(store, backupId, { signal: session.signal })
  return { backupId, tables: kept, notThere }
}

function notSaved(name: string, errors: readonly string[]): HoldfastError {
  return new HoldfastError('master.notReady', {
    what: `Not every table of ${name} can be saved before the restore: ${quotedSome(errors)}.`,
    why: 'Tables in error are left out of a backup without a word.',
    unchanged: 'No table was changed.',
    next: 'Look at the log of that server, and begin again when no table is in error.',
  })
}
