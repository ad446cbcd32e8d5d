import type { FindingCode } from '../../../shared/domain/finding.ts'
import { isJsonObject } from '../../../shared/domain/strict-json.ts'

/** The parts of a chango backup, in the order in which they are shown. */
export const parts = ['kms', 'iam', 'metadata', 'patches'] as const

export type Part = (typeof parts)[number]

/** The parts that every backup has; each is a RocksDB folder. */
export const storeParts = ['kms', 'iam', 'metadata'] as const satisfies readonly Part[]

/** Where a part lies in the archive: a path without leading slash. */
export interface Root {
  readonly part: Part
  readonly path: string
}

/** What the bytes of an archive can be found to be, all of them errors. */
const archiveCodes = [
  'archive.truncated',
  'archive.malformed',
  'archive.unsafePath',
  'archive.unsafeEntry',
  'archive.unexpectedEntry',
  'archive.missingPart',
  'archive.tooLarge',
  'manifest.unreadable',
  'manifest.unsafePath',
  'plain.hashMismatch',
] as const satisfies readonly FindingCode[]

export interface ArchiveFinding {
  readonly code: (typeof archiveCodes)[number]
  /** The part that it blames; null: the whole archive. */
  readonly part: Part | null
  readonly message: string
}

export interface PartFacts {
  readonly part: Part
  readonly files: number
  /** Of its files' contents. */
  readonly sizeBytes: number
  /** Tree digest of its files, relative to its root. */
  readonly digest: string
  /** How many tables its own MANIFEST names, each of which was looked for; null where that cannot be told, or it is no store. */
  readonly tables: number | null
}

export interface ManifestFacts {
  /** Name of its entry. */
  readonly path: string
  /** For people; cut where it is very long. */
  readonly text: string
  readonly backupId: string | null
  /** UTC ISO 8601. */
  readonly createdAt: string | null
  readonly hostname: string | null
  readonly version: string | null
  /** 16 lower-case hex; null where none is recorded. */
  readonly masterKeyFingerprint: string | null
  readonly patchesIncluded: boolean
  /** True where it lists the SHA-256 of every file. */
  readonly listsFiles: boolean
}

/** What one reading of an archive found. Nothing in it depends on the object's name. */
export interface ArchiveFacts {
  readonly format: 'chango-walk/1'
  /** True where the archive was read to a clean end; else parts and findings are of what came before. */
  readonly complete: boolean
  /** Null where it cannot be told. */
  readonly dialect: 1 | 2 | null
  readonly roots: readonly Root[]
  readonly manifest: ManifestFacts | null
  readonly parts: readonly PartFacts[]
  readonly findings: readonly ArchiveFinding[]
}

/** Takes facts that were kept as JSON; null for anything else, which is then as if it had not been read. */
export function readFacts(content: unknown): ArchiveFacts | null {
  if (!isJsonObject(content) || content['format'] !== 'chango-walk/1') return null
  const { complete, dialect } = content
  const manifest = content['manifest'] === null ? null : manifestFacts(content['manifest'])
  const roots = listOf(content['roots'], root)
  const partList = listOf(content['parts'], partFacts)
  const findings = listOf(content['findings'], archiveFinding)
  if (typeof complete !== 'boolean' || (dialect !== 1 && dialect !== 2 && dialect !== null)) return null
  if (manifest === undefined || roots === null || partList === null || findings === null) return null
  return { format: 'chango-walk/1', complete, dialect, roots, manifest, parts: partList, findings }
}

function listOf<T>(value: unknown, read: (item: unknown) => T | undefined): readonly T[] | null {
  if (!Array.isArray(value)) return null
  const items: T[] = []
  for (const item of value) {
    const read1 = read(item)
    if (read1 === undefined) return null
    items.push(read1)
  }
  return items
}

function isPart(value: unknown): value is Part {
  return parts.some((part) => part === value)
}

function root(value: unknown): Root | undefined {
  if (!isJsonObject(value)) return undefined
  const { part, path } = value
  return isPart(part) && typeof path === 'string' ? { part, path } : undefined
}

function partFacts(value: unknown): PartFacts | undefined {
  if (!isJsonObject(value)) return undefined
  const { part, files, sizeBytes, digest, tables } = value
  if (!isPart(part) || typeof files !== 'number' || typeof sizeBytes !== 'number') return undefined
  if (typeof digest !== 'string' || (tables !== null && typeof tables !== 'number')) return undefined
  return { part, files, sizeBytes, digest, tables }
}

function archiveFinding(value: unknown): ArchiveFinding | undefined {
  if (!isJsonObject(value)) return undefined
  const { part, message } = value
  const code = archiveCodes.find((known) => known === value['code'])
  if (code === undefined || typeof message !== 'string') return undefined
  return part === null || isPart(part) ? { code, part, message } : undefined
}

function manifestFacts(value: unknown): ManifestFacts | undefined {
  if (!isJsonObject(value)) return undefined
  const { path, text, patchesIncluded, listsFiles } = value
  if (typeof path !== 'string' || typeof text !== 'string') return undefined
  if (typeof patchesIncluded !== 'boolean' || typeof listsFiles !== 'boolean') return undefined
  return {
    path,
    text,
    backupId: textOrNull(value['backupId']),
    createdAt: textOrNull(value['createdAt']),
    hostname: textOrNull(value['hostname']),
    version: textOrNull(value['version']),
    masterKeyFingerprint: textOrNull(value['masterKeyFingerprint']),
    patchesIncluded,
    listsFiles,
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
