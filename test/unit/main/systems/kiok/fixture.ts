import { createHash } from 'node:crypto'
import { inProcessByteWork } from '../../../../fakes/in-process-byte-work.ts'
import { readSmall } from '../../../../../src/main/engine/transfer/read-small.ts'
import type { ObjectStore } from '../../../../../src/main/ports/object-store.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { makeKiokRepository, nightsFrom, type KiokLab } from '../../../../lab/kiok.ts'

export const masterKey = 'a master key of at least thirty-two characters'

const smallSizes = { metadata: 5_000, kms: 700, iam: 900, connections: 120, joblog: 70_000 } as const

/** Five nights; metadata changes every night, iam in the third. Ids in `ids`, oldest first. */
export async function kiokRepository(
  overrides: Partial<KiokLab> = {},
): Promise<{ readonly store: ObjectStore; readonly ids: readonly string[] }> {
  const store = memoryStore()
  const byteWork = inProcessByteWork(new Map())
  const ids = await makeKiokRepository(
    {
      seed: 'kiok tests',
      cluster: 'kiok-prod',
      masterKey,
      storeSizes: smallSizes,
      nights: nightsFrom('2026-11-10T02:00:00Z', 5, (night) =>
        night === 2 ? ['metadata', 'iam'] : ['metadata'],
      ),
      ...overrides,
    },
    { store, byteWork },
  )
  await byteWork.close()
  return { store, ids }
}

export type Json = { [name: string]: unknown }

/** Rewrites a backup's manifest as whoever can write to the bucket could. */
export async function editManifest(
  store: ObjectStore,
  id: string,
  edit: (manifest: Json) => unknown,
): Promise<void> {
  const manifest: unknown = JSON.parse(
    Buffer.from(await readSmall(store, `${id}/manifest.json`, 1e7)).toString(),
  )
  if (typeof manifest !== 'object' || manifest === null) throw new Error('The lab wrote no manifest.')
  const edited = edit(manifest as Json) ?? manifest
  await store.put(`${id}/manifest.json`, Buffer.from(JSON.stringify(edited)))
}

export function entryOf(manifest: Json, name: string): Json {
  return (manifest['stores'] as Record<string, Json>)[name] ?? {}
}

/** Replaces an object's bytes. */
export async function editObject(
  store: ObjectStore,
  key: string,
  edit: (bytes: Uint8Array) => Uint8Array,
): Promise<Uint8Array> {
  const edited = edit(Uint8Array.from(await readSmall(store, key, 1e7)))
  await store.put(key, edited)
  return edited
}

/** Makes the manifest agree with an object that was replaced. */
export function recordObject(entry: Json, bytes: Uint8Array): void {
  entry['objectSize'] = bytes.byteLength
  entry['objectSha256'] = sha256(bytes)
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export const kiokStoreNames: readonly string[] = Object.keys(smallSizes)
