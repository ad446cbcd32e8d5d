import { errorFinding, warningFinding, type Finding } from '../../../shared/domain/finding.ts'
import type { BackupReport, Evidence, StoreReport } from '../../ports/backup-system.ts'
import type { DatabaseBackup, PlacedFile } from './inventory.ts'
import { judgeFiles, type RecordedFile } from './judge-part.ts'
import { fileParts, partOf, walPart } from './labels.ts'
import type { ArchivedSegment } from './layout.ts'
import { segmentSlice, walOf, type NeededWal } from './slices.ts'
import { segmentAfter, segmentBytesOf } from './wal.ts'

/** A label is what its own folder and those that it refers to hold, and the WAL that was written while it was made. */
export function judgeDatabase(backup: DatabaseBackup, evidence: Evidence): BackupReport {
  return {
    createdAt: null,
    findings: [...backup.findings, ...aboutWhole(backup)],
    stores:
      backup.manifest === null ? [] : [...fileReports(backup, evidence), ...walReport(backup, evidence)],
  }
}

function aboutWhole(backup: DatabaseBackup): readonly Finding[] {
  const findings: Finding[] = []
  if (backup.isSealed) {
    const message = `The repository is encrypted by pgBackRest (its cipher-type is set), and its passphrase is not known here: nothing but names and sizes can be told. pgBackRest's own verify, or a restore, proves ${backup.label}.`
    findings.push(warningFinding('format.unknown', message))
  }
  if (backup.hasPageErrors) {
    const message = `pgBackRest found pages with a wrong checksum in the database when it made ${backup.label} (backup-error): what is damaged there is damaged here as well.`
    findings.push(warningFinding('format.unusual', message))
  }
  return [...findings, ...gapBehind(backup)]
}

/** One report for each kind of backup in the chain; `holder` is the newest label of that kind. */
function fileReports(backup: DatabaseBackup, evidence: Evidence): readonly StoreReport[] {
  return fileParts.flatMap((part) => {
    const files = backup.files.filter(({ holder }) => partOf(holder) === part)
    const holders = [...new Set(files.map(({ holder }) => holder))].sort()
    const holder = holders.at(-1)
    if (holder === undefined) return []
    const lost = holders.filter((label) => !backup.stanza.labels.has(label))
    const place = {
      store: part,
      holder,
      object: 'backup.manifest',
      key: `${backup.stanza.backupFolder}${holder}/backup.manifest`,
    }
    if (lost.length === 0) return [judgeFiles(place, files.map(recorded), evidence)]
    const message = `${backup.label} needs files of ${lost.join(', ')}, of which nothing is left.`
    return [
      {
        ...place,
        levelReached: 'listed' as const,
        failedAt: 'present' as const,
        stoppedShort: false,
        notProvable: [],
        verifiedAt: null,
        findings: [errorFinding('chain.holderMissing', message)],
      },
    ]
  })
}

function recorded({ bundle, ...file }: PlacedFile): RecordedFile {
  return { ...file, isAlone: bundle === null }
}

function walReport(backup: DatabaseBackup, evidence: Evidence): readonly StoreReport[] {
  const { manifest, archive, label, stanza, files } = backup
  if (manifest === null || manifest.wal === null || archive === null) return []
  const { first, last } = manifest.wal
  const { there, missing, twice, unknown } = walOf(backup)
  const place = {
    store: walPart,
    holder: label,
    object: first === last ? first : `${first} to ${last}`,
    key: there[0]?.info.key ?? `${stanza.archiveFolder}${first}`,
  }
  const copies = ownCopies(files)
  const own = missing.flatMap((segment) => copies.get(segment) ?? [])
  const judged = judgeFiles(place, [...there.map(archivedFile), ...own.map(recorded)], evidence)
  const lost = missing.filter((segment) => !copies.has(segment))
  const findings = [...judged.findings, ...walFindings(label, { missing, lost, twice, unknown })]
  return lost.length > 0 || unknown !== null
    ? [
        {
          ...judged,
          findings,
          levelReached: 'listed',
          failedAt: 'present',
          stoppedShort: false,
          notProvable: [],
        },
      ]
    : [{ ...judged, findings }]
}

function archivedFile(archived: ArchivedSegment): RecordedFile {
  const { offset, sizeBytes, form } = segmentSlice(archived)
  const { segment, plainSha1, info } = archived
  return {
    name: segment,
    key: info.key,
    isAlone: true,
    offset,
    storedBytes: sizeBytes,
    plainBytes: null,
    plainSha1,
    storedSha1: null,
    form,
    info,
  }
}

/**
 * With archive-copy a backup lists the segments that it needs among its files (from source: src/command/backup/backup.c,
 * `backupArchiveCheckCopy`; before PostgreSQL 10 in pg_xlog). By segment.
 */
function ownCopies(files: readonly PlacedFile[]): ReadonlyMap<string, PlacedFile> {
  return new Map(
    files.flatMap((file) => {
      const segment = /^pg_data\/pg_(?:wal|xlog)\/([0-9A-F]{24})$/.exec(file.name)?.[1]
      return segment === undefined ? [] : [[segment, file] as const]
    }),
  )
}

function walFindings(
  label: string,
  {
    missing,
    lost,
    twice,
    unknown,
  }: Pick<NeededWal, 'missing' | 'twice' | 'unknown'> & { readonly lost: readonly string[] },
): readonly Finding[] {
  const findings: Finding[] = []
  const lacking = lost.length > 0 ? lost : missing
  const [first] = lacking
  if (first !== undefined) {
    const more = lacking.length === 1 ? '' : ` and ${lacking.length - 1} more`
    const gap = `The archive lacks the WAL segment ${first}${more}, written while ${label} was made`
    findings.push(
      lost.length === 0
        ? warningFinding('format.unusual', `${gap}; the backup keeps a copy of its own (archive-copy).`)
        : errorFinding(
            'chain.objectMissing',
            `${gap}: without it no restore of the backup reaches a consistent database.`,
          ),
    )
  }
  if (unknown !== null)
    findings.push(errorFinding('manifest.disagrees', `Which WAL ${label} needs cannot be told: ${unknown}.`))
  const [double] = twice
  if (double !== undefined) {
    const message = `The archive has ${double} more than once, with different contents; pgBackRest refuses to choose between them.`
    findings.push(errorFinding('archive.unexpectedEntry', message))
  }
  return findings
}

/** Segments between older backups are let go on purpose (`repo-retention-archive`); behind the newest one none should lack. */
function gapBehind({ isNewest, manifest, archive, label }: DatabaseBackup): readonly Finding[] {
  if (!isNewest || manifest === null || manifest.wal === null || archive === null) return []
  const { first, last, lsn } = manifest.wal
  const segmentBytes = segmentBytesOf(lsn, first)
  if (segmentBytes === null || !archive.has(last)) return []
  const newest = [...archive.keys()]
    .filter((segment) => segment.startsWith(last.slice(0, 8)))
    .sort()
    .at(-1)
  let next = segmentAfter(last, segmentBytes)
  while (archive.has(next)) next = segmentAfter(next, segmentBytes)
  if (newest === undefined || newest < next) return []
  const message = `Behind ${label} the archive lacks the WAL segment ${next}, though it goes on to ${newest}: a restore can go no further than that gap.`
  return [warningFinding('format.unusual', message)]
}
