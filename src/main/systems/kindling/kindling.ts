import { newerFirst } from '../../../shared/domain/older-first.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { PlannedItem } from '../../../shared/domain/restore-plan.ts'
import type { BackupSystem, Evidence, InventoryBackup } from '../../ports/backup-system.ts'
import type { ObjectInfo } from '../../ports/object-store.ts'
import { volumeRules, type Slice, type WalkOptions } from './facts.ts'
import { readKindling, type DatabaseBackup } from './inventory.ts'
import { judgeDatabase } from './judge-database.ts'
import { highestLevel } from './judge-part.ts'
import { judgeVolume } from './judge-volume.ts'
import { fileParts, volumePart, walPart } from './labels.ts'
import type { VolumeObject } from './layout.ts'
import { slicesByKey, walOf } from './slices.ts'
import { walkKindling } from './walk.ts'

/** kindling: its database as pgBackRest keeps it, and the disks of its projects as it uploads them itself. */
export const kindling: BackupSystem = {
  name: 'kindling',
  assumed: null,
  sharesObjects: true,
  stores: [...fileParts, walPart, volumePart],
  highestLevel,
  prefix: 'folder',
  restoresInto: 'exportFolder',
  managedNames: [],
  exportNote:
    "The disk of a project's volume as it lay in the repository (qcow2). kindling restores it by its own call, from the row of the backup in its database; this file is for a person.",
  afterTheBytes:
    'Putting the disk back into its project by kindling’s own call, the guest starting from it, and acceptance.',
  neverSealed: true,
  noContents: 'What lies inside PostgreSQL’s files and inside a disk is not read; a restore shows it.',
  keepsIndex:
    'pgBackRest and kindling keep their own lists of what lies here (backup.info, and rows in the database); pgBackRest’s expire and kindling’s retention remove backups from both.',
  walker: { name: 'kindling', walk: walkKindling, options: null },
  async readInventory(store, options) {
    const { databases, volumes, orphans, objectsRead, bytesRead } = await readKindling(store, options)
    const slices = slicesByKey(databases)
    const twice = twiceNamed(databases)
    const backups = [
      ...databases.map((backup) => describeDatabase(backup, twice.has(backup.label), slices)),
      ...volumes.map(describeVolume),
    ]
    return { backups: backups.sort(newerFirst), orphans, objectsRead, bytesRead }
  },
}

/** Labels that two stanzas of one repository both have: their ids carry the stanza. */
function twiceNamed(databases: readonly DatabaseBackup[]): ReadonlySet<string> {
  const seen = new Set<string>()
  return new Set(databases.flatMap(({ label }) => (seen.has(label) ? label : (seen.add(label), []))))
}

function describeDatabase(
  backup: DatabaseBackup,
  isTwice: boolean,
  slices: ReadonlyMap<string, readonly Slice[]>,
): InventoryBackup {
  const { label, manifest, stanza, files } = backup
  const { there } = walOf(backup)
  const objects = distinct([...files.flatMap(({ info }) => info ?? []), ...there.map(({ info }) => info)])
  const own = objects.filter(({ key }) => key.startsWith(`${stanza.backupFolder}${label}/`))
  return {
    backupId: isTwice ? `${stanza.name}:${label}` : label,
    alsoNamed: [`${stanza.name}:${label}`],
    createdAt: manifest === null ? null : new Date(manifest.stoppedAt * 1000).toISOString(),
    cluster: null,
    sizeBytes: manifest === null ? null : sum(objects),
    newBytes: manifest === null ? null : sum(own),
    objects,
    completedBy: ['backup.manifest.copy', 'backup.manifest'].flatMap(
      (name) => stanza.objects.get(`${stanza.backupFolder}${label}/${name}`) ?? [],
    ),
    manifestText: backup.manifestText,
    walkOptions: (key) => ({ kind: 'slices', slices: slices.get(key) ?? [] }) satisfies WalkOptions,
    judge: (evidence) => judgeDatabase(backup, evidence),
    noDrill: onlyByPgBackRest,
    ...(manifest !== null && {
      toolDrill: {
        label,
        manifestKey: `${stanza.backupFolder}${label}/backup.manifest`,
        files: manifest.files.length,
        plainBytes: manifest.files.reduce((bytes, { plainBytes }) => bytes + plainBytes, 0),
      },
    }),
    restoreItems: () => {
      throw new HoldfastError('restore.refused', {
        what: `${label} is not restored as files.`,
        why: onlyByPgBackRest,
        unchanged: 'Nothing was changed.',
        next: 'Follow the runbook for a lost database of kindling: it runs pgbackrest restore on the host.',
      })
    },
    stage: nothingStaged,
  }
}

const onlyByPgBackRest =
  'Files of a running database are no database: pgBackRest puts them into place and has the WAL replayed.'

async function* nothingStaged(): AsyncGenerator<never, void, undefined> {}

function describeVolume(volume: VolumeObject): InventoryBackup {
  const { backupId, info } = volume
  const name = `${backupId}.qcow2`
  return {
    backupId,
    alsoNamed: [`${volume.volumeId}/${backupId}`],
    isOfPart: true,
    // When it arrived; kindling's own time of it lies in its database.
    createdAt: info.modifiedAt,
    cluster: null,
    sizeBytes: info.sizeBytes,
    newBytes: info.sizeBytes,
    objects: [info],
    completedBy: [],
    manifestText: null,
    walkOptions: () => ({ kind: 'volume', rules: volumeRules }) satisfies WalkOptions,
    judge: (evidence) => judgeVolume(volume, evidence),
    restoreItems: (evidence) => [plannedVolume(name, info, evidence)],
    async *stage(readPlain) {
      yield { item: name, path: '', kind: 'file', sizeBytes: info.sizeBytes, pieces: readPlain(info.key) }
    },
  }
}

function plannedVolume(name: string, { key, sizeBytes }: ObjectInfo, evidence: Evidence): PlannedItem {
  const seen = evidence.object(key)
  if (seen.kind === 'read') return { name, kind: 'file', files: 1, sizeBytes, digest: seen.facts.sha256 }
  throw new HoldfastError('restore.refused', {
    what: `${name} is not restored.`,
    why: 'It was not read, so what it would put into place is not known.',
    unchanged: 'Nothing was changed.',
    next: 'Verify the backup to its end, or choose another one.',
  })
}

function distinct(infos: readonly ObjectInfo[]): readonly ObjectInfo[] {
  return [...new Map(infos.map((info) => [info.key, info])).values()]
}

function sum(infos: readonly ObjectInfo[]): number {
  return infos.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0)
}
