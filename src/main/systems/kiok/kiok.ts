import { HoldfastError } from '../../../shared/domain/error.ts'
import { plainContentOf } from '../../../shared/domain/object-facts.ts'
import type { PlannedItem } from '../../../shared/domain/restore-plan.ts'
import { mapInTurns } from '../../engine/in-turns.ts'
import type { StagedEntry } from '../../ports/staged-entry.ts'
import type { ObjectInfo } from '../../ports/object-store.ts'
import type { BackupSystem, Evidence, InventoryBackup, Orphan } from '../../ports/backup-system.ts'
import { checkClusterName } from './check-cluster.ts'
import { checkHolderAge, completeBefore } from './holder-age.ts'
import { readBackups, type Folders, type KiokBackup } from './inventory.ts'
import { judgeStore, kiokHighestLevel } from './judge-store.ts'
import { locate, type Place } from './locate.ts'
import { kiokStores, manifestName, timeOfBackupId, type StoreEntry } from './manifest.ts'

/** kiok: five stores, sealed and incremental; each manifest names the holder of each store directly. */
export const kiok: BackupSystem = {
  name: 'kiok',
  assumed:
    'The layout of kiok backups and their envelope is assumed (kiok-reference/1, KBE1): kiok publishes neither, ' +
    'nor how a store is serialised. A backup in another layout is called unknown, never good.',
  sharesObjects: true,
  stores: kiokStores,
  highestLevel: kiokHighestLevel,
  prefix: 'folder',
  restoresInto: 'exportFolder',
  exportNote:
    'Plain stores as kiok backed them up. The layout of the backup is assumed: kiok does not publish it, nor how a store is serialised.',
  afterTheBytes:
    'Starting the masters and a worker, the restore itself in kiok’s own window, logging in again, and acceptance.',
  walker: null,
  async readInventory(store, options) {
    const { folders, backups, objectsRead, bytesRead } = await readBackups(store, options)
    const byId = new Map(backups.map((backup) => [backup.backupId, backup]))
    const before = completeBefore(backups)
    const described = await mapInTurns(backups, (backup) => {
      return describe(backup, { folders, byId, earlier: before.get(backup.backupId) ?? [] })
    })
    return {
      backups: described.toReversed(),
      orphans: findOrphans(folders, described),
      objectsRead,
      bytesRead,
    }
  },
}

/** What an export says of itself stands beside the stores under this name. */
const exportReportName = 'report.json'

interface Surroundings {
  readonly folders: Folders
  readonly byId: ReadonlyMap<string, KiokBackup>
  /** Complete backups before this one, newest first. */
  readonly earlier: readonly KiokBackup[]
}

interface PlacedEntry {
  readonly entry: StoreEntry
  readonly place: Place
}

function describe(backup: KiokBackup, around: Surroundings): InventoryBackup {
  const placed = (backup.manifest?.entries ?? []).map((entry) => ({
    entry,
    place: locate(entry, around.folders),
  }))
  const objects = distinctObjects(placed)
  return {
    backupId: backup.backupId,
    alsoNamed: [],
    createdAt: backup.createdAt,
    cluster: backup.manifest?.cluster ?? null,
    sizeBytes: backup.manifest === null ? null : totalBytes(objects),
    newBytes:
      backup.manifest === null
        ? null
        : totalBytes(objects.filter((info) => info.key.startsWith(`${backup.backupId}/`))),
    objects,
    completedBy: manifestOf(backup, around.folders),
    manifestText: backup.manifestText,
    objectsToSniff: (evidence) => neighboursOfPlain(placed, around, evidence),
    judge: (evidence) => {
      const sealedIn = sealedByHolder(around.folders, evidence)
      return {
        createdAt: null,
        findings: [...backup.findings, ...checkClusterName(backup.manifest?.cluster ?? null, evidence.pin)],
        stores: placed.map(({ entry, place }) =>
          judgeStore(entry, {
            place,
            evidence,
            fromManifests: checkHolderAge(entry, backup, around.earlier, around.byId),
            sealedElsewhere: findSealed({ entry, place }, around.earlier, sealedIn, evidence),
          }),
        ),
      }
    },
    restoreItems: (evidence) => placed.map((each) => plannedItem(each, evidence)),
    stage: (readPlain, items) => stageFiles(placed, items, readPlain),
  }
}

/** Folders that are named like a backup and have no manifest, as far as no backup needs what lies in them. */
function findOrphans(folders: Folders, backups: readonly InventoryBackup[]): readonly Orphan[] {
  const needed = new Set(backups.flatMap(({ objects }) => objects.map(({ key }) => key)))
  return [...folders].flatMap(([name, names]) => {
    if (timeOfBackupId(name) === null || names.has(manifestName)) return []
    const objects = [...names.values()].filter(({ key }) => !needed.has(key))
    return objects.length === 0 ? [] : [{ name, objects }]
  })
}

function manifestOf({ backupId }: KiokBackup, folders: Folders): readonly ObjectInfo[] {
  const info = folders.get(backupId)?.get(manifestName)
  return info === undefined ? [] : [info]
}

/** An unsafe entry leads nowhere: what lies under its names is not asked for. */
function distinctObjects(placed: readonly PlacedEntry[]): readonly ObjectInfo[] {
  const byKey = new Map<string, ObjectInfo>()
  for (const { entry, place } of placed) {
    if (entry.unsafe === null && place.kind === 'found') byKey.set(place.info.key, place.info)
  }
  return [...byKey.values()]
}

function totalBytes(objects: readonly ObjectInfo[]): number {
  return objects.reduce((sum, info) => sum + info.sizeBytes, 0)
}

/** Objects beside a plain one: whether they are sealed decides between a custom and a stripped envelope. */
function neighboursOfPlain(
  placed: readonly PlacedEntry[],
  { folders }: Surroundings,
  evidence: Evidence,
): readonly ObjectInfo[] {
  const holders = new Set<string>()
  for (const { entry, place } of placed) {
    if (entry.unsafe !== null || place.kind !== 'found') continue
    const seen = evidence.object(place.info.key)
    if (seen.kind === 'read' && seen.facts.beginning !== 'envelope') holders.add(entry.holder)
  }
  return [...holders].flatMap((holder) => neighbours(holder, folders))
}

function neighbours(holder: string, folders: Folders): readonly ObjectInfo[] {
  return [...(folders.get(holder)?.values() ?? [])].filter((info) => info.key !== `${holder}/${manifestName}`)
}

/** Objects of a holder that are sealed: two of them, so that each object knows whether another one is. Looked for once a holder. */
function sealedByHolder(folders: Folders, evidence: Evidence): (holder: string) => readonly string[] {
  const known = new Map<string, readonly string[]>()
  return (holder) => {
    const there = known.get(holder)
    if (there !== undefined) return there
    const sealed: string[] = []
    for (const info of neighbours(holder, folders)) {
      // A few bytes can begin like an envelope by chance; one has at least its magic.
      if (info.sizeBytes >= 4 && evidence.beginning(info.key) === 'envelope') sealed.push(info.key)
      if (sealed.length === 2) break
    }
    known.set(holder, sealed)
    return sealed
  }
}

/** Why this store should have been sealed; null where nothing says so. A manifest can be rewritten with its object. */
function findSealed(
  { entry, place }: PlacedEntry,
  earlier: readonly KiokBackup[],
  sealedIn: (holder: string) => readonly string[],
  evidence: Evidence,
): string | null {
  if (entry.unsafe !== null || place.kind !== 'found') return null
  const neighbour = sealedIn(entry.holder).find((key) => key !== place.info.key)
  if (neighbour !== undefined) return `${neighbour} beside it is sealed`
  const sealed = earlier.find(({ manifest }) => (manifest?.byStore.get(entry.store)?.keyId ?? null) !== null)
  if (sealed !== undefined) return `the earlier backup ${sealed.backupId} has it sealed`
  return evidence.pin?.seals === true
    ? `this repository's backups were sealed when it was first verified on ${evidence.pin.since}`
    : null
}

function plannedItem({ entry, place }: PlacedEntry, evidence: Evidence): PlannedItem {
  if (entry.store === exportReportName) {
    throw new HoldfastError('restore.refused', {
      what: `The backup has a store named ${exportReportName}, the name of the report that an export writes.`,
      unchanged: 'Nothing was written.',
      next: 'Choose another backup; the cluster itself has no such store.',
    })
  }
  const seen = place.kind === 'found' ? evidence.object(place.info.key) : null
  const read = seen?.kind === 'read' ? plainContentOf(seen.facts) : null
  const digest = entry.sha256 ?? read?.sha256
  const sizeBytes = entry.sizeBytes ?? read?.sizeBytes
  if (digest === undefined || sizeBytes === undefined) {
    throw new HoldfastError('restore.refused', {
      what: `${entry.store} cannot be restored with proof.`,
      why: 'The manifest records no hash or no size of its plain bytes, and they were not read, so nothing could tell a right restore from a wrong one.',
      unchanged: 'Nothing was written.',
      next: 'Verify the backup to its end, or choose another one.',
    })
  }
  return { name: entry.store, kind: 'file', files: 1, sizeBytes, digest }
}

async function* stageFiles(
  placed: readonly PlacedEntry[],
  items: readonly PlannedItem[],
  readPlain: (key: string) => AsyncIterable<Uint8Array>,
): AsyncIterable<StagedEntry> {
  // Not every manifest records a size; the plan has what was read.
  const sizes = new Map(items.map(({ name, sizeBytes }) => [name, sizeBytes]))
  for (const { entry, place } of placed) {
    if (place.kind !== 'found') continue
    yield {
      item: entry.store,
      path: '',
      kind: 'file',
      sizeBytes: sizes.get(entry.store) ?? 0,
      pieces: readPlain(place.info.key),
    }
  }
}
