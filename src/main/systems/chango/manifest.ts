import { isJsonObject, readJsonObject, type JsonObject } from '../../../shared/domain/strict-json.ts'
import { quoted, readEntryName } from '../../engine/archive/entry-name.ts'
import type { ManifestFacts, Part, Root } from './facts.ts'
import { parseTimestamp } from './timestamps.ts'

/** One file that a manifest of this console's own archives lists. */
interface ListedFile {
  readonly path: string
  readonly sizeBytes: number | null
  readonly sha256: string
}

/** What is wrong with a manifest that could otherwise be read. */
interface ManifestFlaw {
  readonly code: 'manifest.unreadable' | 'manifest.unsafePath'
  readonly reason: string
}

/** An entry that may be the archive's manifest by its name. */
export interface Candidate {
  readonly path: string
  /** Null where it is no JSON object; then `flaw` says why. */
  readonly facts: ManifestFacts | null
  /** How many of the three store roots it names, whatever the values are. */
  readonly rootsNamed: number
  /** Null where they are not usable; then `flaw` says why. */
  readonly roots: readonly Root[] | null
  readonly listed: readonly ListedFile[]
  readonly flaw: ManifestFlaw | null
}

/** Of the newer dialect; a manifest that names one of them is of that dialect. */
const rootNames = { kms: 'kmsRocksDbPath', iam: 'iamRocksDbPath', metadata: 'metadataRocksDbPath' } as const

const longestTextChars = 64 * 1024

export function isManifestName(path: string): boolean {
  return /(^|\/)(manifest\.json|chango-backup-manifest-[^/]*\.json)$/.test(path)
}

/** Reads a manifest of either dialect, tolerantly: every field may be missing. `bytes` null: it was too long to keep. */
export function readCandidate(path: string, bytes: Uint8Array | null): Candidate {
  const reading = bytes === null ? { ok: false as const, reason: 'it is too long' } : readJsonObject(bytes)
  if (!reading.ok) return unreadable(path, reading.reason)
  const { value, text } = reading
  const rootsNamed = Object.values(rootNames).filter((name) => Object.hasOwn(value, name)).length
  const roots = rootsNamed === 0 ? { ok: true as const, roots: [] } : readRoots(value)
  const files = readListed(value['files'])
  return {
    path,
    rootsNamed,
    roots: roots.ok ? roots.roots : null,
    listed: files.ok ? files.listed : [],
    flaw: !roots.ok
      ? { code: 'manifest.unreadable', reason: roots.reason }
      : files.ok
        ? null
        : { code: files.code, reason: files.reason },
    facts: {
      path,
      text: text.length > longestTextChars ? `${text.slice(0, longestTextChars)}…` : text,
      backupId: textIn(value, 'backupId'),
      createdAt: timeIn(value['createdAt']) ?? timeIn(value['timestamp']),
      hostname: textIn(value, 'hostname'),
      version: textIn(value, 'changoVersion') ?? textIn(value, 'chango.version') ?? nestedVersion(value),
      masterKeyFingerprint: fingerprintIn(value['masterKeyFingerprint']),
      patchesIncluded: isTrue(value['patchesIncluded']),
      listsFiles: files.ok && value['files'] !== undefined && value['files'] !== null,
    },
  }
}

function unreadable(path: string, reason: string): Candidate {
  return {
    path,
    facts: null,
    rootsNamed: 0,
    roots: null,
    listed: [],
    flaw: { code: 'manifest.unreadable', reason },
  }
}

type Roots =
  { readonly ok: true; readonly roots: readonly Root[] } | { readonly ok: false; readonly reason: string }

function readRoots(value: JsonObject): Roots {
  const named: (readonly [Part, string])[] = [
    ['kms', rootNames.kms],
    ['iam', rootNames.iam],
    ['metadata', rootNames.metadata],
  ]
  const roots: Root[] = []
  const patches = value['patchesDir']
  if (patches !== undefined && patches !== null && patches !== '') named.push(['patches', 'patchesDir'])
  for (const [part, field] of named) {
    const text = value[field]
    // Fewer than three roots make it no manifest of the newer dialect; that is judged elsewhere.
    if (text === undefined) continue
    const path = typeof text === 'string' ? rootPath(text) : null
    if (path === null) {
      return { ok: false, reason: `its ${field} is no absolute folder below "/" without ".." parts` }
    }
    const other = roots.find((root) => root.path === path)
    if (other !== undefined)
      return { ok: false, reason: `its ${field} is the folder of ${other.part} as well` }
    roots.push({ part, path })
  }
  return { ok: true, roots }
}

function rootPath(text: string): string | null {
  const name = readEntryName(text)
  return name.safe && name.absolute && name.path !== '' ? name.path : null
}

type Listed =
  | { readonly ok: true; readonly listed: readonly ListedFile[] }
  | { readonly ok: false; readonly code: ManifestFlaw['code']; readonly reason: string }

function readListed(files: unknown): Listed {
  if (files === undefined || files === null) return { ok: true, listed: [] }
  const bad = (reason: string) => ({ ok: false, code: 'manifest.unreadable', reason }) as const
  if (!Array.isArray(files)) return bad('its files are no list')
  const listed = new Map<string, ListedFile>()
  for (const file of files) {
    if (!isJsonObject(file)) return bad('one of its files is no object')
    const { path, sha256, size } = file
    if (typeof path !== 'string') return bad('one of its files has no path')
    const name = readEntryName(path)
    if (!name.safe || name.path === '') {
      const reason = name.safe ? 'it names no file' : name.reason
      return {
        ok: false,
        code: 'manifest.unsafePath',
        reason: `it lists the file ${quoted(path)}: ${reason}`,
      }
    }
    if (typeof sha256 !== 'string' || !/^[0-9a-fA-F]{64}$/.test(sha256)) {
      return bad(`the sha256 of its file ${quoted(path)} is no SHA-256`)
    }
    if (size !== undefined && size !== null && !(Number.isSafeInteger(size) && Number(size) >= 0)) {
      return bad(`the size of its file ${quoted(path)} is no whole number of bytes`)
    }
    if (listed.has(name.path)) return bad(`it lists the file ${quoted(path)} twice`)
    const sizeBytes = typeof size === 'number' ? size : null
    listed.set(name.path, { path: name.path, sizeBytes, sha256: sha256.toLowerCase() })
  }
  return { ok: true, listed: [...listed.values()] }
}

function textIn(value: JsonObject, name: string): string | null {
  const text = value[name]
  return typeof text === 'string' && text !== '' ? text : null
}

/** Documented as `chango.version`, which may be a dotted name or an object in an object. */
function nestedVersion(value: JsonObject): string | null {
  const inner = value['chango']
  return isJsonObject(inner) ? textIn(inner, 'version') : null
}

function timeIn(value: unknown): string | null {
  if (typeof value === 'number') return parseTimestamp(String(Math.trunc(value)))
  return typeof value === 'string' ? parseTimestamp(value) : null
}

function fingerprintIn(value: unknown): string | null {
  return typeof value === 'string' && /^[0-9a-fA-F]{16}$/.test(value) ? value.toLowerCase() : null
}

/** The newer manifests write some booleans as strings. */
function isTrue(value: unknown): boolean {
  return value === true || value === 'true'
}
