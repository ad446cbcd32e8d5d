import { createHash } from 'node:crypto'
import { errorFinding, warningFinding, type Finding } from '../../../shared/domain/finding.ts'
import { isJsonObject } from '../../../shared/domain/strict-json.ts'
import { quoted } from '../../engine/archive/entry-name.ts'
import { mapInParallel } from '../../../shared/domain/parallel.ts'
import type { InventoryOptions, Orphan } from '../../ports/backup-system.ts'
import type { ObjectInfo, ObjectStore } from '../../ports/object-store.ts'
import { indexReader, type IndexFile } from './index-files.ts'
import type { InfoText } from './info-text.ts'
import { endingOf } from './labels.ts'
import { readLayout, type ArchivedSegment, type Stanza, type VolumeObject } from './layout.ts'
import { readBackupManifest, type BackupManifest, type ManifestFile } from './manifest.ts'

/** One file of a backup, with the object that holds it. */
export interface PlacedFile extends ManifestFile {
  readonly key: string
  readonly offset: number
  /** Null where it is not there. */
  readonly info: ObjectInfo | null
}

/** One label of pgBackRest. */
export interface DatabaseBackup {
  readonly label: string
  readonly stanza: Stanza
  /** Null: nothing of the backup can be judged; the findings, or `isSealed`, say why. */
  readonly manifest: BackupManifest | null
  readonly manifestText: string | null
  readonly isSealed: boolean
  readonly files: readonly PlacedFile[]
  /** Segments of this database's archive by name; null where nobody can tell which archive is its own. */
  readonly archive: ReadonlyMap<string, readonly ArchivedSegment[]> | null
  readonly hasPageErrors: boolean
  readonly isNewest: boolean
  readonly findings: readonly Finding[]
}

export interface KindlingInventory {
  readonly databases: readonly DatabaseBackup[]
  readonly volumes: readonly VolumeObject[]
  readonly orphans: readonly Orphan[]
  readonly objectsRead: number
  readonly bytesRead: number
}

/** A manifest of a large database has tens of megabytes. */
const manifestsAtOnce = 2

export async function readKindling(
  store: ObjectStore,
  options: InventoryOptions,
): Promise<KindlingInventory> {
  const { stanzas, volumes } = await readLayout(store, options.signal)
  let objectsRead = 0
  let bytesRead = 0
  const read = (bytes: number): void => {
    objectsRead += 1
    bytesRead += bytes
  }
  const databases: DatabaseBackup[] = []
  const orphans: Orphan[] = []
  for (const stanza of stanzas) {
    const found = await readStanza(store, stanza, read, options)
    databases.push(...found.backups)
    orphans.push(...found.orphans)
  }
  return { databases, volumes, orphans, objectsRead, bytesRead }
}

async function readStanza(
  store: ObjectStore,
  stanza: Stanza,
  read: (bytes: number) => void,
  options: InventoryOptions,
): Promise<{ readonly backups: readonly DatabaseBackup[]; readonly orphans: readonly Orphan[] }> {
  const reader = indexReader(store, stanza.objects, read, options.signal)
  const manifestKey = (label: string): string => `${stanza.backupFolder}${label}/backup.manifest`
  // A place without any label and without an index is no repository of pgBackRest: some other folder named `backup`.
  const hasIndex = [`${stanza.backupFolder}backup.info`, `${stanza.archiveFolder}archive.info`].some(
    (key) => stanza.objects.has(key) || stanza.objects.has(`${key}.copy`),
  )
  if (!hasIndex && stanza.labels.size === 0) return { backups: [], orphans: [] }
  const backupInfo = await reader(`${stanza.backupFolder}backup.info`)
  const archiveInfo = await reader(`${stanza.archiveFolder}archive.info`)
  const listed = backupInfo.info?.sections.get('backup:current') ?? null
  const labels =
    listed === null
      ? [...stanza.labels.keys()].filter((label) => stanza.objects.has(manifestKey(label)))
      : [...listed.keys()]
  const newest = labels.toSorted().at(-1)
  const backups = await mapInParallel(labels, manifestsAtOnce, async (label) => {
    const file = await reader(manifestKey(label))
    const backup = describe(label, stanza, file, {
      backupInfo,
      archiveInfo,
      listed: listed?.get(label) ?? null,
    })
    return {
      ...backup,
      isNewest: label === newest,
      findings: [
        ...backupInfo.findings,
        ...backup.findings,
        ...sameAsBefore(manifestKey(label), file, options),
      ],
    }
  })
  const known = new Set(labels)
  const needed = new Set(backups.flatMap(({ files }) => files.map(({ key }) => key)))
  const orphans = [...stanza.labels].flatMap(([name, objects]) =>
    known.has(name) || objects.some(({ key }) => needed.has(key)) ? [] : [{ name, objects }],
  )
  return { backups, orphans: backupInfo.info === null ? [] : orphans }
}

interface Indexes {
  readonly backupInfo: IndexFile
  readonly archiveInfo: IndexFile
  /** What `backup.info` has on the label; null where nothing could be read. */
  readonly listed: string | null
}

function describe(
  label: string,
  stanza: Stanza,
  file: IndexFile,
  { backupInfo, archiveInfo, listed }: Indexes,
): Omit<DatabaseBackup, 'isNewest'> {
  const line: unknown = listed === null ? null : JSON.parse(listed)
  const nothing = {
    label,
    stanza,
    manifest: null,
    manifestText: null,
    isSealed: file.isSealed || backupInfo.isSealed,
    files: [],
    archive: null,
    hasPageErrors: isJsonObject(line) && line['backup-error'] === true,
  }
  if (file.info === null)
    return { ...nothing, findings: file.findings.map((finding) => asLost(finding, label)) }
  const reading = readBackupManifest(file.info)
  if (!reading.ok)
    return {
      ...nothing,
      findings: [
        ...file.findings,
        errorFinding(reading.code, `The manifest of ${label} cannot be used: ${reading.reason}.`),
      ],
    }
  const { manifest } = reading
  const archiveId = archiveInfo.info === null ? null : archiveIdOf(archiveInfo.info, manifest)
  return {
    ...nothing,
    manifest,
    manifestText: headOf(file.text ?? ''),
    files: manifest.files.map((each) => placed(each, stanza, manifest)),
    archive: archiveId === null ? null : (stanza.archives.get(archiveId) ?? new Map()),
    findings: [
      ...file.findings,
      ...(manifest.wal === null ? [] : archiveInfo.findings),
      ...(manifest.wal !== null && archiveInfo.isSealed ? [sealedArchive(label)] : []),
      ...disagreements(label, manifest, line),
      ...(manifest.wal !== null && archiveInfo.info !== null && archiveId === null
        ? [
            errorFinding(
              'manifest.disagrees',
              `archive.info knows no archive of the database that ${label} is of (system ${manifest.systemId}).`,
            ),
          ]
        : []),
    ],
  }
}

function sealedArchive(label: string): Finding {
  const message = `archive.info is encrypted by pgBackRest, and its passphrase is not known here: which WAL is of the database of ${label} cannot be told. pgBackRest's own verify, or a restore, proves it.`
  return warningFinding('format.unknown', message)
}

function asLost(finding: Finding, label: string): Finding {
  return finding.code === 'chain.objectMissing'
    ? errorFinding(
        'manifest.incomplete',
        `backup.info lists ${label}, but its manifest is gone: ${finding.message}`,
      )
    : finding
}

/** Where a stored file lies (from source: src/command/backup/common.c, `backupFileRepoPath`). */
function placed(
  file: ManifestFile,
  { backupFolder, objects }: Stanza,
  { compression }: BackupManifest,
): PlacedFile {
  const name =
    file.bundle === null
      ? `${file.name}${file.isBlocks ? '.pgbi' : endingOf(compression)}`
      : `bundle/${file.bundle.id}`
  const key = `${backupFolder}${file.holder}/${name}`
  return { ...file, key, offset: file.bundle?.offset ?? 0, info: objects.get(key) ?? null }
}

/** `<version>-<history id>` of the database's system id (from source: src/info/infoPg.c, `infoPgArchiveId`). */
function archiveIdOf({ sections }: InfoText, { systemId, databaseVersion }: BackupManifest): string | null {
  for (const [id, value] of sections.get('db:history') ?? []) {
    // The id has more digits than a number keeps, so the text is compared.
    const isOwn = new RegExp(`"db-id":${systemId}[,}]`).test(value)
    if (isOwn && value.includes(`"db-version":${JSON.stringify(databaseVersion)}`))
      return `${databaseVersion}-${id}`
  }
  return null
}

/** What both say of a backup is written at the same time (from source: src/info/infoBackup.c, `infoBackupDataAdd`). */
function disagreements(label: string, manifest: BackupManifest, line: unknown): readonly Finding[] {
  const findings: Finding[] = []
  if (manifest.label !== label)
    findings.push(
      errorFinding(
        'manifest.idMismatch',
        `The manifest in the folder of ${label} is the one of ${manifest.label}.`,
      ),
    )
  if (!isJsonObject(line)) return findings
  const different = [
    ['backup-timestamp-stop', manifest.stoppedAt],
    ['backup-archive-start', manifest.wal?.first ?? null],
    ['backup-archive-stop', manifest.wal?.last ?? null],
  ].filter(([name, value]) => (line[String(name)] ?? null) !== value)
  if (different.length > 0) {
    const message = `backup.info and the manifest of ${label} differ in ${different.map(([name]) => name).join(', ')}.`
    findings.push(errorFinding('manifest.disagrees', message))
  }
  return findings
}

/** A finished backup's manifest is not written again. */
function sameAsBefore(
  key: string,
  { bytes }: IndexFile,
  { remembered, saw }: Pick<InventoryOptions, 'remembered' | 'saw'>,
): readonly Finding[] {
  if (bytes === null) return []
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const before = remembered(key)
  saw(key, sha256)
  if (before === null || before.sha256 === sha256) return []
  return [
    errorFinding(
      'object.changed',
      `${quoted(key)} is not the one that was first seen on ${before.at}: a finished backup's manifest never changes.`,
    ),
  ]
}

/** Without the line for each file. */
function headOf(text: string): string {
  const files = text.indexOf('\n[target:file]\n')
  return files < 0 ? text : `${text.slice(0, files)}\n[target:file]\n# …\n`
}
