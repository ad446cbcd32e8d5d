import type { DrillCost } from '../../../shared/contract/drills.ts'
import { commandLine } from '../../../shared/domain/command-line.ts'
import { restorabilityOf } from '../../../shared/domain/restorability.ts'
import { estimateRestore } from '../../../shared/domain/restore-estimate.ts'
import type { VerifiedBackup } from '../../engine/verify/verify-backups.ts'
import { allFindings } from '../../operations/all-findings.ts'
import { notFound } from '../../operations/backup-details.ts'
import { newestWhole } from '../../operations/newest-whole.ts'
import type { RepositoryView } from '../../operations/view-repository.ts'

/** What a drill would read and show; nothing is read to tell. */
export function drillCost(
  backupId: string | null,
  view: RepositoryView,
  { usualFolder, cluster }: { readonly usualFolder: string; readonly cluster: string },
): DrillCost {
  const { system, backups, repository, drills } = view
  const chosen =
    backupId === null
      ? (newestToDrill(backups) ?? newestWhole(backups, ({ backup }) => backup)[0])
      : backups.find(({ backup }) => backup.backupId === backupId)
  if (chosen === undefined) throw notFound(backupId ?? 'at all', repository)
  const { backup } = chosen
  const sum = (infos: typeof backup.objects): number =>
    infos.reduce((bytes, info) => bytes + info.sizeBytes, 0)
  const readBytes = sum(backup.objects)
  const proveBytes = sum(backup.objects.filter((info) => view.remembered(info, system.highestLevel) === null))
  // What a backup unpacks to is known once it was read; as much as the last drill of this repository, in proportion.
  const last = drills.find(({ plainBytes }) => plainBytes > 0)
  const lastRead = last?.phases.find(({ name }) => name === 'read')?.bytes ?? 0
  const plainBytes =
    last === undefined || lastRead === 0 ? readBytes : readBytes * (last.plainBytes / lastRead)
  const estimate = estimateRestore({ proveBytes, storedBytes: readBytes, plainBytes }, drills)
  return {
    backupId: backup.backupId,
    refused: backup.noDrill ?? null,
    proveBytes,
    readBytes,
    usualFolder,
    estimateMs: estimate?.ms ?? null,
    estimateSource: estimate?.source ?? 'No drill has measured a restore of this size here.',
    says: [
      'The ordinary restore writes it into a scratch folder of its own, reads every byte back, and removes the folder again, also where it fails.',
      'Where there is not enough room, nothing is written.',
      ...(system.restoreWarning === undefined
        ? []
        : [`It can show that the bytes are whole, no more. ${system.restoreWarning}`]),
      `It does not measure what comes after the bytes. ${system.afterTheBytes}`,
    ],
    commandLine: commandLine(['holdfast', 'drill', backup.backupId, '--cluster', cluster]),
  }
}

/** What is not proved yet may be drilled, too; what is known to be restorable comes first. */
function newestToDrill(backups: readonly VerifiedBackup[]): VerifiedBackup | undefined {
  return backups.find(
    (each) =>
      each.backup.noDrill === undefined && restorabilityOf(each.verdict, allFindings(each)) === 'restorable',
  )
}
