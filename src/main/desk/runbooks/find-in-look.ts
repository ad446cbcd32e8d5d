import type { Look } from '../../../shared/contract/clusters.ts'
import type { Found, FoundAnswers } from '../../../shared/domain/triage/triage.ts'

/** What the last look at a repository answers. */
export function findInLook(look: Look, hasKey: boolean): FoundAnswers {
  const bucket = findBucket(look)
  const newest = look.failure === null ? findNewest(look) : null
  const key = findKey(look, hasKey)
  return {
    ...(bucket !== null && { bucket }),
    ...(newest !== null && { newest }),
    ...(key !== null && { key }),
  }
}

function findBucket({ failure, asOf }: Look): Found | null {
  if (failure === null) return { choice: 'reachable', because: 'It was listed and read.', at: asOf }
  // A vault that is locked says nothing of the bucket.
  if (!failure.code.startsWith('repository.')) return null
  const because = failure.why === undefined ? failure.what : `${failure.what} ${failure.why}`
  return { choice: 'notReachable', because, at: null }
}

function findNewest({ asOf, backups, newest, newestRestorable, proved, worst }: Look): Found | null {
  if (backups === 0)
    return { choice: 'none', because: 'The repository answers and holds no backup.', at: asOf }
  if (newest === null || proved === null) return null
  const { backupId } = newest
  const at = proved.verifiedAt
  if (proved.failedAt !== null) {
    const detail = worst === null ? '' : ` ${worst.lead} ${worst.detail}`
    return { choice: 'damaged', because: `${backupId} fails its proof.${detail}`, at: at ?? asOf }
  }
  if (backupId === newestRestorable?.backupId) {
    return { choice: 'good', because: `${backupId} is proved to be restorable.`, at: at ?? asOf }
  }
  return { choice: 'notProved', because: `${backupId} was not read to its end.`, at: asOf }
}

/** Keys that open nothing may be the wrong ones, or the last: only the operator knows whether there are others. */
function findKey({ asOf, keyProof: { state, opens } }: Look, hasKey: boolean): Found | null {
  if (!hasKey) return null
  switch (state) {
    case 'opens':
      return { choice: 'opens', because: 'A key that is kept here opens the backups.', at: asOf }
    case 'refused':
      return opens > 0
        ? {
            choice: 'notProved',
            because: 'The keys that are kept here open some backups, and not all.',
            at: asOf,
          }
        : null
    case 'notNeeded':
    case 'notProvable':
      return {
        choice: 'notProved',
        because: 'A key is kept here; the backups do not tell whether it fits.',
        at: asOf,
      }
    case 'noKey':
    case 'notTried':
      return null
  }
}
