import type { BrowsePage, RepositoryUsage } from '../../shared/contract/repositories.ts'
import { spanWords } from '../../shared/domain/size-words.ts'
import type { RepositoryView } from '../operations/view-repository.ts'
import type { ObjectInfo, ObjectStore } from '../ports/object-store.ts'

/** Of each, the largest are listed. */
const orphansListed = 500

/** What a repository takes, what sharing saves, and what no readable backup points to. Lists; reads nothing. */
export async function repositoryUsage(
  store: ObjectStore,
  view: RepositoryView | null,
  { nowMs, signal }: { readonly nowMs: number; readonly signal?: AbortSignal },
): Promise<RepositoryUsage> {
  const backups = view?.backups ?? []
  const needed = new Set(backups.flatMap(({ backup }) => backup.objects.map(({ key }) => key)))
  const beside = new Set(backups.flatMap(({ backup }) => backup.completedBy.map(({ key }) => key)))
  let objects = 0
  let storedBytes = 0
  let manifestBytes = 0
  const orphans: ObjectInfo[] = []
  for await (const entry of store.list(signal ? { signal } : {})) {
    if (entry.kind !== 'object') continue
    objects += 1
    storedBytes += entry.sizeBytes
    if (beside.has(entry.key)) manifestBytes += entry.sizeBytes
    else if (view !== null && !needed.has(entry.key)) orphans.push(entry)
  }
  return {
    asOf: new Date(nowMs).toISOString(),
    objects,
    storedBytes,
    manifestBytes,
    withoutSharingBytes: backups.reduce((sum, { backup }) => sum + (backup.sizeBytes ?? 0), 0),
    backups: backups.length,
    stores: view === null ? [] : storesOf(view),
    orphans: {
      objects: orphans.length,
      bytes: orphans.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      listed: orphans
        .toSorted((a, b) => b.sizeBytes - a.sizeBytes)
        .slice(0, orphansListed)
        .map(({ key, sizeBytes, modifiedAt }) => ({ key, sizeBytes, modifiedAt })),
      note: orphanNote(orphans, nowMs),
    },
  }
}

function storesOf({ backups }: RepositoryView): RepositoryUsage['stores'] {
  const sizes = new Map(
    backups.flatMap(({ backup }) => backup.objects.map((info) => [info.key, info.sizeBytes])),
  )
  const stores = new Map<string, Set<string>>()
  for (const { store, key } of backups.flatMap(({ report }) => report.stores)) {
    if (key === null || !sizes.has(key)) continue
    const keys = stores.get(store) ?? new Set()
    keys.add(key)
    stores.set(store, keys)
  }
  return [...stores].map(([store, keys]) => ({
    store,
    objects: keys.size,
    bytes: [...keys].reduce((sum, key) => sum + (sizes.get(key) ?? 0), 0),
  }))
}

/** A backup is written before its manifest: what looks left over may be on its way in. */
function orphanNote(orphans: readonly ObjectInfo[], nowMs: number): string | null {
  const youngest = orphans
    .flatMap(({ modifiedAt }) => modifiedAt ?? [])
    .sort()
    .at(-1)
  if (orphans.length === 0) return null
  const age =
    youngest === undefined ? '' : ` The youngest was written ${spanWords(nowMs - Date.parse(youngest))} ago.`
  return `A backup writes its objects before its manifest, so what nothing points to may be a backup on its way in.${age}`
}

const entriesShown = 1000

/** One level of a repository's names; at most 1 000. */
export async function browseRepository(
  store: ObjectStore,
  prefix: string,
  view: RepositoryView | null,
  { nowMs, signal }: { readonly nowMs: number; readonly signal?: AbortSignal },
): Promise<BrowsePage> {
  const users = new Map<string, number>()
  for (const { backup } of view?.backups ?? []) {
    for (const { key } of [...backup.objects, ...backup.completedBy])
      users.set(key, (users.get(key) ?? 0) + 1)
  }
  const folders: BrowsePage['folders'] = []
  const objects: BrowsePage['objects'] = []
  let cut = false
  for await (const entry of store.list({ prefix, delimiter: '/', ...(signal && { signal }) })) {
    if (folders.length + objects.length >= entriesShown) {
      cut = true
      break
    }
    if (entry.kind === 'prefix') {
      folders.push({ name: entry.prefix.slice(prefix.length), prefix: entry.prefix })
    } else {
      const { key, sizeBytes, modifiedAt } = entry
      objects.push({
        name: key.slice(prefix.length),
        key,
        sizeBytes,
        modifiedAt,
        backups: users.get(key) ?? 0,
      })
    }
  }
  return { asOf: new Date(nowMs).toISOString(), folders, objects, cut }
}
