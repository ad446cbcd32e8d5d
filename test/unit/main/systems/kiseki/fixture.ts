import type { ObjectStore } from '../../../../../src/main/ports/object-store.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { kisekiShards, makeKisekiSnapshot, type KisekiShard } from '../../../../lab/kiseki.ts'

export const at = '2026-11-10T06:00:00Z'

/** One snapshot whose bytes can be changed before they are written. */
export async function oneSnapshot(
  change: {
    readonly tar?: (tar: Uint8Array) => Uint8Array | null
    readonly manifest?: (text: string) => string | Uint8Array
    readonly folder?: (backupId: string) => string
    readonly shards?: readonly KisekiShard[]
    readonly at?: string
  } = {},
): Promise<{ readonly store: ObjectStore; readonly backupId: string }> {
  const { backupId, tar, manifest } = makeKisekiSnapshot({
    seed: 'tests',
    at: change.at ?? at,
    shards: change.shards ?? kisekiShards('tests', 3, 700),
  })
  const store = memoryStore()
  const folder = change.folder?.(backupId) ?? backupId
  const bytes = change.tar === undefined ? tar : change.tar(Uint8Array.from(tar))
  if (bytes !== null) await store.put(`${folder}/snapshot.tar`, bytes)
  const text = Buffer.from(manifest).toString()
  await store.put(`${folder}/manifest.json`, Buffer.from(change.manifest?.(text) ?? text))
  return { store, backupId }
}
