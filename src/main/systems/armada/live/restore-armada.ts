import { HoldfastError, isHoldfastError } from '../../../../shared/domain/error.ts'
import type { Session, SnapshotProgress } from '../../../ports/cluster-driver.ts'
import { readRestoreSources, type RestoreSources } from '../restore-sources.ts'
import type { TableCompared } from './compare-table.ts'
import type { ArmadaConnection } from './connection.ts'
import { shardOf } from './key-values.ts'
import { quotedSome } from './probes.ts'
import { proveTable } from './prove-table.ts'
import type { PutBack } from './put-back.ts'
import { demandKnownFormat, findRestoreServer, type RestoreServer } from './restore-server.ts'
import { restoreTable, usualRestoreLimits, type RestoreLimits, type TableRestored } from './restore-table.ts'
import { saveTables, type SafetyBackup } from './safety-backup.ts'

/** What has been done, as it is done; each with what a journal needs to go on from there. */
export type RestoreStage =
  /** Every file was read to its end. Nothing was sent. */
  | { readonly kind: 'verified'; readonly sources: RestoreSources }
  | { readonly kind: 'server'; readonly target: RestoreServer }
  | { readonly kind: 'saved'; readonly safety: SafetyBackup }
  /** The next thing that happens is that the table is sent. */
  | {
      readonly kind: 'sending'
      readonly table: string
      readonly place: number
      readonly of: number
      readonly shardBefore: string | null
    }
  | { readonly kind: 'restored'; readonly restored: TableRestored }
  | { readonly kind: 'putBack'; readonly putBack: PutBack }
  /** Equal to its file: else it throws. */
  | { readonly kind: 'compared'; readonly compared: TableCompared }

export interface RestoreChoice {
  readonly backupId: string
  /** Left out: all of the backup. */
  readonly tables?: readonly string[]
  /** Compares every value afterwards, which reads every table once. */
  readonly everyValue?: boolean
  readonly limits?: RestoreLimits
}

/**
 * Restores tables of a backup into the cluster: every file verified before the first byte is sent, the tables that are there saved and read
 * back, then one table after the other replaced, counted, compared, and what the server lost put back. Throws at the first table that is not
 * its file afterwards; what is thrown says which tables are new and which are as they were.
 */
export async function* restoreArmada(
  session: Session,
  config: ArmadaConnection,
  { backupId, tables, everyValue = false, limits = usualRestoreLimits }: RestoreChoice,
  report: SnapshotProgress,
): AsyncGenerator<RestoreStage, void, undefined> {
  const store = await session.repository('read')
  const sources = await readRestoreSources(store, backupId, {
    ...(tables !== undefined && { tables }),
    signal: session.signal,
    progress: (done, total) => report.progress(done, total),
  })
  yield { kind: 'verified', sources }
  const target = await findRestoreServer(session, config, report)
  demandKnownFormat(target, sources.version)
  yield { kind: 'server', target }
  const names = sources.tables.map(({ table }) => table)
  const safety = await saveTables(target, names, session, report)
  yield { kind: 'saved', safety }
  const { link } = target.server
  const isNew: string[] = []
  for (const [index, source] of sources.tables.entries()) {
    const { table } = source
    const told = { isNew, table, rest: names.slice(index + 1), safety }
    const shardBefore = await during(told, 'as it was', async () => shardOf(link, table))
    yield { kind: 'sending', table, place: index + 1, of: names.length, shardBefore }
    report.log('info', `Sending the table ${quotedSome([table])} to ${target.server.name}.`)
    const restored = await during(told, 'as the text says', async () =>
      restoreTable(target, source, store, { limits, progress: (sent) => report.progress(sent, null) }),
    )
    yield { kind: 'restored', restored }
    const proved = await during(told, 'new', async () =>
      proveTable(target, source, store, report, { everyValue }),
    )
    if (proved.putBack !== null) yield { kind: 'putBack', putBack: proved.putBack }
    isNew.push(table)
    yield { kind: 'compared', compared: proved.compared }
  }
}

interface Told {
  readonly isNew: readonly string[]
  readonly table: string
  readonly rest: readonly string[]
  readonly safety: SafetyBackup
}

/** How the table that was being worked on is left. */
type Left = 'as it was' | 'as the text says' | 'new'

async function during<T>(told: Told, left: Left, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw isHoldfastError(error) ? withState(error, told, left) : error
  }
}

function withState(error: HoldfastError, { isNew, table, rest, safety }: Told, left: Left): HoldfastError {
  const asTheyWere = left === 'as it was' ? [table, ...rest] : rest
  const state = [
    ...(left === 'as the text says' && error.text.unchanged !== undefined ? [error.text.unchanged] : []),
    ...(left === 'new' ? [`${quotedSome([table])} was replaced, and is not proved.`] : []),
    ...(isNew.length === 0 ? [] : [`Replaced and proved: ${all(isNew)}.`]),
    ...(asTheyWere.length === 0 ? [] : [`As before: ${all(asTheyWere)}.`]),
    ...(safety.backupId === null ? [] : [`What was replaced lies in ${safety.backupId}.`]),
  ]
  return new HoldfastError(
    error.code,
    { ...error.text, ...(state.length > 0 && { unchanged: state.join(' ') }) },
    { cause: error },
  )
}

function all(names: readonly string[]): string {
  return names.map((name) => quotedSome([name])).join(', ')
}
