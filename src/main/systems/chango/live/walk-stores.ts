import { HoldfastError } from '../../../../shared/domain/error.ts'
import { quoted, readEntryName } from '../../../engine/archive/entry-name.ts'
import { nameRegister } from '../../../engine/archive/name-register.ts'
import { byteReader } from '../../../engine/archive/byte-reader.ts'
import { storeParts } from '../facts.ts'
import type { Stores } from './find-stores.ts'
import { hostFailed, type MasterHost } from './on-host.ts'

/** One file or folder of a store, as it lies on the host. */
export interface StoreEntry {
  /** In the archive: below the data folder, as a restore of the older dialect unpacks it. */
  readonly name: string
  /** On the host. */
  readonly path: string
  readonly kind: 'file' | 'folder'
  readonly sizeBytes: number
  /** As `find` prints it; compared, never computed with. */
  readonly modified: string
}

const walkDeadlineMs = 2 * 60_000
const readDeadlineMs = 6 * 60 * 60_000
/** Of one command's arguments: a host takes 128 KiB. */
const mostPathBytes = 64 * 1024
const mostFilesAtOnce = 200

/**
 * Everything in the three stores and in the patches. Names come from a host and are believed in nothing: what is no regular file
 * and no folder, or has a name that an archive must not hold, is refused whole.
 */
export async function walkStores(
  host: MasterHost,
  { folder, patches }: Stores,
  signal: AbortSignal,
): Promise<readonly StoreEntry[]> {
  const roots = new Map(storeParts.map((part) => [`${folder}/${part}`, part as string]))
  if (patches !== null) roots.set(patches, 'data/master/patches')
  const { code, stdout, stderr } = await host.run(
    ['find', '-P', ...roots.keys(), '-printf', String.raw`%y\t%s\t%T@\t%H\t%P\0`],
    signal,
    { deadlineMs: walkDeadlineMs },
  )
  const unchanged = 'No archive was made.'
  const next = 'Look at the folders of the stores on that host.'
  if (code !== 0) {
    throw hostFailed(`The stores on ${host.name} could not be listed.`, { stderr }, { unchanged, next })
  }
  const register = nameRegister()
  const records = stdout.split('\0').filter((record) => record !== '')
  return records.map((record) => {
    const [type, size, modified, root = '', path = ''] = splitRecord(record)
    const part = roots.get(root)
    const name = path === '' ? `${part ?? ''}` : `${part ?? ''}/${path}`
    const read = readEntryName(name)
    const problem =
      part === undefined || size === undefined || !/^\d+$/.test(size) || modified === undefined
        ? 'it is no entry that was asked for'
        : type !== 'f' && type !== 'd'
          ? 'it is neither a regular file nor a folder'
          : !read.safe
            ? read.reason
            : read.path !== name || name.includes('\uFFFD')
              ? 'its name would not arrive as it is'
              : register.add(name, type === 'f' ? 'file' : 'folder')
    if (problem !== null) {
      throw new HoldfastError('host.badAnswer', {
        what: `${quoted(path)} below ${quoted(root)} on ${host.name} cannot be archived.`,
        why: `${problem.charAt(0).toUpperCase()}${problem.slice(1)}${problem.endsWith('.') ? '' : '.'}`,
        unchanged,
        next,
      })
    }
    const isFile = type === 'f'
    return {
      name,
      path: path === '' ? root : `${root}/${path}`,
      kind: isFile ? 'file' : 'folder',
      sizeBytes: isFile ? Number(size) : 0,
      modified: modified ?? '',
    }
  })
}

/** A name may hold a tab; it comes last. */
function splitRecord(record: string): readonly string[] {
  const words = record.split('\t')
  return [...words.slice(0, 4), words.slice(4).join('\t')]
}

export interface ReadEntry extends StoreEntry {
  readonly pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/** The entries with their bytes, to be read in this order, each to its end. Many files are read by one command. */
export async function* readEntries(
  host: MasterHost,
  entries: readonly StoreEntry[],
  signal: AbortSignal,
): AsyncGenerator<ReadEntry, void, undefined> {
  for (const entry of entries) if (entry.kind === 'folder') yield { ...entry, pieces: [] }
  for (const batch of batches(entries.filter(({ kind }) => kind === 'file'))) {
    const paths = batch.map(({ path }) => path)
    const { stdout, ended } = await host.start(
      { argv: ['cat', '--', ...paths], deadlineMs: readDeadlineMs },
      signal,
    )
    ended.catch(() => undefined)
    const reader = byteReader(stdout)
    try {
      for (const entry of batch) yield { ...entry, pieces: exactly(reader, entry, host) }
      if ((await reader.some(1)) !== null) throw changed(host)
      const end = await ended
      if (end.code !== 0) {
        throw hostFailed(`The stores on ${host.name} could not be read.`, end, {
          unchanged: 'No archive was made.',
          next: 'Look at the folders of the stores on that host.',
        })
      }
    } finally {
      await reader.close()
    }
  }
}

function* batches(files: readonly StoreEntry[]): Generator<readonly StoreEntry[], void, undefined> {
  let batch: StoreEntry[] = []
  let bytes = 0
  for (const file of files) {
    const length = Buffer.byteLength(file.path) + 8
    if (batch.length > 0 && (batch.length >= mostFilesAtOnce || bytes + length > mostPathBytes)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(file)
    bytes += length
  }
  if (batch.length > 0) yield batch
}

async function* exactly(
  reader: ReturnType<typeof byteReader>,
  { sizeBytes }: StoreEntry,
  host: MasterHost,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let left = sizeBytes; left > 0;) {
    const piece = await reader.some(left)
    if (piece === null) throw changed(host)
    left -= piece.byteLength
    yield piece
  }
}

/** Throws where anything was written in the stores since they were listed. */
export async function demandUnchanged(
  before: readonly StoreEntry[],
  host: MasterHost,
  stores: Stores,
  signal: AbortSignal,
): Promise<void> {
  const lines = (entries: readonly StoreEntry[]): string =>
    JSON.stringify(
      entries
        .map(({ path, kind, sizeBytes, modified }) => `${kind} ${sizeBytes} ${modified} ${path}`)
        .toSorted(),
    )
  if (lines(before) !== lines(await walkStores(host, stores, signal))) throw changed(host)
}

function changed(host: MasterHost): HoldfastError {
  return new HoldfastError('host.badAnswer', {
    what: `The stores on ${host.name} changed while they were read.`,
    why: 'Something else writes there, or the master was started by somebody else.',
    unchanged: 'No archive was made.',
    next: 'Find out what writes there, then try again.',
  })
}
