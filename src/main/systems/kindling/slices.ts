import { sliceId, type Slice } from './facts.ts'
import type { DatabaseBackup } from './inventory.ts'
import type { ArchivedSegment } from './layout.ts'
import { formOf, type BackupManifest } from './manifest.ts'
import { segmentBytesOf, segmentsBetween } from './wal.ts'

/** What to read of each object, so that one reading answers for every backup that has something in it. */
export function slicesByKey(databases: readonly DatabaseBackup[]): ReadonlyMap<string, readonly Slice[]> {
  const slices = new Map<string, Map<string, Slice>>()
  const add = (key: string, slice: Slice): void => {
    const ofKey = slices.get(key) ?? new Map<string, Slice>()
    ofKey.set(sliceId(slice), slice)
    slices.set(key, ofKey)
  }
  for (const backup of databases) {
    for (const { key, info, offset, storedBytes, form } of backup.files)
      if (info !== null) add(key, { offset, sizeBytes: storedBytes, form })
    for (const segment of walOf(backup).there) add(segment.info.key, segmentSlice(segment))
  }
  return new Map(
    [...slices].map(([key, ofKey]) => [
      key,
      [...ofKey.values()].sort((a, b) => a.offset - b.offset || a.sizeBytes - b.sizeBytes),
    ]),
  )
}

export function segmentSlice({ info, compression }: ArchivedSegment): Slice {
  return { offset: 0, sizeBytes: info.sizeBytes, form: formOf(compression) }
}

export interface NeededWal {
  readonly there: readonly ArchivedSegment[]
  readonly missing: readonly string[]
  /** Segments that are there more than once, with different contents. */
  readonly twice: readonly string[]
  /** Why nobody can tell which segments are needed; null where that is known. */
  readonly unknown: string | null
}

const none: NeededWal = { there: [], missing: [], twice: [], unknown: null }

/** The WAL from the start of a backup to its end: without all of it no restore reaches a consistent database. */
export function walOf({ manifest, archive }: Pick<DatabaseBackup, 'manifest' | 'archive'>): NeededWal {
  if (manifest === null || manifest.wal === null || archive === null) return none
  const segments = neededSegments(manifest.wal)
  if (segments === null) {
    const { first, last } = manifest.wal
    return { ...none, unknown: `from ${first} to ${last} is no row of segments of one timeline` }
  }
  const found = segments.map((segment) => ({ segment, archived: archive.get(segment) ?? [] }))
  return {
    there: found.flatMap(({ archived }) => archived),
    missing: found.filter(({ archived }) => archived.length === 0).map(({ segment }) => segment),
    twice: found.filter(({ archived }) => archived.length > 1).map(({ segment }) => segment),
    unknown: null,
  }
}

function neededSegments({ first, last, lsn }: NonNullable<BackupManifest['wal']>): readonly string[] | null {
  if (first === last) return [first]
  const segmentBytes = segmentBytesOf(lsn, first)
  return segmentBytes === null ? null : segmentsBetween(first, last, segmentBytes)
}
