import { newerFirst } from '../../../shared/domain/older-first.ts'
import { mapInParallel } from '../../../shared/domain/parallel.ts'
import type { BackupSystem, ContentEntry, InventoryBackup, Orphan } from '../../ports/backup-system.ts'
import type { ObjectInfo } from '../../ports/object-store.ts'
import { parts, readFacts, type ArchiveFacts } from './facts.ts'
import { changoHighestLevel, judgeBackup, proveKeys } from './judge.ts'
import { backupKeys, nameIn, namesFor, sidecarEnding, type BackupKey } from './object-names.ts'
import { plannedItems, restorableFacts, stageParts } from './restore.ts'
import { readSidecar, sidecarTooLong, type Sidecar } from './sidecar.ts'
import { walkArchive } from './walk.ts'
import { archiveLimits, usableEntries, type ArchiveLimits } from '../../engine/archive/usable-entries.ts'
import { isJsonObject } from '../../../shared/domain/strict-json.ts'

const sidecarsAtOnce = 8

/** chango with the usual limit of how far an archive may unpack. */
export const chango: BackupSystem = changoWith(archiveLimits.gunzip.maxRatio)

/** chango: every backup is one tar.gz with three RocksDB folders and, in it, its manifest. */
export function changoWith(maxRatio: number): BackupSystem {
  return {
    name: 'chango',
    assumed: null,
    sharesObjects: false,
    stores: parts,
    highestLevel: changoHighestLevel,
    prefix: 'text',
    restoresInto: 'dataFolder',
    afterTheBytes:
      'Stopping every master, starting them in order, the node managers and components coming back, and acceptance.',
    // `rules` counts up with what a reading looks at: what was read by fewer is read again.
    walker: { name: 'chango', walk: walkChango, options: { maxRatio, rules: 3 } },
    async readInventory(store, { signal, facts }) {
      const infos = new Map<string, ObjectInfo>()
      for await (const entry of store.list(signal ? { signal } : {})) {
        if (entry.kind === 'object') infos.set(entry.key, entry)
      }
      let objectsRead = 0
      let bytesRead = 0
      const backups = await mapInParallel(backupKeys(infos.keys()), sidecarsAtOnce, async (named) => {
        const info = infos.get(named.key)
        const beside = infos.get(named.key + sidecarEnding)
        let sidecar: Sidecar = { kind: 'none' }
        if (beside !== undefined) {
          const tooLong = sidecarTooLong(beside.sizeBytes)
          const read = tooLong === null ? await readSidecar(store, named.key, signal) : null
          sidecar = tooLong ?? read?.sidecar ?? sidecar
          objectsRead += read === null ? 0 : 1
          bytesRead += read?.bytesRead ?? 0
        }
        const known = info === undefined ? null : readFacts(facts(info)?.content)
        const timed = { ...named, createdAt: known?.manifest?.createdAt ?? named.createdAt }
        return describe(
          timed,
          info === undefined ? [] : [info],
          sidecar,
          beside === undefined ? [] : [beside],
          limitsWith(maxRatio),
        )
      })
      return { backups: backups.sort(newerFirst), orphans: sidecarsAlone(infos), objectsRead, bytesRead }
    },
  }
}

/** What the cluster's own retention leaves behind: it knows nothing of the line that this console wrote beside an archive. */
function sidecarsAlone(infos: ReadonlyMap<string, ObjectInfo>): readonly Orphan[] {
  return [...infos.values()].flatMap((info) => {
    if (!info.key.endsWith(sidecarEnding)) return []
    const archive = info.key.slice(0, -sidecarEnding.length)
    return nameIn(archive) === null || infos.has(archive) ? [] : [{ name: info.key, objects: [info] }]
  })
}

/** The walker; its options say how far an archive may unpack. */
export async function walkChango(pieces: AsyncIterable<Uint8Array>, options: unknown): Promise<unknown> {
  const maxRatio = isJsonObject(options) ? options['maxRatio'] : undefined
  return walkArchive(pieces, typeof maxRatio === 'number' ? limitsWith(maxRatio) : archiveLimits)
}

function limitsWith(maxRatio: number): ArchiveLimits {
  return { ...archiveLimits, gunzip: { ...archiveLimits.gunzip, maxRatio } }
}

function describe(
  named: BackupKey,
  objects: readonly ObjectInfo[],
  sidecar: Sidecar,
  completedBy: readonly ObjectInfo[],
  limits: ArchiveLimits,
): InventoryBackup {
  const sizeBytes = objects[0]?.sizeBytes ?? null
  // Filled by the plan, so that staging need not look for the archive's manifest again.
  let planned: ArchiveFacts | null = null
  return {
    backupId: named.backupId,
    // Whatever its prefix put before it.
    alsoNamed: namesFor(named.key),
    createdAt: named.createdAt,
    cluster: null,
    sizeBytes,
    newBytes: sizeBytes,
    objects,
    completedBy,
    manifestText: null,
    judge: (evidence) => judgeBackup(named, sidecar, evidence),
    provesKey: (evidence) => proveKeys(named, evidence),
    restoreItems(evidence) {
      planned = restorableFacts(named.key, evidence)
      return plannedItems(planned)
    },
    listContents: (readPlain) => listArchive(named.key, readPlain, limits),
    stage: (readPlain) => stageParts(named.key, readPlain, planned, limits),
  }
}

async function* listArchive(
  key: string,
  readPlain: (key: string) => AsyncIterable<Uint8Array>,
  limits: ArchiveLimits,
): AsyncIterable<ContentEntry> {
  // A flawed name is in no list: what it is called may not be what it says.
  for await (const { path, kind, sizeBytes } of usableEntries(readPlain(key), () => {}, limits)) {
    yield { path, kind, sizeBytes }
  }
}
