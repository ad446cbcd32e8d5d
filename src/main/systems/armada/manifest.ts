import { errorFinding, warningFinding, type Finding } from '../../../shared/domain/finding.ts'
import { isPlainName } from '../../../shared/domain/plain-name.ts'
import { isJsonObject, readJsonObject, type JsonObject } from '../../../shared/domain/strict-json.ts'
import { quoted } from '../../engine/archive/entry-name.ts'

/**
 * armada's own manifest [from source: replication/backup/backup.go:54-65; systems page A4]: written last, one line,
 * tables sorted by name, `null` where there are none. Read as strictly as it must be for two readers to see one document.
 */
export const manifestName = 'manifest.json'

/** Older servers write no format; newer ones this [from source, newer: replication/backup/backup.go]. */
export const formatV2 = 'armada-command-v2'

export interface TableEntry {
  readonly name: string
  readonly fileName: string
  /** As written; the system compares it with lower-case hex, case included. Empty where it is not there. */
  readonly md5: string
  /** Why nothing is read for this entry; null where its names are safe. */
  readonly unsafe: string | null
}

export interface ArmadaManifest {
  /** `finished` in UTC, ISO 8601; null where none is written. */
  readonly createdAt: string | null
  /** 2: each table's file ends with a record that says so. */
  readonly version: 1 | 2
  readonly tables: readonly TableEntry[]
}

export type ManifestReading =
  | { readonly ok: true; readonly manifest: ArmadaManifest; readonly text: string }
  /** Nothing of the backup can be judged; the finding says why. */
  | {
      readonly ok: false
      readonly finding: Finding
      readonly createdAt: string | null
      readonly text: string | null
    }

export function readManifest(bytes: Uint8Array): ManifestReading {
  const json = readJsonObject(bytes)
  if (!json.ok) return unreadable(`The manifest cannot be read: ${json.reason}.`, null, null)
  const { value, text } = json
  let createdAt: string | null = null
  try {
    refuseTwins(value, ['format', 'started', 'finished', 'tables'], 'The manifest')
    readTime(value, 'started')
    createdAt = readTime(value, 'finished')
    const version = versionOf(value['format'])
    if (version === null) {
      const format = value['format']
      const name = typeof format === 'string' ? quoted(format) : 'of another type'
      const message = `The manifest's format is ${name}, which is not known here; nothing more of this backup was read.`
      return { ok: false, finding: warningFinding('format.unknown', message), createdAt, text }
    }
    return { ok: true, manifest: { createdAt, version, tables: readTables(value['tables']) }, text }
  } catch (error) {
    if (error instanceof Unreadable) return unreadable(error.message, createdAt, text)
    throw error
  }
}

/**
 * `YY-MM-DD-HH-MM`, the folder of a scheduled backup, taken as UTC; null where the name is none. The clock is that of the
 * container [documented: legacy chart], UTC unless somebody changed it [inferred]. Used only where no manifest tells.
 */
export function timeOfFolder(folder: string): string | null {
  const match = /^(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)$/.exec(folder)
  if (match === null) return null
  const [, year, month, day, hour, minute] = match
  const text = `20${year}-${month}-${day}T${hour}:${minute}:00Z`
  const at = Date.parse(text)
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 16) !== text.slice(0, 16) ? null : text
}

function versionOf(format: unknown): 1 | 2 | null {
  if (format === undefined || format === null || format === '') return 1
  return format === formatV2 ? 2 : null
}

function readTables(tables: unknown): readonly TableEntry[] {
  if (tables === null) return []
  if (!Array.isArray(tables)) throw new Unreadable('The manifest has no list of tables.')
  const names = new Set<string>()
  const files = new Set<string>()
  return tables.map((entry: unknown) => {
    if (!isJsonObject(entry)) throw new Unreadable('The manifest lists a table that is no object.')
    refuseTwins(entry, ['name', 'file_name', 'md5'], "The manifest's entry of a table")
    const name = textOf(entry, 'name')
    const fileName = textOf(entry, 'file_name')
    const { md5 } = entry
    if (name === null) throw new Unreadable('The manifest lists a table without a name.')
    if (fileName === null) throw new Unreadable(`The manifest names no file of the table ${quoted(name)}.`)
    if (md5 !== undefined && md5 !== null && typeof md5 !== 'string') {
      throw new Unreadable(`The manifest's MD5 of the table ${quoted(name)} is no text.`)
    }
    if (names.has(name)) throw new Unreadable(`The manifest lists the table ${quoted(name)} twice.`)
    if (files.has(fileName)) throw new Unreadable(`The manifest lists the file ${quoted(fileName)} twice.`)
    names.add(name)
    files.add(fileName)
    return { name, fileName, md5: md5 ?? '', unsafe: findUnsafe(name, fileName) }
  })
}

function textOf(entry: JsonObject, field: string): string | null {
  const value = entry[field]
  return typeof value === 'string' && value !== '' ? value : null
}

function findUnsafe(name: string, fileName: string): string | null {
  if (!isPlainName(name) || !name.isWellFormed()) return `the table's name ${quoted(name)} is no plain name`
  if (!isPlainName(fileName) || !fileName.isWellFormed())
    return `its file ${quoted(fileName)} is no plain name`
  if (fileName === manifestName) return 'its file is the manifest itself'
  return null
}

/** RFC 3339 with any offset, as Go writes it; its zero time stands for none. */
function readTime(value: JsonObject, field: string): string | null {
  const text = value[field]
  if (text === undefined || text === null) return null
  const isTime =
    typeof text === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text)
  const at = isTime ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw new Unreadable(`The manifest's ${field} is no time.`)
  return at <= Date.UTC(1970, 0, 1) ? null : new Date(at).toISOString().replace('.000Z', 'Z')
}

/**
 * The system's own reader takes a name in any case for the field and the last of several [from documentation of Go's
 * encoding/json]: a second spelling would let it restore another table than the one proved here.
 */
function refuseTwins(value: JsonObject, fields: readonly string[], where: string): void {
  for (const name of Object.keys(value)) {
    const folded = name.toUpperCase().toLowerCase()
    if (!fields.includes(name) && fields.includes(folded)) {
      throw new Unreadable(`${where} spells ${quoted(folded)} as ${quoted(name)}.`)
    }
  }
}

function unreadable(message: string, createdAt: string | null, text: string | null): ManifestReading {
  return { ok: false, finding: errorFinding('manifest.unreadable', message), createdAt, text }
}

class Unreadable extends Error {}
