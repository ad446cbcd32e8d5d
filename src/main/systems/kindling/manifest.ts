import { isJsonObject } from '../../../shared/domain/strict-json.ts'
import { quoted } from '../../engine/archive/entry-name.ts'
import { plainValue, type InfoText } from './info-text.ts'
import { compressionNamed, isLabel, type Compression } from './labels.ts'
import { lastSecond } from './last-second.ts'

/**
 * How stored bytes become plain ones. `deflate`: gzip without its frame, in newer bundles (from source: 2.46,
 * `backup-bundle-raw`). `unread`: another compression, or blocks of an incremental file (from source: 2.46, `bi`).
 */
export type StoredForm = 'none' | 'gz' | 'deflate' | 'unread'

/** One file of a database as a manifest lists it (from source: pgbackrest src/info/manifest.c, `manifestLoadCallback`). */
export interface ManifestFile {
  readonly name: string
  /** The label whose folder holds the bytes. */
  readonly holder: string
  /** Null: an object of its own. */
  readonly bundle: { readonly id: number; readonly offset: number } | null
  readonly storedBytes: number
  readonly plainBytes: number
  readonly plainSha1: string
  /** Null: the stored bytes are the plain ones, or the version is older than 2.44. */
  readonly storedSha1: string | null
  readonly form: StoredForm
  /** An object of its own then ends in `.pgbi`. */
  readonly isBlocks: boolean
}

export interface BackupManifest {
  readonly label: string
  readonly startedAt: number
  readonly stoppedAt: number
  /** Null for a backup of a stopped server, which needs no WAL. */
  readonly wal: { readonly first: string; readonly last: string; readonly lsn: string } | null
  readonly compression: Compression
  readonly databaseVersion: string
  /** As it stands: more digits than a number keeps. */
  readonly systemId: string
  readonly files: readonly ManifestFile[]
}

/** From source: the SHA-1 of nothing is left out (src/info/manifest.c). */
const sha1OfNothing = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'
const sha1Form = /^[0-9a-f]{40}$/
const segmentForm = /^[0-9A-F]{24}$/

/** Null parts are said by `reason`. */
export type ManifestReading =
  | { readonly ok: true; readonly manifest: BackupManifest }
  | {
      readonly ok: false
      readonly code: 'manifest.unreadable' | 'manifest.unsafePath'
      readonly reason: string
    }

export function readBackupManifest(info: InfoText): ManifestReading {
  const wrong = (reason: string): ManifestReading => ({ ok: false, code: 'manifest.unreadable', reason })
  const text = (key: string): string | null => {
    const value = plainValue(info, 'backup', key)
    return typeof value === 'string' ? value : null
  }
  const time = (key: string): number | null => {
    const value = plainValue(info, 'backup', key)
    return isCount(value) && value <= lastSecond ? value : null
  }
  const option = (key: string): unknown => plainValue(info, 'backup:option', `option-${key}`)
  const label = text('backup-label')
  const startedAt = time('backup-timestamp-start')
  const stoppedAt = time('backup-timestamp-stop')
  const databaseVersion = plainValue(info, 'backup:db', 'db-version')
  const systemId = info.sections.get('backup:db')?.get('db-system-id') ?? ''
  if (label === null || !isLabel(label)) return wrong('it names no label')
  if (startedAt === null || stoppedAt === null)
    return wrong('it does not say when the backup began and ended')
  if (!/^\d*$/.test(systemId)) return wrong('the id of its database is no number')
  // From source: before 2.34 there was only whether it is compressed, which meant gzip.
  const compression = compressionNamed(
    option('compress-type') ?? (option('compress') === true ? 'gz' : 'none'),
  )
  if (compression === null) return wrong(`it names the compression ${String(option('compress-type'))}`)
  const [first, last] = [text('backup-archive-start'), text('backup-archive-stop')]
  const isNamed = [first, last].every((segment) => segment === null || segmentForm.test(segment))
  if (!isNamed || (option('online') !== false && (first === null || last === null)))
    return wrong('it does not say from which WAL segment to which the backup reaches')
  const isBundled = plainValue(info, 'backup', 'backup-bundle') === true
  const isRaw = plainValue(info, 'backup', 'backup-bundle-raw') === true
  const files: ManifestFile[] = []
  for (const [name, value] of info.sections.get('target:file') ?? []) {
    const file = readFile(name, JSON.parse(value), { label, compression, isRaw })
    if (typeof file === 'string') return wrong(`${quoted(name)} ${file}`)
    if (isUnsafe(name) || !isLabel(file.holder)) {
      const reason = `it names ${quoted(name)} of ${quoted(file.holder)}, which leads out of its folder`
      return { ok: false, code: 'manifest.unsafePath', reason }
    }
    // From source: with bundles a file without a byte is not stored at all.
    if (!(isBundled && file.plainBytes === 0 && file.bundle === null)) files.push(file)
  }
  if (files.length === 0) return wrong('it lists no file')
  return {
    ok: true,
    manifest: {
      label,
      startedAt,
      stoppedAt,
      wal: first === null || last === null ? null : { first, last, lsn: text('backup-lsn-start') ?? '' },
      compression,
      databaseVersion: String(databaseVersion ?? ''),
      systemId,
      files,
    },
  }
}

/** How a WAL segment or a file of its own is stored. */
export function formOf(compression: Compression): StoredForm {
  return compression === 'none' || compression === 'gz' ? compression : 'unread'
}

function rawForm(compression: Compression): StoredForm {
  return compression === 'gz' ? 'deflate' : formOf(compression)
}

function isUnsafe(name: string): boolean {
  return name.startsWith('/') || name.split('/').some((part) => part === '' || part === '.' || part === '..')
}

/** Text: why it is none. */
function readFile(
  name: string,
  value: unknown,
  {
    label,
    compression,
    isRaw,
  }: { readonly label: string; readonly compression: Compression; readonly isRaw: boolean },
): ManifestFile | string {
  if (!isJsonObject(value)) return 'is described by no object'
  const { size, reference, checksum, rck } = value
  const stored = value['repo-size'] ?? size
  const [bundle, offset] = [value['bni'], value['bno'] ?? 0]
  if (!isCount(size) || !isCount(stored)) return 'has no size'
  if (bundle !== undefined && (!isCount(bundle) || !isCount(offset))) return 'has no place in its bundle'
  const plainSha1 = checksum ?? (size === 0 ? sha1OfNothing : undefined)
  if (!isSha1(plainSha1)) return 'has no checksum'
  if (rck !== undefined && !isSha1(rck)) return 'has no checksum of what is stored'
  return {
    name,
    holder: typeof reference === 'string' ? reference : label,
    bundle: isCount(bundle) && isCount(offset) ? { id: bundle, offset } : null,
    storedBytes: stored,
    plainBytes: size,
    plainSha1,
    storedSha1: isSha1(rck) ? rck : null,
    isBlocks: value['bi'] !== undefined,
    form:
      value['bi'] !== undefined
        ? 'unread'
        : isRaw && bundle !== undefined
          ? rawForm(compression)
          : formOf(compression),
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isSha1(value: unknown): value is string {
  return typeof value === 'string' && sha1Form.test(value)
}
