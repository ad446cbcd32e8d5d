import type { LockedTarget, RestoreTarget } from '../../ports/restore-target.ts'

/** Works on a target while holding its lock. What the work came to is told, also where the lock cannot be given back. */
export async function whileLocked<T>(
  target: RestoreTarget,
  work: (locked: LockedTarget) => Promise<T>,
): Promise<T> {
  const locked = await target.lock()
  try {
    return await work(locked)
  } finally {
    // Left behind it ends with this process: a lock whose holder is dead is taken over.
    await locked.release().catch(() => undefined)
  }
}
