import type { BigIntStats } from 'node:fs'
import type { ObjectVersion } from '../../../shared/domain/object-facts.ts'
import type { ObjectInfo } from '../../ports/object-store.ts'

/** A file's size and its time of change, to the nanosecond where the file system has it. */
export function infoOf(key: string, stats: BigIntStats): ObjectInfo {
  return {
    key,
    sizeBytes: Number(stats.size),
    etag: null,
    modifiedAt: isoTime(stats.mtimeNs),
    versionId: null,
  }
}

export function isSameVersion(now: ObjectVersion, before: ObjectVersion): boolean {
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
