import { memoryStore } from '../../../../../fakes/memory-store.ts'
import { readSmall } from '../../../../../../src/main/engine/transfer/read-small.ts'
import { readInfoText } from '../../../../../../src/main/systems/kindling/info-text.ts'
import {
  infoText,
  makePgBackRestRepository,
  type LabLabel,
  type LabRepository,
} from '../../../../../lab/kindling.ts'
import type { ObjectStore } from '../../../../../../src/main/ports/object-store.ts'

export const full = '20261101-020000F'
export const differential = `${full}_20261102-020000D`
export const incremental = `${full}_20261103-020000I`

const base = {
  PG_VERSION: '15\n',
  'base/1/1249': 'catalog '.repeat(2000),
  'base/5/16384': 'rows '.repeat(900),
}

/** A full backup, a differential one of it, an incremental one of that; each refers to what did not change. */
export const chain: readonly LabLabel[] = [
  { label: full, files: { ...base, 'base/5/2': '' }, wal: [2, 3], stoppedAt: '2026-11-01T02:00:09Z' },
  {
    label: differential,
    prior: full,
    files: { ...base, 'base/5/2': '', 'base/5/16384': 'more rows '.repeat(900) },
    wal: [5, 5],
    stoppedAt: '2026-11-02T02:00:09Z',
  },
  {
    label: incremental,
    prior: differential,
    files: {
      ...base,
      'base/5/2': '',
      'base/5/16384': 'more rows '.repeat(900),
      'base/5/16390': 'a new table',
    },
    wal: [7, 9],
    stoppedAt: '2026-11-03T02:00:09Z',
  },
]

export async function chainIn(options: LabRepository = {}): Promise<ObjectStore> {
  const store = memoryStore()
  await makePgBackRestRepository(store, chain, options)
  return store
}

export async function keysOf(store: ObjectStore, part: string): Promise<readonly string[]> {
  const keys: string[] = []
  for await (const entry of store.list())
    if (entry.kind === 'object' && entry.key.includes(part)) keys.push(entry.key)
  return keys
}

/** Turns one bit of the first object whose key has this part. */
export async function flip(store: ObjectStore, part: string, at = 30): Promise<string> {
  const [key] = await keysOf(store, part)
  if (key === undefined) throw new Error(`There is no ${part}.`)
  const pieces: Uint8Array[] = []
  for await (const piece of (await store.get(key)).pieces) pieces.push(piece)
  const bytes = Buffer.concat(pieces)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  await store.put(key, bytes)
  return key
}

/** Rewrites a label's manifest and its copy, checksum included, as whoever can write to the bucket could. */
export async function editManifest(
  store: ObjectStore,
  label: string,
  edit: (sections: Record<string, Record<string, string>>) => void,
): Promise<void> {
  const keys = [`backup/kindling/${label}/backup.manifest`, `backup/kindling/${label}/backup.manifest.copy`]
  const reading = readInfoText(await readSmall(store, keys[0] ?? '', 1e6))
  if (!reading.ok) throw new Error(reading.reason)
  const sections = Object.fromEntries(
    [...reading.info.sections].map(([name, values]) => [name, Object.fromEntries(values)]),
  )
  delete sections['backrest']?.['backrest-checksum']
  edit(sections)
  for (const key of keys) await store.put(key, Buffer.from(infoText(sections)))
}
