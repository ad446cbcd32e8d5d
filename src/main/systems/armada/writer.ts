import { HoldfastError } from '../../../shared/domain/error.ts'
import { isPlainName } from '../../../shared/domain/plain-name.ts'
import { watched } from '../../../shared/streams/watched.ts'
import { quoted } from '../../engine/archive/entry-name.ts'
import type { ByteWork, InspectResult } from '../../ports/byte-work.ts'
import type { ObjectStore } from '../../ports/object-store.ts'
import { readFacts, type TableFacts } from './facts.ts'
import { formatV2, manifestName } from './manifest.ts'
import { sidecarBytes, sidecarName } from './sidecar.ts'

/** The file of one table as the server streams it. */
export interface TableSource {
  readonly table: string
  pieces(): AsyncIterable<Uint8Array>
}

/** One table's file in the repository. */
export interface WrittenTable {
  readonly table: string
  readonly fileName: string
  /** Of the stored bytes, lower-case hex. */
  readonly md5: string
  readonly sha256: string
  readonly sizeBytes: number
  /** What the bytes were on their way: whoever makes a backup looks at the problems before completing it. */
  readonly facts: TableFacts
}

/**
 * Stores the file of one table as it comes, and says what it was. It belongs to no backup until `completeBackup` wrote
 * the manifest. Throws `object.badKey` for a table whose name is no plain name, and what the store and the source throw.
 */
export async function writeTable(
  backupId: string,
  source: TableSource,
  { store, byteWork }: { readonly store: ObjectStore; readonly byteWork: Pick<ByteWork, 'inspect'> },
  signal?: AbortSignal,
): Promise<WrittenTable> {
  const { table } = source
  const fileName = `${table}.bak`
  if (!isPlainName(table) || !table.isWellFormed() || !isPlainName(fileName)) {
    throw new HoldfastError('object.badKey', {
      what: `The table ${quoted(table)} cannot be backed up.`,
      why: 'Its name is no plain name, so no file can be called after it.',
      unchanged: 'Nothing of it was written.',
    })
  }
  let seen: InspectResult | null = null
  async function* passing(): AsyncIterable<Uint8Array> {
    seen = yield* watched(
      source.pieces(),
      async (copies, stop) => byteWork.inspect(copies, asTable, stop),
      aheadBytes,
    )
  }
  await store.putStream(`${backupId}/${fileName}`, passing(), { ifAbsent: true, ...(signal && { signal }) })
  return { table, fileName, ...factsIn(seen) }
}

/** How far what is stored may run ahead of what has been looked at. */
const aheadBytes = 8 * 1024 * 1024
const asTable = { md5: true, opening: null, walk: { walker: 'armada', options: null } } as const

function factsIn(seen: InspectResult | null): Pick<WrittenTable, 'md5' | 'sha256' | 'sizeBytes' | 'facts'> {
  const facts = readFacts(seen?.content)
  if (seen?.md5 === undefined || facts === null)
    throw new Error('A table was stored that nobody has looked at.')
  const { md5, sha256, sizeBytes } = seen
  return { md5, sha256, sizeBytes, facts }
}

export interface BackupToComplete {
  readonly backupId: string
  /** UTC ISO 8601. */
  readonly startedAt: string
  readonly finishedAt: string
  /** 2: every table's file has its end record. */
  readonly version: 1 | 2
  /** As the server reported it; null where it is not known. */
  readonly serverVersion: string | null
  readonly statusErrors: readonly string[]
  readonly tables: readonly WrittenTable[]
}

/** Makes what was written a backup: the sidecar, then the system's own manifest, which comes last. */
export async function completeBackup(
  backup: BackupToComplete,
  { store }: { readonly store: ObjectStore },
  signal?: AbortSignal,
): Promise<void> {
  await completeWith(backup, manifestBytes(backup), { store }, signal)
}

/** The same with a manifest that another program wrote. */
export async function completeWith(
  {
    backupId,
    serverVersion,
    statusErrors,
    tables,
  }: Pick<BackupToComplete, 'backupId' | 'serverVersion' | 'tables'> & {
    /** Null: no server was asked. */
    readonly statusErrors: readonly string[] | null
  },
  manifest: Uint8Array,
  { store }: { readonly store: ObjectStore },
  signal?: AbortSignal,
): Promise<void> {
  const options = { ifAbsent: true, ...(signal && { signal }) }
  const kept = tables.map(
    ({ table, sha256, sizeBytes, facts }) => [table, { sha256, sizeBytes, keys: facts.keys }] as const,
  )
  const sidecar = sidecarBytes({ serverVersion, statusErrors, tables: new Map(kept) })
  await store.put(`${backupId}/${sidecarName}`, sidecar, options)
  await store.put(`${backupId}/${manifestName}`, manifest, options)
}

/** As the system writes it [from source: replication/backup/backup.go]: one line, tables by name, `null` for none. */
export function manifestBytes({
  startedAt,
  finishedAt,
  version,
  tables,
}: Pick<BackupToComplete, 'startedAt' | 'finishedAt' | 'version'> & {
  readonly tables: readonly Pick<WrittenTable, 'table' | 'fileName' | 'md5'>[]
}): Uint8Array {
  const sorted = tables.toSorted((a, b) => Buffer.compare(Buffer.from(a.table), Buffer.from(b.table)))
  const manifest = {
    ...(version === 2 && { format: formatV2 }),
    started: startedAt,
    finished: finishedAt,
    tables:
      sorted.length === 0
        ? null
        : sorted.map(({ table, fileName, md5 }) => ({ name: table, file_name: fileName, md5 })),
  }
  return Buffer.from(`${goJson(manifest)}\n`, 'utf8')
}

/** Go's encoder escapes what a page would act on. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
