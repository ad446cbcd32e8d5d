import { sniffBeginning } from '../../shared/domain/envelope-start.ts'
import { isHoldfastError } from '../../shared/domain/error.ts'
import { isPublicOnly, keyLikeContent, keyLikeName } from '../../shared/domain/key-like.ts'
import { mapInParallel } from '../../shared/domain/parallel.ts'
import type { FoundBackups } from '../../shared/domain/posture-check.ts'
import { judgePosture, type FoundKeys, type Posture } from '../../shared/domain/posture.ts'
import type { FoundCopies } from '../../shared/domain/posture-copies.ts'
import { readSmall } from '../engine/transfer/read-small.ts'
import type { BackupSystem, InventoryBackup } from '../ports/backup-system.ts'
import type { ObjectInfo, ObjectStore } from '../ports/object-store.ts'

/** Whose backups lie there; newest first. */
export interface KnownBackups {
  readonly system: Pick<BackupSystem, 'name' | 'sharesObjects' | 'neverSealed'>
  readonly backups: readonly Pick<InventoryBackup, 'objects' | 'completedBy'>[]
}

interface PostureOptions {
  /** In other repositories; left out: nobody looked. */
  readonly copies?: FoundCopies | null
  readonly nowMs: number
  readonly signal?: AbortSignal
}

/**
 * How well a repository is protected, from what its place says of itself and from what lies in it. Reads a listing, small objects
 * that no backup needs, and the first bytes of a few of the newest backup; changes nothing and tries nothing out.
 */
export async function readPosture(
  store: ObjectStore,
  known: KnownBackups | null,
  { nowMs, copies = null, signal }: PostureOptions,
): Promise<Posture> {
  const newest = sampleOf(known?.backups[0])
  const keys = await findKeys(store, known, signal)
  const place =
    (await store.facts?.(
      newest.map(({ key }) => key),
      { ...(signal && { signal }) },
    )) ?? null
  const backups = known === null ? null : await foundBackups(store, known, signal)
  return judgePosture({ place, keys, backups, copies, nowMs })
}

const sampledAtEachEnd = 4

/** Of the newest backup's objects a few, the oldest and the youngest of them: what it shares with older backups is locked no longer. */
function sampleOf(backup: KnownBackups['backups'][number] | undefined): readonly ObjectInfo[] {
  const objects = [...(backup?.objects ?? []), ...(backup?.completedBy ?? [])].toSorted((a, b) =>
    (a.modifiedAt ?? '') < (b.modifiedAt ?? '') ? -1 : 1,
  )
  return objects.length <= 2 * sampledAtEachEnd
    ? objects
    : [...objects.slice(0, sampledAtEachEnd), ...objects.slice(-sampledAtEachEnd)]
}

async function foundBackups(
  store: ObjectStore,
  { system, backups }: KnownBackups,
  signal: AbortSignal | undefined,
): Promise<FoundBackups> {
  const beside = new Set(backups[0]?.completedBy.map(({ key }) => key))
  const looked = sampleOf(backups[0]).filter(({ key }) => !beside.has(key))
  const sealed = await mapInParallel(looked, store.capabilities.parallelReads, async (info) =>
    system.neverSealed === true ? false : isSealed(store, info, signal),
  )
  const told = sealed.filter((one) => one !== null)
  const count = told.filter(Boolean).length
  return {
    system: system.name,
    count: backups.length,
    sharesObjects: system.sharesObjects,
    needed: [...neededBy(backups)],
    // What could not be read may be plain.
    sealing:
      told.length === 0 || (told.length < looked.length && count === told.length)
        ? null
        : { sealed: count, plain: told.length - count },
  }
}

function neededBy(backups: KnownBackups['backups']): ReadonlySet<string> {
  return new Set(
    backups.flatMap(({ objects, completedBy }) => [...objects, ...completedBy].map(({ key }) => key)),
  )
}

const firstBytes = 8

/** Null where its first bytes could not be read. */
async function isSealed(
  store: ObjectStore,
  info: ObjectInfo,
  signal: AbortSignal | undefined,
): Promise<boolean | null> {
  try {
    const { pieces } = await store.get(info.key, {
      range: { startByte: 0, endByte: firstBytes - 1 },
      ...(signal && { signal }),
    })
    const parts: Uint8Array[] = []
    for await (const piece of pieces) parts.push(piece)
    const bytes = Buffer.concat(parts)
    return bytes.byteLength >= 4 && sniffBeginning(bytes) === 'envelope'
  } catch (error) {
    return notRead(error)
  }
}

/** One object that cannot be read leaves its question open; a repository that is gone ends the run. */
function notRead(error: unknown): null {
  const isOfObject =
    isHoldfastError(error, 'repository.accessDenied') ||
    isHoldfastError(error, 'object.missing') ||
    isHoldfastError(error, 'object.changed') ||
    isHoldfastError(error, 'object.unreadable')
  if (!isOfObject) throw error
  return null
}

const smallBytes = 4096
const mostRead = 200

/** By their names, and small ones by what they hold. Nothing of a content leaves this function. */
async function findKeys(
  store: ObjectStore,
  known: KnownBackups | null,
  signal: AbortSignal | undefined,
): Promise<FoundKeys> {
  const needed = neededBy(known?.backups ?? [])
  let listed = 0
  let small = 0
  const named: { readonly info: ObjectInfo; readonly why: string }[] = []
  const others: ObjectInfo[] = []
  for await (const entry of store.list(signal ? { signal } : {})) {
    if (entry.kind !== 'object') continue
    listed += 1
    if (needed.has(entry.key)) continue
    const isSmall = entry.sizeBytes <= smallBytes
    if (isSmall) small += 1
    const why = keyLikeName(entry.key)
    if (why !== null) named.push({ info: entry, why })
    else if (isSmall && others.length < mostRead) others.push(entry)
  }
  const candidates = [
    ...named.slice(0, mostRead),
    ...others.slice(0, Math.max(0, mostRead - named.length)).map((info) => ({ info, why: null })),
  ]
  const looked = await mapInParallel(candidates, store.capabilities.parallelReads, async ({ info, why }) => {
    const text = info.sizeBytes <= smallBytes ? await smallText(store, info, signal) : null
    if (text === null) return { key: info.key, why, isRead: false }
    const isCleared = isPublicOnly(text)
    return { key: info.key, why: keyLikeContent(text) ?? (isCleared ? null : why), isRead: true }
  })
  return {
    found: [
      ...looked.flatMap(({ key, why }) => (why === null ? [] : [{ key, why }])),
      ...named.slice(mostRead).map(({ info, why }) => ({ key: info.key, why })),
    ],
    listed,
    small,
    read: looked.filter(({ isRead }) => isRead).length,
  }
}

async function smallText(
  store: ObjectStore,
  { key }: ObjectInfo,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  try {
    return Buffer.from(await readSmall(store, key, smallBytes, signal)).toString('latin1')
  } catch (error) {
    return notRead(error)
  }
}
