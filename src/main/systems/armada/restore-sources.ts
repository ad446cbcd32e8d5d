import { createHash } from 'node:crypto'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { jsonLimits } from '../../../shared/domain/strict-json.ts'
import { quoted } from '../../engine/archive/entry-name.ts'
import { readSmall } from '../../engine/transfer/read-small.ts'
import type { ObjectInfo, ObjectStore } from '../../ports/object-store.ts'
import type { TableFacts } from './facts.ts'
import { judgeContents } from './judge-contents.ts'
import { manifestName, readManifest, type TableEntry } from './manifest.ts'
import { readSidecar, sidecarName, type Sidecar } from './sidecar.ts'
import { createTableReader } from './table-reader.ts'

/** One table's file that was read to its end and may be sent to a server. */
export interface RestoreSource {
  readonly table: string
  /** As it was when it was read; another state is not sent. */
  readonly info: ObjectInfo
  /** Of the stored bytes, lower-case hex. */
  readonly md5: string
  readonly sha256: string
  readonly keys: number
  readonly records: number
  readonly plainBytes: number
  /** 2: with the record that ends it. */
  readonly version: 1 | 2
}

export interface RestoreSources {
  readonly backupId: string
  /** UTC ISO 8601; null where the manifest has none. */
  readonly createdAt: string | null
  readonly version: 1 | 2
  /** Those that were chosen, in the order of the manifest. */
  readonly tables: readonly RestoreSource[]
  /** Tables of the backup that were not chosen. */
  readonly leftOut: readonly string[]
}

export interface SourceOptions {
  /** Left out: all of the backup. */
  readonly tables?: readonly string[]
  readonly signal?: AbortSignal
  readonly progress?: (doneBytes: number, totalBytes: number) => void
}

/**
 * Reads every chosen table of a backup to its end and throws `restore.refused` at the first that is not whole. The server that restores
 * checks nothing, neither the MD5 nor the table's name, and a length beyond 4 MiB ends its process [from source:
 * armadaserver/maintenance.go:113-147, replication/snapshot/snapshot.go:143-152]: so nothing is sent before this has passed.
 */
export async function readRestoreSources(
  store: ObjectStore,
  backupId: string,
  { tables: chosen, signal, progress }: SourceOptions = {},
): Promise<RestoreSources> {
  const manifest = await manifestOf(store, backupId, signal)
  const sidecar = await sidecarOf(store, backupId, signal)
  const entries = chosenOf(manifest.tables, backupId, chosen)
  const found: { readonly entry: TableEntry; readonly info: ObjectInfo }[] = []
  for (const entry of entries) {
    if (entry.unsafe !== null) throw refused(backupId, `Nothing of it can be read: ${entry.unsafe}.`)
    const info = await store.head(`${backupId}/${entry.fileName}`, signal ? { signal } : {})
    if (info === null) throw refused(backupId, `${quoted(entry.fileName)} is not in its folder.`)
    found.push({ entry, info })
  }
  const totalBytes = found.reduce((sum, { info }) => sum + info.sizeBytes, 0)
  let doneBytes = 0
  const tables: RestoreSource[] = []
  for (const { entry, info } of found) {
    const source = await readSource(
      entry,
      info,
      manifest.version,
      sidecar,
      { store, backupId },
      (bytes) => {
        progress?.((doneBytes += bytes), totalBytes)
      },
      signal,
    )
    tables.push(source)
  }
  const names = new Set(tables.map(({ table }) => table))
  return {
    backupId,
    createdAt: manifest.createdAt,
    version: manifest.version,
    tables,
    leftOut: manifest.tables.flatMap(({ name }) => (names.has(name) ? [] : [name])),
  }
}

/** The file once more, for sending or comparing. Throws `object.changed` at its end at the latest where it is not the one that was read. */
export async function* piecesOf(
  { table, info, md5 }: RestoreSource,
  store: ObjectStore,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('md5')
  const { pieces } = await store.get(info.key, { expect: info, ...(signal && { signal }) })
  for await (const piece of pieces) {
    hash.update(piece)
    yield piece
  }
  if (hash.digest('hex') === md5) return
  throw new HoldfastError('object.changed', {
    what: `The file of the table ${quoted(table)} is not the one that was verified.`,
    why: 'It was replaced or damaged since.',
    next: 'Verify the backup again.',
  })
}

async function manifestOf(store: ObjectStore, backupId: string, signal?: AbortSignal) {
  if ((await store.head(`${backupId}/${manifestName}`, signal ? { signal } : {})) === null) {
    throw new HoldfastError('backup.notFound', {
      what: `There is no armada backup ${quoted(backupId)}: no such folder has a manifest.`,
      unchanged: 'Nothing was sent.',
    })
  }
  const reading = readManifest(
    await readSmall(store, `${backupId}/${manifestName}`, jsonLimits.bytes, signal),
  )
  if (!reading.ok) throw refused(backupId, reading.finding.message)
  return reading.manifest
}

/** Only what this console recorded itself is compared; a backup of another tool has none. */
async function sidecarOf(store: ObjectStore, backupId: string, signal?: AbortSignal): Promise<Sidecar> {
  const key = `${backupId}/${sidecarName}`
  if ((await store.head(key, signal ? { signal } : {})) === null) return { kind: 'none' }
  return readSidecar(await readSmall(store, key, jsonLimits.bytes, signal))
}

function chosenOf(
  entries: readonly TableEntry[],
  backupId: string,
  chosen: readonly string[] | undefined,
): readonly TableEntry[] {
  const unknown = chosen?.find((table) => !entries.some(({ name }) => name === table))
  if (unknown !== undefined) throw refused(backupId, `It has no table ${quoted(unknown)}.`)
  const wanted = entries.filter(({ name }) => chosen?.includes(name) ?? true)
  if (wanted.length > 0) return wanted
  throw refused(backupId, 'It has no table, so there is nothing to restore.')
}

async function readSource(
  entry: TableEntry,
  info: ObjectInfo,
  version: 1 | 2,
  sidecar: Sidecar,
  { store, backupId }: { readonly store: ObjectStore; readonly backupId: string },
  progress: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<RestoreSource> {
  const { name: table } = entry
  const md5 = createHash('md5')
  const sha256 = createHash('sha256')
  let zeroKeys = 0
  const reader = createTableReader(({ bytes, keyStart, keyEnd }) => {
    for (let at = keyStart; at < keyEnd; at += 1) {
      if (bytes[at] !== 0) continue
      zeroKeys += 1
      return
    }
  })
  const { pieces } = await store.get(info.key, { expect: info, ...(signal && { signal }) })
  for await (const piece of pieces) {
    md5.update(piece)
    sha256.update(piece)
    reader.push(piece)
    progress(piece.byteLength)
  }
  const facts = reader.finish()
  const hashes = { md5: md5.digest('hex'), sha256: sha256.digest('hex') }
  const recorded = sidecar.kind === 'facts' ? (sidecar.facts.tables.get(table) ?? null) : null
  const flaw =
    (hashes.md5 === entry.md5
      ? null
      : `The MD5 of ${quoted(entry.fileName)} is ${hashes.md5}; the manifest records ${quoted(entry.md5)}.`) ??
    (recorded === null || recorded.sha256 === hashes.sha256
      ? null
      : `The SHA-256 of ${quoted(entry.fileName)} is not the one in ${sidecarName}.`) ??
    judgeContents(entry, version, facts, recorded).find(({ severity }) => severity === 'error')?.message ??
    unusualOf(entry, version, info, facts, zeroKeys)
  if (flaw !== null) throw refused(backupId, flaw)
  const { keys, records, plainBytes } = facts
  return { table, info, ...hashes, keys, records, plainBytes, version }
}

/** What a reader may pass over, and what must not be put into a server: it could not be compared afterwards, or would be taken otherwise. */
function unusualOf(
  { name, fileName }: TableEntry,
  version: 1 | 2,
  { sizeBytes }: ObjectInfo,
  { records, withoutTable, outOfOrder, repeated, endLeaderIndex }: TableFacts,
  zeroKeys: number,
): string | null {
  const file = quoted(fileName)
  if (name.includes('/')) return `A server lists no table whose name has a slash, as ${quoted(name)} has.`
  if (records === 0 && sizeBytes > 0) return `${file} begins like a table's file, and holds no record.`
  if (withoutTable > 0) return `${withoutTable} of ${records} records in ${file} name no table.`
  if (outOfOrder + repeated > 0)
    return `The keys in ${file} are not in ascending order, each once, as every server writes them.`
  // From source (kv.go): a server refuses to be asked for such a key, and sorts it wrongly.
  if (zeroKeys > 0) return `${zeroKeys} keys in ${file} hold a zero byte, which a server does not take.`
  if (version === 1 && endLeaderIndex !== null)
    return `${file} ends as files of the newer format do, and its manifest names the older one.`
  return null
}

function refused(backupId: string, why: string): HoldfastError {
  return new HoldfastError('restore.refused', {
    what: `${quoted(backupId)} is not restored.`,
    why,
    unchanged: 'Nothing was sent, and no table was changed.',
    next: 'Verify the backup, and choose one that is whole.',
  })
}
