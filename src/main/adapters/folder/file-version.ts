import type { BigIntStats } from 'node:fs'
import type { ObjectVersion } from '../../../shared/domain/object-facts.ts'
import type { ObjectInfo } from '../../ports/object-store.ts'

/**
 * A file's size and its time of change, to the nanosecond where the file system has it. The tag is made of what no
 * ordinary program can set back: the inode, and the time at which the inode itself last changed. So bytes that are
 * exchanged under an old `mtime` (touch, cp -p) are another version, and what is remembered of a file does not cover them.
 */
export function infoOf(key: string, stats: BigIntStats): ObjectInfo {
  return {
    key,
    sizeBytes: Number(stats.size),
    etag: `${stats.ino.toString(36)}-${stats.ctimeNs.toString(36)}`,
    modifiedAt: isoTime(stats.mtimeNs),
    versionId: null,
  }
}

export function isSameVersion(now: ObjectVersion, before: ObjectVersion): boolean {
  return isUnwritten(now, before) && now.etag === before.etag
}

/** For an open file: it may be moved or unlinked meanwhile, which changes its inode but not its bytes. */
export function isUnwritten(now: ObjectVersion, before: ObjectVersion): boolean {
  return now.sizeBytes === before.sizeBytes && now.modifiedAt === before.modifiedAt
}

/** Null for a time that no calendar holds. */
function isoTime(nanoseconds: bigint): string | null {
  const wholeSeconds = BigInt.asIntN(64, nanoseconds - (((nanoseconds % 10n ** 9n) + 10n ** 9n) % 10n ** 9n))
  const date = new Date(Number(wholeSeconds / 10n ** 6n))
  if (Number.isNaN(date.getTime())) return null
  const fraction = String(nanoseconds - wholeSeconds).padStart(9, '0')
  return date.toISOString().replace(/\.\d+Z$/, `.${fraction}Z`)
}
