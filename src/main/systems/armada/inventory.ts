import { createHash } from 'node:crypto'
import { isHoldfastError } from '../../../shared/domain/error.ts'
import { errorFinding, type Finding } from '../../../shared/domain/finding.ts'
import { jsonLimits, readJsonObject } from '../../../shared/domain/strict-json.ts'
import { mapInParallel } from '../../../shared/domain/parallel.ts'
import { readSmall } from '../../engine/transfer/read-small.ts'
import type { InventoryOptions, Orphan } from '../../ports/backup-system.ts'
import type { ObjectInfo, ObjectStore } from '../../ports/object-store.ts'
import { manifestName, readManifest, timeOfFolder, type ArmadaManifest } from './manifest.ts'
import { readSidecar, sidecarName, type Sidecar } from './sidecar.ts'

/** Objects of one folder, by name. */
export type Folder = ReadonlyMap<string, ObjectInfo>

export interface ArmadaBackup {
  /** The folder's name. */
  readonly backupId: string
  readonly createdAt: string | null
  /** Null: nothing of the backup can be judged; the findings say why. */
  readonly manifest: ArmadaManifest | null
  readonly manifestText: string | null
  /** As stored: a restore puts these very bytes into place. */
  readonly manifestBytes: Uint8Array | null
  readonly sidecar: Sidecar
  readonly folder: Folder
  /** What reading the manifest and the sidecar found. */
  readonly findings: readonly Finding[]
}

/** How many folders are read at once: small requests, so the round trips overlap. */
const foldersAtOnce = 16

/** All backups, in no order. A folder is a backup where it has a manifest [documented: systems page A4, A6]. */
export async function readBackups(
  store: ObjectStore,
  options: InventoryOptions,
): Promise<{
  readonly backups: readonly ArmadaBackup[]
  readonly orphans: readonly Orphan[]
  readonly objectsRead: number
  readonly bytesRead: number
}> {
  const folders = await listFolders(store, options.signal)
  let objectsRead = 0
  let bytesRead = 0
  const read = async (info: ObjectInfo): Promise<SmallReading> => {
    const reading = await readOne(store, info, options)
    if (reading.kind === 'read') {
      objectsRead += 1
      bytesRead += reading.bytes.byteLength
    }
    return reading
  }
  const named = [...folders].flatMap(([backupId, folder]) => {
    const info = folder.get(manifestName)
    return info === undefined ? [] : [{ backupId, folder, info }]
  })
  const backups = await mapInParallel(named, foldersAtOnce, async ({ backupId, folder, info }) => {
    const beside = folder.get(sidecarName)
    const manifest = await read(info)
    const sidecar = beside === undefined ? null : await read(beside)
    return describe(backupId, folder, manifest, sidecar)
  })
  return { backups, orphans: findOrphans(folders), objectsRead, bytesRead }
}

async function listFolders(store: ObjectStore, signal?: AbortSignal): Promise<ReadonlyMap<string, Folder>> {
  const folders = new Map<string, Map<string, ObjectInfo>>()
  for await (const entry of store.list(signal ? { signal } : {})) {
    if (entry.kind !== 'object') continue
    const slash = entry.key.indexOf('/')
    if (slash <= 0) continue
    const name = entry.key.slice(0, slash)
    const folder = folders.get(name) ?? new Map<string, ObjectInfo>()
    folder.set(entry.key.slice(slash + 1), entry)
    folders.set(name, folder)
  }
  return folders
}

/** Tables without the manifest, which is written last; a folder with anything else in it is not known to be a backup's. */
function findOrphans(folders: ReadonlyMap<string, Folder>): readonly Orphan[] {
  return [...folders].flatMap(([name, folder]) => {
    const names = [...folder.keys()]
    const isOurs = names.every((each) => isTableFile(each) || each === sidecarName) && names.some(isTableFile)
    return isOurs ? [{ name, objects: [...folder.values()] }] : []
  })
}

export function isTableFile(name: string): boolean {
  return /^[^/]+\.bak$/.test(name)
}

type SmallReading =
  | { readonly kind: 'read'; readonly bytes: Uint8Array; readonly findings: readonly Finding[] }
  | { readonly kind: 'tooLong'; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string }

async function readOne(
  store: ObjectStore,
  info: ObjectInfo,
  { remembered, saw, signal }: InventoryOptions,
): Promise<SmallReading> {
  if (info.sizeBytes > jsonLimits.bytes) {
    return {
      kind: 'tooLong',
      reason: `it has ${info.sizeBytes} bytes, more than the limit of ${jsonLimits.bytes}; it was not read`,
    }
  }
  try {
    const bytes = await readSmall(store, info.key, jsonLimits.bytes, signal)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const before = remembered(info.key)
    // What cannot be read may still be being written: what it will be then is what it is first.
    if (readJsonObject(bytes).ok) saw(info.key, sha256)
    if (before === null || before.sha256 === sha256) return { kind: 'read', bytes, findings: [] }
    const name = info.key.slice(info.key.indexOf('/') + 1)
    const message = `${name} is not the one that was first seen on ${before.at}: a finished backup's manifest and sidecar never change.`
    return { kind: 'read', bytes, findings: [errorFinding('object.changed', message)] }
  } catch (error) {
    if (!isHoldfastError(error) || error.code === 'cancelled') throw error
    return { kind: 'unreachable', reason: error.message }
  }
}

function describe(
  backupId: string,
  folder: Folder,
  manifest: SmallReading,
  sidecar: SmallReading | null,
): ArmadaBackup {
  const nothing = {
    backupId,
    folder,
    createdAt: timeOfFolder(backupId),
    manifest: null,
    manifestText: null,
    manifestBytes: null,
    sidecar: sidecarOf(sidecar),
  }
  const changed = sidecar?.kind === 'read' ? sidecar.findings : []
  if (manifest.kind === 'tooLong') {
    const message = `The manifest cannot be read: ${manifest.reason}.`
    return { ...nothing, findings: [errorFinding('manifest.unreadable', message), ...changed] }
  }
  if (manifest.kind === 'unreachable') {
    const message = `The manifest could not be read. ${manifest.reason}`
    return { ...nothing, findings: [errorFinding('object.unreachable', message), ...changed] }
  }
  const reading = readManifest(manifest.bytes)
  const findings = [...manifest.findings, ...changed]
  if (!reading.ok) {
    const createdAt = reading.createdAt ?? nothing.createdAt
    return { ...nothing, createdAt, manifestText: reading.text, findings: [...findings, reading.finding] }
  }
  return {
    ...nothing,
    createdAt: reading.manifest.createdAt ?? nothing.createdAt,
    manifest: reading.manifest,
    manifestText: reading.text,
    manifestBytes: manifest.bytes,
    findings,
  }
}

function sidecarOf(reading: SmallReading | null): Sidecar {
  if (reading === null) return { kind: 'none' }
  if (reading.kind === 'read') return readSidecar(reading.bytes)
  if (reading.kind === 'tooLong') return { kind: 'wrong', reason: reading.reason }
  return { kind: 'unreachable', reason: reading.reason }
}
