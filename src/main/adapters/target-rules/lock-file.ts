import { HoldfastError } from '../../../shared/domain/error.ts'
import { isJsonObject, readJsonObject } from '../../../shared/domain/strict-json.ts'
import type { LockHolder } from '../../ports/restore-target.ts'
import type { ProcessIdentity } from '../files/process-identity.ts'

/**
 * Each run has a lock file of its own, under a name that is never used again. Who wants the lock first shows its own
 * file and only then looks for others: of two that come at once at least one sees the other and steps back. Removing
 * the file of a dead run can therefore never remove a living one's. A file holds one JSON object, a `LockOwner`: runs on
 * the machine itself and runs over SSH judge each other by it.
 */
export const lockName = /^lock-[0-9a-f]{32}$/
export const unfinishedName = /^lock-[0-9a-f]{32}\.new$/

export type LockOwner = ProcessIdentity & { readonly since: string }

export const longestLockBytes = 4096

/** Null for what is no lock that this version writes; it counts as alive. */
export function parseLock(bytes: Uint8Array): LockOwner | null {
  const reading = readJsonObject(bytes, longestLockBytes)
  if (!reading.ok || !isJsonObject(reading.value)) return null
  const { host, pid, startTicks, bootId, pidNamespace, since } = reading.value
  if (typeof host !== 'string' || typeof since !== 'string') return null
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid < 1) return null
  return {
    host,
    pid,
    since,
    startTicks: typeof startTicks === 'string' ? startTicks : null,
    bootId: typeof bootId === 'string' ? bootId : null,
    pidNamespace: typeof pidNamespace === 'string' ? pidNamespace : null,
  }
}

/** Who holds the lock of a target by a file there; the file may be of a kind that cannot be read. */
export function holderOf(owner: LockOwner | null, file: string): LockHolder & { readonly file: string } {
  return {
    pid: owner?.pid ?? 0,
    host: owner?.host ?? 'an unknown host',
    since: owner?.since ?? 'an unknown time',
    file,
  }
}

export function busy(dir: string, holder: (LockHolder & { readonly file: string }) | null): HoldfastError {
  const who =
    holder === null
      ? 'Another run took the folder in this moment.'
      : `Process ${holder.pid} on ${holder.host} has been at it since ${holder.since}.`
  return new HoldfastError('target.busy', {
    what: `${dir} is being restored by another run.`,
    why: who,
    unchanged: 'Nothing was changed.',
    next:
      holder === null
        ? 'Try again.'
        : `Wait for it to end. If it is certainly gone (another machine or container), remove ${holder.file}.`,
  })
}
