import type { DrillCost } from '../../../shared/contract/drills.ts'
import { commandLine, withNames } from '../../../shared/domain/command-line.ts'
import { isByTool } from '../../../shared/domain/drill.ts'
import { restorabilityOf } from '../../../shared/domain/restorability.ts'
import { estimateRestore } from '../../../shared/domain/restore-estimate.ts'
import type { VerifiedBackup } from '../../engine/verify/verify-backups.ts'
import type { ToolDriller } from '../../ports/cluster-driver.ts'
import { allFindings } from '../../operations/all-findings.ts'
import { notFound } from '../../operations/backup-details.ts'
import { newestWhole } from '../../operations/newest-whole.ts'
import type { RepositoryView } from '../../operations/view-repository.ts'

/** What a drill would read and show; nothing is read to tell. */
export function drillCost(
  backupId: string | null,
  view: RepositoryView,
  {
    usualFolder,
    cluster,
    driller,
  }: {
    readonly usualFolder: string
    readonly cluster: string
    /** Null: what no folder shows is not drilled. */
    readonly driller: ToolDriller | null
  },
): DrillCost {
  const { system, backups, repository, drills } = view
  const chosen =
    backupId === null
      ? (newestToDrill(backups, driller !== null) ?? newestWhole(backups, ({ backup }) => backup)[0])
      : backups.find(({ backup }) => backup.backupId === backupId)
  if (chosen === undefined) throw notFound(backupId ?? 'at all', repository)
  const { backup } = chosen
  const byTool = driller === null ? undefined : backup.toolDrill
  const sum = (infos: typeof backup.objects): number =>
    infos.reduce((bytes, info) => bytes + info.sizeBytes, 0)
  const readBytes = sum(backup.objects)
  const proveBytes = sum(backup.objects.filter((info) => view.remembered(info, system.highestLevel) === null))
  const plainBytes = byTool?.plainBytes ?? plainOf(readBytes, drills)
  const work = { proveBytes, storedBytes: readBytes, plainBytes, byTool: byTool !== undefined }
  const estimate = estimateRestore(work, drills)
  const onHost =
    byTool === undefined || driller === null ? null : { usual: driller.usualHost, confirm: cluster }
  return {
    backupId: backup.backupId,
    refused: byTool === undefined ? (backup.noDrill ?? null) : null,
    proveBytes,
    readBytes,
    usualFolder: onHost === null ? usualFolder : '',
    onHost,
    estimateMs: estimate?.ms ?? null,
    estimateSource: estimate?.source ?? 'No drill has measured a restore of this size here.',
    says: byTool === undefined ? bytesSay(system) : [...(driller?.says ?? [])],
    commandLine: commandLine([
      'holdfast',
      'drill',
      ...withNames(
        [backup.backupId],
        ['--cluster', cluster, ...(onHost === null ? [] : ['--scratch', 'FOLDER', '--confirm', cluster])],
      ),
    ]),
  }
}

/** What a backup unpacks to is known once it was read; as much as the last drill of this repository by bytes, in proportion. */
function plainOf(readBytes: number, drills: RepositoryView['drills']): number {
  const last = drills.find((drill) => drill.plainBytes > 0 && !isByTool(drill))
  const lastRead = last?.phases.find(({ name }) => name === 'read')?.bytes ?? 0
  return last === undefined || lastRead === 0 ? readBytes : readBytes * (last.plainBytes / lastRead)
}

function bytesSay(system: RepositoryView['system']): string[] {
  return [
    'The ordinary restore writes it into a scratch folder of its own, reads every byte back, and removes the folder again, also where it fails.',
    'Where there is not enough room, nothing is written.',
    ...(system.restoreWarning === undefined
      ? []
      : [`It can show that the bytes are whole, no more. ${system.restoreWarning}`]),
    `It does not measure what comes after the bytes. ${system.afterTheBytes}`,
  ]
}

/** The newest one that is known to be restorable, of those of which a drill shows something; one of the whole cluster first. */
function newestToDrill(backups: readonly VerifiedBackup[], hasDriller: boolean): VerifiedBackup | undefined {
  const drillable = backups.filter(
    (each) =>
      (each.backup.noDrill === undefined || (hasDriller && each.backup.toolDrill !== undefined)) &&
      restorabilityOf(each.verdict, allFindings(each)) === 'restorable',
  )
  return newestWhole(drillable, ({ backup }) => backup)[0]
}
