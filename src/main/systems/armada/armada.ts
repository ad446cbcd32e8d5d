import { newerFirst } from '../../../shared/domain/older-first.ts'
import { createHash } from 'node:crypto'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { PlannedItem } from '../../../shared/domain/restore-plan.ts'
import { quoted } from '../../engine/archive/entry-name.ts'
import type { BackupSystem, Evidence, InventoryBackup } from '../../ports/backup-system.ts'
import type { ObjectInfo } from '../../ports/object-store.ts'
import type { StagedEntry } from '../../ports/staged-entry.ts'
import { readBackups, type ArmadaBackup } from './inventory.ts'
import { judgeBackup } from './judge.ts'
import { armadaHighestLevel } from './judge-table.ts'
import { manifestName } from './manifest.ts'
import { sidecarName } from './sidecar.ts'
import { readTable } from './table-reader.ts'

/** armada: a folder a backup, a file a table, and the system's own manifest beside them. */
export const armada: BackupSystem = {
  name: 'armada',
  assumed: null,
  sharesObjects: false,
  stores: [],
  highestLevel: armadaHighestLevel,
  prefix: 'folder',
  restoresInto: 'exportFolder',
  exportNote:
    "The tables' files and the manifest as armada wrote them: its own restore command reads this folder (armada restore --dir, newer versions arctl restore --dir). It checks each file's MD5 only when that table's turn comes; here all were checked.",
  afterTheBytes: 'Sending every table to the leader over gRPC, the followers catching up, and acceptance.',
  neverSealed: true,
  recordsMd5: true,
  noContents:
    'What a table holds are the keys and values of its users; they are counted and checked, not listed.',
  walker: { name: 'armada', walk: walkArmada, options: null },
  async readInventory(store, options) {
    const { backups, orphans, objectsRead, bytesRead } = await readBackups(store, options)
    return { backups: backups.map(describe).sort(newerFirst), orphans, objectsRead, bytesRead }
  },
}

/** The walker: reads the file of one table. */
export async function walkArmada(pieces: AsyncIterable<Uint8Array>): Promise<unknown> {
  return readTable(pieces)
}

function describe(backup: ArmadaBackup): InventoryBackup {
  const objects = filesOf(backup)
  const sizeBytes = backup.manifest === null ? null : objects.reduce((sum, info) => sum + info.sizeBytes, 0)
  return {
    backupId: backup.backupId,
    alsoNamed: [],
    createdAt: backup.createdAt,
    // The manifest names none [from source: replication/backup/backup.go:54-65].
    cluster: null,
    sizeBytes,
    newBytes: sizeBytes,
    objects,
    completedBy: [sidecarName, manifestName].flatMap((name) => backup.folder.get(name) ?? []),
    manifestText: backup.manifestText,
    judge: (evidence) => judgeBackup(backup, evidence),
    restoreItems: (evidence) => plannedItems(backup, evidence),
    stage: (readPlain) => stageFiles(backup, readPlain),
  }
}

/** The tables' files that are there, in the order of the manifest. An unsafe entry leads nowhere. */
function filesOf({ manifest, folder }: ArmadaBackup): readonly ObjectInfo[] {
  return (manifest?.tables ?? []).flatMap(({ unsafe, fileName }) =>
    unsafe === null ? (folder.get(fileName) ?? []) : [],
  )
}

/** Every table's file as it is stored, then the manifest, untouched: a folder that the system's own tools restore from. */
function plannedItems(backup: ArmadaBackup, evidence: Evidence): readonly PlannedItem[] {
  const { manifest, manifestBytes, folder, backupId } = backup
  if (manifest === null || manifestBytes === null) throw refused(backupId, 'Its manifest was not read.')
  const files = manifest.tables.map(({ fileName }): PlannedItem => {
    const info = folder.get(fileName)
    const seen = info === undefined ? null : evidence.object(info.key)
    if (seen?.kind !== 'read') throw refused(backupId, `${quoted(fileName)} was not read.`)
    const { sizeBytes, sha256 } = seen.facts
    return { name: fileName, kind: 'file', files: 1, sizeBytes, digest: sha256 }
  })
  const digest = createHash('sha256').update(manifestBytes).digest('hex')
  const sizeBytes = manifestBytes.byteLength
  return [...files, { name: manifestName, kind: 'file', files: 1, sizeBytes, digest }]
}

async function* stageFiles(
  backup: ArmadaBackup,
  readPlain: (key: string) => AsyncIterable<Uint8Array>,
): AsyncIterable<StagedEntry> {
  const { manifestBytes } = backup
  if (manifestBytes === null) throw refused(backup.backupId, 'Its manifest was not read.')
  for (const { key, sizeBytes } of filesOf(backup)) {
    const item = key.slice(backup.backupId.length + 1)
    yield { item, path: '', kind: 'file', sizeBytes, pieces: readPlain(key) }
  }
  const sizeBytes = manifestBytes.byteLength
  yield { item: manifestName, path: '', kind: 'file', sizeBytes, pieces: once(manifestBytes) }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  // Whoever takes a piece may move its memory away.
  yield bytes.slice()
}

function refused(backupId: string, why: string): HoldfastError {
  return new HoldfastError('restore.refused', {
    what: `No restore can be planned from ${quoted(backupId)}.`,
    why,
    unchanged: 'Nothing was changed.',
    next: 'Verify the backup to its end, or choose another one.',
  })
}
