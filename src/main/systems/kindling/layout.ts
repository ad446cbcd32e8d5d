import type { ObjectInfo, ObjectStore } from '../../ports/object-store.ts'
import { archivedName, isLabel, type ArchivedName } from './labels.ts'

export interface ArchivedSegment extends ArchivedName {
  readonly info: ObjectInfo
}

/** What one stanza of pgBackRest has in a repository (from source: pgbackrest src/storage/helper.h, `STORAGE_REPO_*`). */
export interface Stanza {
  readonly name: string
  /** Keys of `backup/<stanza>/` and `archive/<stanza>/`. */
  readonly backupFolder: string
  readonly archiveFolder: string
  readonly objects: ReadonlyMap<string, ObjectInfo>
  /** Objects of each label's folder. */
  readonly labels: ReadonlyMap<string, readonly ObjectInfo[]>
  /** Archived segments by archive id (`15-1`) and segment; more than one where it was archived twice. */
  readonly archives: ReadonlyMap<string, ReadonlyMap<string, readonly ArchivedSegment[]>>
}

/** `project-volumes/<volume>/backups/<backup>.qcow2` (from source: kindling internal/volumebackup/store.go:64-103). */
export interface VolumeObject {
  readonly volumeId: string
  readonly backupId: string
  readonly info: ObjectInfo
}

export interface Layout {
  readonly stanzas: readonly Stanza[]
  readonly volumes: readonly VolumeObject[]
}

interface Growing {
  readonly objects: Map<string, ObjectInfo>
  readonly labels: Map<string, ObjectInfo[]>
  readonly archives: Map<string, Map<string, ArchivedSegment[]>>
}

/** The first place that reads so: a database may itself have folders that are called `backup` or `archive`. */
const stanzaForm =
  /^((?:.*?\/)??)(backup|archive)\/([^/]+)\/((?:(?:backup|archive)\.info|\d{8}-\d{6}F(?:_\d{8}-\d{6}[DI])?\/|\d+(?:\.\d+)?-\d+\/).*)$/
const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const volumeForm = new RegExp(`^(?:.*/)?project-volumes/(${uuid})/backups/(${uuid})\\.qcow2$`)
/** From source: pgbackrest src/command/archive/common.c: the folder is named by the first 16 digits of what lies in it. */
const segmentPlace = /^([^/]+)\/([0-9A-F]{16})\/([^/]+)$/

/** One listing of the whole place: whatever prefix stands before `backup/`, `archive/` and `project-volumes/`. */
export async function readLayout(store: ObjectStore, signal?: AbortSignal): Promise<Layout> {
  const stanzas = new Map<string, Growing>()
  const volumes: VolumeObject[] = []
  for await (const entry of store.list(signal ? { signal } : {})) {
    if (entry.kind !== 'object') continue
    const volume = volumeForm.exec(entry.key)
    if (volume !== null) {
      const [, volumeId = '', backupId = ''] = volume
      volumes.push({ volumeId, backupId, info: entry })
      continue
    }
    const match = stanzaForm.exec(entry.key)
    if (match === null) continue
    const [, prefix = '', kind, name = '', rest = ''] = match
    const id = `${prefix}\0${name}`
    const stanza = stanzas.get(id) ?? { objects: new Map(), labels: new Map(), archives: new Map() }
    stanzas.set(id, stanza)
    if (kind === 'backup') addToBackups(stanza, entry, rest)
    else addToArchive(stanza, entry, rest)
  }
  return {
    stanzas: [...stanzas].map(([id, growing]) => {
      const [prefix = '', name = ''] = id.split('\0')
      return {
        name,
        backupFolder: `${prefix}backup/${name}/`,
        archiveFolder: `${prefix}archive/${name}/`,
        ...growing,
      }
    }),
    volumes,
  }
}

function addToBackups({ objects, labels }: Growing, info: ObjectInfo, rest: string): void {
  const [label = ''] = rest.split('/')
  objects.set(info.key, info)
  if (!isLabel(label) || label === rest) return
  const within = labels.get(label) ?? []
  within.push(info)
  labels.set(label, within)
}

function addToArchive({ objects, archives }: Growing, info: ObjectInfo, rest: string): void {
  objects.set(info.key, info)
  const [, archiveId = '', folder = '', name = ''] = segmentPlace.exec(rest) ?? []
  const named = archivedName(name)
  // Anywhere else pgBackRest does not look for it.
  if (named?.segment.startsWith(folder) !== true) return
  const archive = archives.get(archiveId) ?? new Map<string, ArchivedSegment[]>()
  const same = archive.get(named.segment) ?? []
  same.push({ ...named, info })
  archive.set(named.segment, same)
  archives.set(archiveId, archive)
}
