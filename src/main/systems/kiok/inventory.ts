import { olderFirst } from '../../../shared/domain/older-first.ts'
import type { Finding } from '../../../shared/domain/finding.ts'
import { mapInParallel } from '../../../shared/domain/parallel.ts'
import { readManifestBytes } from '../../engine/verify/read-manifest.ts'
import type { ObjectInfo, ObjectStore } from '../../ports/object-store.ts'
import type { InventoryOptions } from '../../ports/backup-system.ts'
import { kiokStores, manifestName, readManifest, timeOfBackupId, type KiokManifest } from './manifest.ts'

/** Names below a folder of the repository, by folder: one listing answers every question about existence. */
export type Folders = ReadonlyMap<string, ReadonlyMap<string, ObjectInfo>>

export interface KiokBackup {
  readonly backupId: string
  readonly createdAt: string | null
  readonly manifest: KiokManifest | null
  readonly manifestText: string | null
  readonly findings: readonly Finding[]
}

/** How many manifests are read at once: small requests, so the round trips overlap. */
const manifestsAtOnce = 16

/** All folders and all backups (oldest first). A folder is a backup only where it has a manifest. */
export async function readBackups(
  store: ObjectStore,
  options: InventoryOptions,
): Promise<{
  readonly folders: Folders
  readonly backups: readonly KiokBackup[]
  readonly objectsRead: number
  readonly bytesRead: number
}> {
  const folders = await listFolders(store, options.signal)
  const manifests = [...folders].flatMap(([folder, names]) => {
    const info = names.get(manifestName)
    return info === undefined ? [] : [{ folder, info }]
  })
  let bytesRead = 0
  let objectsRead = 0
  const backups = await mapInParallel(manifests, manifestsAtOnce, async ({ folder, info }) => {
    const reading = await readOne(store, folder, info, options)
    bytesRead += reading.bytesRead
    if (reading.bytesRead > 0) objectsRead += 1
    return reading.backup
  })
  return { folders, backups: backups.sort(olderFirst), objectsRead, bytesRead }
}

/** True where the manifest names every store that kiok has. */
export function isComplete(backup: KiokBackup): boolean {
  return kiokStores.every((store) => backup.manifest?.byStore.has(store) === true)
}

async function listFolders(store: ObjectStore, signal?: AbortSignal): Promise<Folders> {
  const folders = new Map<string, Map<string, ObjectInfo>>()
  for await (const entry of store.list(signal ? { signal } : {})) {
    if (entry.kind !== 'object') continue
    const slash = entry.key.indexOf('/')
    if (slash <= 0) continue
    const folder = entry.key.slice(0, slash)
    const names = folders.get(folder) ?? new Map<string, ObjectInfo>()
    names.set(entry.key.slice(slash + 1), entry)
    folders.set(folder, names)
  }
  return folders
}

async function readOne(
  store: ObjectStore,
  folder: string,
  info: ObjectInfo,
  options: InventoryOptions,
): Promise<{ readonly backup: KiokBackup; readonly bytesRead: number }> {
  const nothing = { backupId: folder, createdAt: timeOfBackupId(folder), manifest: null, manifestText: null }
  const read = await readManifestBytes(store, info, options)
  if (read.bytes === null) return { backup: { ...nothing, findings: [read.finding] }, bytesRead: 0 }
  const reading = readManifest(read.bytes, folder)
  const backup: KiokBackup = reading.ok
    ? {
        backupId: folder,
        createdAt: reading.manifest.createdAt,
        manifest: reading.manifest,
        manifestText: reading.manifest.text,
        findings: [...read.findings, ...reading.findings],
      }
    : { ...nothing, manifestText: reading.text, findings: [...read.findings, reading.finding] }
  return { backup, bytesRead: read.bytes.byteLength }
}
