import { newerFirst } from '../../../shared/domain/older-first.ts'
import { warningFinding, type Finding } from '../../../shared/domain/finding.ts'
import { mapInParallel } from '../../../shared/domain/parallel.ts'
import { readManifestBytes } from '../../engine/verify/read-manifest.ts'
import type { InventoryOptions, Orphan } from '../../ports/backup-system.ts'
import type { ObjectInfo, ObjectStore } from '../../ports/object-store.ts'
import { readManifest, type KisekiManifest } from './manifest.ts'
import { manifestName, tarName, timeOfSnapshotId, withColons, type SnapshotTime } from './snapshot-id.ts'

export interface KisekiSnapshot {
  /** With `:`, also where the repository has `%3A`. */
  readonly backupId: string
  readonly createdAt: string | null
  /** The key of the tar, or the one that it should have. */
  readonly tarKey: string
  /** Null where it is not there. */
  readonly tar: ObjectInfo | null
  readonly manifestInfo: ObjectInfo
  /** Null where it could not be read. */
  readonly manifestBytes: { readonly bytes: Uint8Array; readonly sha256: string } | null
  readonly manifest: KisekiManifest | null
  readonly manifestText: string | null
  readonly findings: readonly Finding[]
}

/** Small requests, so the round trips overlap. */
const manifestsAtOnce = 16

/**
 * All snapshots, newest first: folders that are named like one and have a manifest, which kiseki writes last. A tar
 * without one is no backup: an upload that is under way, or one that failed.
 */
export async function readSnapshots(
  store: ObjectStore,
  options: InventoryOptions,
): Promise<{
  readonly snapshots: readonly KisekiSnapshot[]
  /** Tars without a manifest. */
  readonly orphans: readonly Orphan[]
  readonly objectsRead: number
  readonly bytesRead: number
}> {
  const infos = await listByName(store, options.signal)
  const found = [...infos].flatMap(([name, info]) => {
    const [folder = '', rest = ''] = splitOnce(name)
    const time = rest === manifestName ? timeOfSnapshotId(folder) : null
    return time === null ? [] : [{ backupId: folder, time, info }]
  })
  let objectsRead = 0
  let bytesRead = 0
  const snapshots = await mapInParallel(found, manifestsAtOnce, async ({ backupId, time, info }) => {
    const read = await readManifestBytes(store, info, options)
    if (read.bytes !== null) {
      objectsRead += 1
      bytesRead += read.bytes.byteLength
    }
    const reading =
      read.bytes === null
        ? { manifest: null, text: null, findings: [read.finding] }
        : readManifest(read.bytes, backupId, time)
    const tar = infos.get(`${backupId}/${tarName}`) ?? null
    return {
      backupId,
      createdAt: time.createdAt,
      tarKey: tar?.key ?? `${backupId}/${tarName}`,
      tar,
      manifestInfo: info,
      manifestBytes: read.bytes === null ? null : { bytes: read.bytes, sha256: read.sha256 },
      manifest: reading.manifest,
      manifestText: reading.text,
      findings: [...(read.bytes === null ? [] : read.findings), ...reading.findings, ...zeroDate(time)],
    }
  })
  return { snapshots: snapshots.sort(newerFirst), orphans: tarsAlone(infos), objectsRead, bytesRead }
}

/** By name with `:`; where a name stands with `:` and with `%3A`, the former counts. */
async function listByName(
  store: ObjectStore,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, ObjectInfo>> {
  const infos = new Map<string, ObjectInfo>()
  for await (const entry of store.list(signal ? { signal } : {})) {
    if (entry.kind !== 'object') continue
    const name = withColons(entry.key)
    if (entry.key === name || !infos.has(name)) infos.set(name, entry)
  }
  return infos
}

function tarsAlone(infos: ReadonlyMap<string, ObjectInfo>): readonly Orphan[] {
  return [...infos].flatMap(([name, info]) => {
    const [folder = '', rest = ''] = splitOnce(name)
    const isAlone =
      rest === tarName && timeOfSnapshotId(folder) !== null && !infos.has(`${folder}/${manifestName}`)
    return isAlone ? [{ name: folder, objects: [info] }] : []
  })
}

function splitOnce(name: string): readonly string[] {
  const slash = name.indexOf('/')
  return slash < 0 ? [name] : [name.slice(0, slash), name.slice(slash + 1)]
}

/** kiseki subtracts 1 from both without looking (from source: crates/kiseki-backup/src/lib.rs:576-580; not tried). */
function zeroDate({ hasZero, text }: SnapshotTime): readonly Finding[] {
  if (!hasZero) return []
  const message = `${text} has a month or a day 00: kiseki's own clean-up ends its server when it meets such a snapshot.`
  return [warningFinding('format.unusual', message)]
}
