import type { ObjectVersion } from '../../../shared/domain/object-facts.ts'
import { S3Nonsense } from './failure.ts'

/** The version that the headers of an answer describe. Throws `S3Nonsense` where it is not an object's. */
export function versionOf(
  answer: {
    readonly ETag?: string | undefined
    readonly LastModified?: Date | undefined
    readonly VersionId?: string | undefined
  },
  sizeBytes: number | undefined,
): ObjectVersion {
  const etag = withoutQuotes(answer.ETag)
  // Every S3 object has one; a login page answered with 200 mostly has not.
  if (etag === null) throw new S3Nonsense('an object without an ETag')
  if (sizeBytes === undefined || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0) {
    throw new S3Nonsense('an object without a size')
  }
  const { VersionId: versionId = null } = answer
  return {
    sizeBytes,
    etag,
    modifiedAt: wholeSeconds(answer.LastModified),
    // "null" names what was stored while the bucket kept no versions.
    versionId: versionId === 'null' ? null : versionId,
  }
}

export function withoutQuotes(etag: string | undefined): string | null {
  const bare = etag?.startsWith('"') && etag.endsWith('"') ? etag.slice(1, -1) : etag
  return bare === undefined || bare === '' ? null : bare
}

/** As listings write it (ISO 8601); a `Date` for each of many thousand objects would take a while. */
const listedTime = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?Z$/

/** Heads have whole seconds, some listings milliseconds: cut, so that one version has one time. */
export function wholeSeconds(time: string | Date | undefined): string | null {
  if (typeof time === 'string' && listedTime.test(time)) return `${time.slice(0, 19)}.000Z`
  const ms = time === undefined ? Number.NaN : new Date(time).getTime()
  return Number.isNaN(ms) ? null : new Date(ms - (ms % 1000)).toISOString()
}
