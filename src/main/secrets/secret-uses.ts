import type { AuditLog } from '../ports/audit-log.ts'
import type { Clock } from '../ports/clock.ts'
import { secretUseEntry, type UsedSecret } from '../../shared/domain/secret-use.ts'
import type { SecretUse } from '../ports/secrets.ts'

const onceInMs = 3_600_000

/**
 * Writes the use of a credential into the chain, at most once an hour for the same credential, subject and purpose. True
 * where it did. Throws where that cannot be written: then the secret is not used.
 */
export type NoteUse = (secret: UsedSecret, use: SecretUse) => Promise<boolean>

export function noteUses(audit: AuditLog, clock: Pick<Clock, 'now'>): NoteUse {
  const noted = new Map<string, { readonly atMs: number; readonly done: Promise<unknown> }>()

  return async ({ id, label, kind }, { subject, purpose }) => {
    const key = JSON.stringify([id ?? label, subject, purpose])
    const nowMs = clock.now()
    const earlier = noted.get(key)
    if (earlier !== undefined && Math.abs(nowMs - earlier.atMs) < onceInMs) {
      await earlier.done
      return false
    }
    for (const [other, { atMs }] of noted) if (Math.abs(nowMs - atMs) >= onceInMs) noted.delete(other)
    const done = audit.append(secretUseEntry({ id, label, kind }, { subject, purpose }))
    noted.set(key, { atMs: nowMs, done })
    try {
      await done
    } catch (error) {
      noted.delete(key)
      throw error
    }
    return true
  }
}
