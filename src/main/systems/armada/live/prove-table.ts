import { HoldfastError } from '../../../../shared/domain/error.ts'
import type { SnapshotProgress } from '../../../ports/cluster-driver.ts'
import type { ObjectStore } from '../../../ports/object-store.ts'
import type { RestoreSource } from '../restore-sources.ts'
import { compareTable, type TableCompared } from './compare-table.ts'
import { putBackMissing, type PutBack } from './put-back.ts'
import type { RestoreServer } from './restore-server.ts'

export interface TableProved {
  /** Equal to its file: else it throws. */
  readonly compared: TableCompared
  /** Null where nothing was missing. */
  readonly putBack: PutBack | null
}

/**
 * Holds a restored table against its file, puts back what it lacks, and looks again. Throws `restore.failed` where it is not its file then:
 * no key is lost in silence. May be called as often as one likes.
 */
export async function proveTable(
  { server: { link }, batchBytes }: Pick<RestoreServer, 'server' | 'batchBytes'>,
  source: RestoreSource,
  store: ObjectStore,
  report: Pick<SnapshotProgress, 'log'>,
  { everyValue = false }: { readonly everyValue?: boolean } = {},
): Promise<TableProved> {
  const options = { batchBytes, everyValue }
  const first = await compareTable(link, source, store, options)
  if (first.isEqual) return { compared: first, putBack: null }
  // Another value is not a loss: somebody wrote it.
  if (first.differing > 0) throw notAsItsFile(first)
  report.log('warning', first.sentence)
  const putBack = await putBackMissing(link, source, store)
  const compared = await compareTable(link, source, store, options)
  if (compared.isEqual) return { compared, putBack }
  throw notAsItsFile(compared)
}

function notAsItsFile({ sentence, tableKeys, fileKeys, differing }: TableCompared): HoldfastError {
  return new HoldfastError('restore.failed', {
    what: sentence,
    why:
      tableKeys > fileKeys || differing > 0
        ? 'A client writes to the table already.'
        : 'The server loses what it is given, or a client deletes from the table.',
    next: 'Stop every client of the table and restore it again, or roll back.',
  })
}
