import { errorFinding, warningFinding, type Finding } from '../../../shared/domain/finding.ts'
import { isPlainName } from '../../../shared/domain/plain-name.ts'
import { isItemName } from '../../engine/restore/restorable-path.ts'
import { withColons } from './colons.ts'
import { isJsonObject, readJsonObject, type JsonObject } from '../../../shared/domain/strict-json.ts'

/**
 * kiok's manifest in the console's reference layout (`kiok-reference/1`). kiok publishes neither its schema nor its
 * object names, so the layout is assumed and reading is tolerant; what must not be tolerated is a name that could lead
 * elsewhere or a value that two readers could take for two things.
 */
export const manifestName = 'manifest.json'
export const manifestFormat = 'kiok-reference/1'

/** The stores of a complete backup (kiok documentation, features/backup). */
export const kiokStores = ['metadata', 'kms', 'iam', 'connections', 'joblog'] as const

/** Far more than any cluster has; what is kept of each takes a hundred times the few bytes that name it. */
const mostStores = 10_000

/** One store of one backup. Null means "not recorded", never zero. */
export interface StoreEntry {
  readonly store: string
  /** Of the plain bytes, lower-case hex. */
  readonly sha256: string | null
  readonly sizeBytes: number | null
  readonly holder: string
  /** Below the holder's folder; null where the manifest leaves it to the usual endings. */
  readonly object: string | null
  readonly objectSizeBytes: number | null
  readonly objectSha256: string | null
  readonly keyId: string | null
  readonly keyVersion: number | null
  /** Why nothing is read for this entry; null where its names are safe. */
  readonly unsafe: string | null
}

export interface KiokManifest {
  readonly createdAt: string | null
  readonly cluster: string | null
  readonly entries: readonly StoreEntry[]
  /** The same, by store. */
  readonly byStore: ReadonlyMap<string, StoreEntry>
  readonly text: string
}

export type ManifestReading =
  | { readonly ok: true; readonly manifest: KiokManifest; readonly findings: readonly Finding[] }
  /** Nothing of the backup can be judged; the finding says why. */
  | { readonly ok: false; readonly finding: Finding; readonly text: string | null }

/** Reads the manifest of the backup whose folder is `folder`. */
export function readManifest(bytes: Uint8Array, folder: string): ManifestReading {
  const json = readJsonObject(bytes)
  if (!json.ok) return unreadable(`The manifest cannot be read: ${json.reason}.`, null)
  const { value, text } = json
  const format = value['format']
  if (format !== undefined && format !== null && format !== manifestFormat) {
    const name = typeof format === 'string' ? JSON.stringify(format.slice(0, 80)) : 'of another type'
    const message = `The manifest's format is ${name}, which is not known here; nothing more of this backup was read.`
    return { ok: false, finding: warningFinding('format.unknown', message), text }
  }
  try {
    const entries = readEntries(value['stores'], folder)
    return {
      ok: true,
      manifest: {
        createdAt: readTime(value['createdAt']) ?? timeOfBackupId(folder),
        cluster: optionalString(value, 'cluster', 'The manifest') ?? null,
        entries,
        byStore: new Map(entries.map((entry) => [entry.store, entry])),
        text,
      },
      findings: [...checkId(value['backupId'], folder), ...checkComplete(entries)],
    }
  } catch (error) {
    if (error instanceof Unreadable) return unreadable(error.message, text)
    throw error
  }
}

/** `YYYYMMDDTHHMMSSZ-<8 hex>`: the time in a backup id, or null where the id has another form or names no real time. */
export function timeOfBackupId(backupId: string): string | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]{8}$/.exec(backupId)
  if (match === null) return null
  const [, year, month, day, hour, minute, second] = match
  return readTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

function readEntries(stores: unknown, folder: string): readonly StoreEntry[] {
  const named = namedEntries(stores)
  if (named.length > mostStores)
    throw new Unreadable(`The manifest lists ${named.length} stores, more than the limit of ${mostStores}.`)
  const seen = new Set<string>()
  return named.map(([store, entry]) => {
    if (seen.has(store)) throw new Unreadable(`The manifest lists the store ${quote(store)} twice.`)
    seen.add(store)
    if (!isJsonObject(entry)) throw new Unreadable(`The manifest's entry for ${quote(store)} is no object.`)
    return readEntry(store, entry, folder)
  })
}

function namedEntries(stores: unknown): readonly (readonly [string, unknown])[] {
  if (Array.isArray(stores)) {
    return stores.map((entry: unknown) => {
      const name = isJsonObject(entry) ? entry['name'] : undefined
      if (typeof name !== 'string') throw new Unreadable('The manifest lists a store without a name.')
      return [name, entry] as const
    })
  }
  if (isJsonObject(stores)) return Object.entries(stores)
  throw new Unreadable('The manifest has no list of stores.')
}

function readEntry(store: string, entry: JsonObject, folder: string): StoreEntry {
  const where = `The manifest's entry for ${quote(store)}`
  const holder = firstOf(entry, ['holder', 'backupId', 'ref', 'heldBy']) ?? folder
  const object = entry['object'] ?? null
  if (typeof holder !== 'string') throw new Unreadable(`${where} names no holder that could be read.`)
  if (object !== null && typeof object !== 'string')
    throw new Unreadable(`${where} names no object that could be read.`)
  return {
    store,
    sha256: readHash(firstOf(entry, ['sha256', 'hash', 'contentHash']), where),
    sizeBytes: readWhole(entry['size'], `${where}, size`),
    holder,
    object,
    objectSizeBytes: readWhole(entry['objectSize'], `${where}, objectSize`),
    objectSha256: readHash(entry['objectSha256'], where),
    keyId: optionalString(entry, 'keyId', where) ?? null,
    keyVersion: readWhole(entry['keyVersion'], `${where}, keyVersion`),
    unsafe: findUnsafe(store, holder, object),
  }
}

function findUnsafe(store: string, holder: string, object: string | null): string | null {
  if (!isStoreName(store)) return `the store's name ${quote(store)} is no plain name`
  if (!isPlainName(holder)) return `its holder ${quote(holder)} is no plain name`
  if (object !== null && !isPlainName(object)) return `its object ${quote(object)} is no plain name`
  return null
}

/**
 * Stores become files of an export and a field of an envelope, so their names must be fit for both. On Windows what
 * stands after a colon would be written beside the file, unseen.
 */
function isStoreName(store: string): boolean {
  return isItemName(store) && store.isWellFormed() && /^[\p{L}\p{N}][^:|\p{Cc}]*$/u.test(store)
}

function checkId(backupId: unknown, folder: string): readonly Finding[] {
  if (backupId === undefined || backupId === null) return []
  if (typeof backupId !== 'string') throw new Unreadable('The manifest names a backup id that is no text.')
  if (!isPlainName(backupId)) {
    return [
      errorFinding('manifest.unsafePath', `The manifest's backup id ${quote(backupId)} is no plain name.`),
    ]
  }
  if (withColons(backupId) === withColons(folder)) return []
  const message = `The manifest says that it is of backup ${quote(backupId)}, but it lies in ${quote(folder)}.`
  return [errorFinding('manifest.idMismatch', message)]
}

function checkComplete(entries: readonly StoreEntry[]): readonly Finding[] {
  const there = new Set(entries.map((entry) => entry.store))
  const missing = kiokStores.filter((store) => !there.has(store))
  if (missing.length === 0) return []
  const message = `The manifest lacks ${missing.join(', ')}: this backup alone cannot restore a whole cluster.`
  return [errorFinding('manifest.incomplete', message)]
}

/** Of several names for one field the first one that stands there counts, even where it says null. */
function firstOf(entry: JsonObject, names: readonly string[]): unknown {
  const name = names.find((candidate) => Object.hasOwn(entry, candidate))
  return name === undefined ? null : entry[name]
}

function readHash(value: unknown, where: string): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string' && /^[0-9a-fA-F]{64}$/.test(value)) return value.toLowerCase()
  throw new Unreadable(`${where} has a hash that is not 64 hexadecimal digits.`)
}

function readWhole(value: unknown, where: string): number | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new Unreadable(`${where} is no whole number of zero or more.`)
}

function optionalString(object: JsonObject, name: string, where: string): string | null {
  const value = object[name]
  if (value === undefined || value === null) return null
  if (typeof value === 'string') return value
  throw new Unreadable(`${where} has a ${name} that is no text.`)
}

function readTime(value: unknown): string | null {
  const [, year, month, day] = typeof value === 'string' ? (/^(\d{4})-(\d\d)-(\d\d)T/.exec(value) ?? []) : []
  if (typeof value !== 'string' || !isRealDay(Number(year), Number(month), Number(day))) return null
  // Without one JavaScript takes the zone of this computer.
  const time = Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`)
  return Number.isNaN(time) ? null : new Date(time).toISOString().replace('.000Z', 'Z')
}

/** Date takes the 31st of February for the 3rd of March. */
function isRealDay(year: number, month: number, day: number): boolean {
  const at = new Date(Date.UTC(year, month - 1, day))
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}

function unreadable(message: string, text: string | null): ManifestReading {
  return { ok: false, finding: errorFinding('manifest.unreadable', message), text }
}

class Unreadable extends Error {}
