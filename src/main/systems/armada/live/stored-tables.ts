import { HoldfastError, isHoldfastError } from '../../../../shared/domain/error.ts'
import { quoted } from '../../../engine/archive/entry-name.ts'
import type { Session, SnapshotProgress } from '../../../ports/cluster-driver.ts'
import type { ObjectStore } from '../../../ports/object-store.ts'
import type { TableFacts } from '../facts.ts'
import { writeTable, type WrittenTable } from '../writer.ts'

/** A folder that nobody has yet: when it was begun, and eight digits of chance. */
export function newFolder({ clock, random }: Pick<Session, 'clock' | 'random'>): string {
  const time = new Date(clock.now()).toISOString().slice(0, 19).replace(/[-:]/g, '')
  return `${time}Z-${Buffer.from(random.bytes(4)).toString('hex')}`
}

export interface TablesToStore {
  readonly backupId: string
  readonly tables: readonly string[]
  readonly pieces: (table: string) => AsyncIterable<Uint8Array>
  /** Throws where what arrived is not what was announced. */
  readonly judge?: (table: WrittenTable) => void
  /** As it was announced; left out: as the files tell. */
  readonly version?: 1 | 2
}

/**
 * Stores the files of the tables one after the other, each read as what it shall be while it passes. All of them are whole, or it throws
 * and takes away what it has written: a folder without a manifest is no backup.
 */
export async function storeTables(
  { backupId, tables, pieces, judge, version: announced }: TablesToStore,
  store: ObjectStore,
  { signal, byteWork: openByteWork }: Pick<Session, 'signal' | 'byteWork'>,
  report: SnapshotProgress,
): Promise<{ readonly written: readonly WrittenTable[]; readonly version: 1 | 2 }> {
  const written: WrittenTable[] = []
  const byteWork = await openByteWork()
  let doneBytes = 0
  async function* counted(table: string): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of pieces(table)) {
      doneBytes += piece.byteLength
      yield piece
      report.progress(doneBytes, null)
    }
  }
  try {
    for (const table of tables) {
      try {
        const one = await writeTable(
          backupId,
          { table, pieces: () => counted(table) },
          { store, byteWork },
          signal,
        )
        written.push(one)
        demandWhole(one)
        judge?.(one)
      } catch (error) {
        throw notStored(error, table)
      }
    }
    const version = versionOf(written)
    if (announced !== undefined && announced !== version && written.length > 0) throw otherVersion(announced)
    return { written, version: announced ?? version }
  } catch (error) {
    const keys = written.map(({ fileName }) => `${backupId}/${fileName}`)
    await takeAway(keys, store, report)
    throw error
  }
}

function demandWhole({ table, sizeBytes, facts }: WrittenTable): void {
  const flaw = flawOf(table, sizeBytes, facts)
  if (flaw === null) return
  throw new HoldfastError('master.badAnswer', {
    what: flaw,
    why: 'The server sent it so, or it was changed on the way.',
    next: 'Take the backup again; if it stays so, look at the log of that server.',
  })
}

function flawOf(table: string, sizeBytes: number, { problems, tables, records }: TableFacts): string | null {
  const [problem] = problems
  if (problem !== undefined) return problem.message
  // The file of an empty table has no byte at all, or the record that ends it (source: snapshot.go).
  if (records === 0 && sizeBytes > 0) return 'What arrived begins like a table’s file, and holds no record.'
  const other = tables.find(({ name }) => name !== table)
  if (other === undefined) return null
  return `What arrived holds records of ${other.name === null ? 'another table' : `the table ${quoted(other.name)}`}.`
}

/** 2 where every file has its end record. Throws where only some have: those without were cut. */
function versionOf(tables: readonly WrittenTable[]): 1 | 2 {
  const ended = tables.filter(({ facts }) => facts.endLeaderIndex !== null)
  if (ended.length === 0) return 1
  if (ended.length === tables.length) return 2
  const cut = tables.find(({ facts }) => facts.endLeaderIndex === null)
  throw new HoldfastError('master.badAnswer', {
    what: `The file of the table ${quoted(cut?.table ?? '')} has no record that ends it, and others have.`,
    why: 'It was cut, or the servers are of different versions.',
    unchanged: 'No backup was made: the folder has no manifest.',
    next: 'Take the backup again; if it stays so, look at the versions of the servers.',
  })
}

function otherVersion(announced: 1 | 2): HoldfastError {
  return new HoldfastError('master.badAnswer', {
    what: `The manifest announces files ${announced === 2 ? 'with' : 'without'} a record that ends them, and the files are otherwise.`,
    why: 'They were cut, or made by programs of different versions.',
    unchanged: 'No backup was made, and nothing was changed in the cluster.',
    next: 'Take the backup again.',
  })
}

/** Only files of a folder that this very call has made. */
async function takeAway(
  keys: readonly string[],
  store: ObjectStore,
  report: SnapshotProgress,
): Promise<void> {
  for (const key of keys) {
    await store.delete(key).catch((error: unknown) => {
      if (!isHoldfastError(error)) throw error
      report.log('warning', `${key} was left behind, and belongs to no backup: ${error.text.what}`)
    })
  }
}

function notStored(error: unknown, table: string): unknown {
  if (!isHoldfastError(error) || error.code === 'cancelled') return error
  const { what, why, next } = error.text
  // Nothing was to be changed in the cluster, so nothing about it is unknown.
  const isCut = error.code === 'master.outcomeUnknown'
  return new HoldfastError(
    isCut ? 'master.unreachable' : error.code,
    {
      what: `The table ${quoted(table)} was not backed up. ${isCut ? 'The stream was cut before its end.' : what}`,
      ...(!isCut && why !== undefined && { why }),
      unchanged: 'No backup was made, and nothing was changed in the cluster.',
      next: isCut ? 'Look whether the server is well, then take the backup again.' : (next ?? 'Try again.'),
    },
    { cause: error },
  )
}
