import { parseAddress } from '../../shared/domain/address.ts'
import { isHoldfastError } from '../../shared/domain/error.ts'
import { mapInParallel } from '../../shared/domain/parallel.ts'
import type { CopyPlace, FoundCopies } from '../../shared/domain/posture-copies.ts'
import type { InventoryBackup } from '../ports/backup-system.ts'
import type { SavedRepository } from '../ports/desk-state.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import { withStore } from './cluster-repository.ts'
import type { DeskPorts } from './ports.ts'

const placesAtOnce = 4

/** Each is listed whole, for each repository that is judged: a large fleet would list all of its own again and again. */
const mostPlaces = 8

/** One that answers no sooner is not waited for. */
const listWithinMs = 20_000

type Copied = Pick<InventoryBackup, 'objects' | 'completedBy'>

/**
 * Which of these backups, newest first, also lie in other saved repositories of the system. A copy keeps the names of its objects, so a
 * listing tells; what cannot be listed is told with the reason. Reads no object.
 */
export async function findCopies(
  saved: SavedRepository,
  backups: readonly Copied[],
  ports: Pick<DeskPorts, 'state' | 'secrets' | 'openStore'>,
  signal: AbortSignal,
): Promise<FoundCopies> {
  const others = ports.state.repositories
    .list()
    .filter(
      ({ id, system, address }) => id !== saved.id && system === saved.system && address !== saved.address,
    )
    .toSorted((a, b) => unlikely(a, saved, ports) - unlikely(b, saved, ports))
  const looked = await mapInParallel(others.slice(0, mostPlaces), placesAtOnce, async (other) =>
    lookInto(other, isReached(other, saved), backups, ports, signal),
  )
  const left = others.slice(mostPlaces).map((other): CopyPlace => {
    const why = `It was not looked into: ${mostPlaces} are, those first that no cluster uses.`
    return { name: other.name, isWithinReach: isReached(other, saved), seen: { told: false, why } }
  })
  return { backups: backups.length, places: [...looked, ...left] }
}

/** A place for copies is seldom a cluster's own, and serves best where other credentials reach it. */
function unlikely(
  other: SavedRepository,
  saved: SavedRepository,
  { state }: Pick<DeskPorts, 'state'>,
): number {
  const isUsed = state.clusters.list().some(({ repositoryId }) => repositoryId === other.id)
  return (isUsed ? 2 : 0) + (isReached(other, saved) ? 1 : 0)
}

function isReached(other: SavedRepository, saved: SavedRepository): boolean {
  return reachOf(other) === reachOf(saved)
}

async function lookInto(
  other: SavedRepository,
  isWithinReach: boolean,
  backups: readonly Copied[],
  ports: Pick<DeskPorts, 'secrets' | 'openStore'>,
  signal: AbortSignal,
): Promise<CopyPlace> {
  const { name } = other
  const limit = AbortSignal.any([signal, AbortSignal.timeout(listWithinMs)])
  try {
    const behind = await withStore(other, 'posture', ports, 'read', async (store) =>
      newestThere(backups, await sizesOf(store, limit)),
    )
    return { name, isWithinReach, seen: { told: true, behind } }
  } catch (error) {
    signal.throwIfAborted()
    const why = isHoldfastError(error) ? error.text.what : 'It could not be looked into.'
    return { name, isWithinReach, seen: { told: false, why } }
  }
}

async function sizesOf(store: ObjectStore, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>()
  for await (const entry of store.list({ signal }))
    if (entry.kind === 'object') sizes.set(entry.key, entry.sizeBytes)
  return sizes
}

function newestThere(backups: readonly Copied[], sizes: ReadonlyMap<string, number>): number | null {
  const at = backups.findIndex(({ objects, completedBy }) => {
    const all = [...objects, ...completedBy]
    return all.length > 0 && all.every(({ key, sizeBytes }) => sizes.get(key) === sizeBytes)
  })
  return at === -1 ? null : at
}

/** Two places with the same text are lost together to whoever has what reaches one of them. */
function reachOf({ address, access }: SavedRepository): string {
  const place = parseAddress(address)
  switch (place.kind) {
    case 'file':
      return 'this machine'
    case 'sftp':
      return `sftp ${place.host}`
    case 's3':
      return `s3 ${JSON.stringify(access.credential)}`
  }
}
