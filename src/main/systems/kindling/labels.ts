/** `YYYYMMDD-HHMMSSF`, and behind it `_YYYYMMDD-HHMMSS` with D or I (from source: pgbackrest src/command/backup/common.c). */
const labelForm = /^\d{8}-\d{6}F(?:_\d{8}-\d{6}[DI])?$/

export function isLabel(name: string): boolean {
  return labelForm.test(name)
}

/** The kinds of backups, in the order in which they are shown. */
export const fileParts = ['full', 'differential', 'incremental'] as const
export const walPart = 'WAL'
export const volumePart = 'volume'

const parts = { F: 'full', D: 'differential', I: 'incremental' } as const

export function partOf(label: string): (typeof fileParts)[number] {
  const last = label.at(-1)
  return last === 'D' || last === 'I' ? parts[last] : 'full'
}

/** How pgBackRest compresses, by what stands behind a stored name (from source: src/common/compress/helper.c). */
const endings = { none: '', gz: '.gz', lz4: '.lz4', zst: '.zst', bz2: '.bz2' } as const

export type Compression = keyof typeof endings

export function compressionNamed(name: unknown): Compression | null {
  return typeof name === 'string' && isCompression(name) ? name : null
}

function isCompression(name: string): name is Compression {
  return Object.hasOwn(endings, name)
}

export function endingOf(compression: Compression): string {
  return endings[compression]
}

/** A WAL segment as it lies in an archive: its name, the SHA-1 of its plain bytes, how it is compressed. */
export interface ArchivedName {
  readonly segment: string
  readonly plainSha1: string
  readonly compression: Compression
}

/** From source: src/command/archive/common.h, `WAL_SEGMENT_FILE_REGEXP`. */
const archivedForm = /^([0-9A-F]{24})-([0-9a-f]{40})(?:\.(gz|lz4|zst|bz2))?$/

export function archivedName(name: string): ArchivedName | null {
  const match = archivedForm.exec(name)
  if (match === null) return null
  const [, segment = '', plainSha1 = '', ending] = match
  return { segment, plainSha1, compression: compressionNamed(ending ?? 'none') ?? 'none' }
}
