import type { Look } from '../../shared/contract/clusters.ts'
import { backupDays } from '../../shared/domain/backup-days.ts'
import type { ObjectStore } from '../ports/object-store.ts'

/**
 * A cluster whose backups are not read yet: what lies in its repository, and when the newest of it was written. Nothing
 * of it is judged.
 */
export async function lookAtObjects(
  store: ObjectStore,
  { nowMs, rpoMs, signal }: { readonly nowMs: number; readonly rpoMs: number; readonly signal?: AbortSignal },
): Promise<Look> {
  let objects = 0
  let storedBytes = 0
  let newest: { readonly backupId: string; readonly createdAt: string } | null = null
  /** The newest a day suffices for the calendar. */
  const byDay = new Map<string, string>()
  for await (const entry of store.list(signal ? { signal } : {})) {
    if (entry.kind !== 'object') continue
    objects += 1
    storedBytes += entry.sizeBytes
    const at = entry.modifiedAt
    if (at === null) continue
    if (newest === null || at > newest.createdAt) newest = { backupId: entry.key, createdAt: at }
    const day = at.slice(0, 10)
    if (at > (byDay.get(day) ?? '')) byDay.set(day, at)
  }
  const dated = [...byDay.values()].map((createdAt) => ({ createdAt, run: 'done' as const }))
  return {
    asOf: new Date(nowMs).toISOString(),
    failure: null,
    backups: 0,
    restorable: 0,
    notRestorable: 0,
    notProved: 0,
    newest,
    newestRestorable: null,
    proved: null,
    lastDrill: null,
    days: [...backupDays(dated, { nowMs, rpoMs, days: 30 })],
    keyProof: { state: 'notProvable', opens: 0, of: 0 },
    storedBytes,
    objects,
    worst: null,
  }
}
