import type { OpenRepository } from '../../operations/open-repository.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import type { PlaceOptions } from '../options.ts'
import { withSession } from '../session.ts'
import { bytesInWords, count, table, timeInWords } from '../words.ts'

/** Lists the backups of a repository, newest first. */
export async function listBackups(options: PlaceOptions, context: CommandContext): Promise<ExitStatus> {
  const list = async ({ repository, system, inventory }: OpenRepository): Promise<ExitStatus> => {
    const { output, ports } = context
    const { backups } = inventory
    output.document({
      repository,
      system: system.name,
      backups: backups.map(({ backupId, createdAt, cluster, sizeBytes, newBytes }) => ({
        backupId,
        createdAt,
        cluster,
        sizeBytes,
        newBytes,
      })),
    })
    if (backups.length === 0) {
      output.line(`${repository} holds no ${system.name} backup.`)
      output.line(
        'The place exists and could be listed; if backups should be there, check the prefix and the system.',
      )
      return exitStatus.ok
    }
    const rows = backups.map(({ backupId, createdAt, cluster, sizeBytes, newBytes }) => [
      backupId,
      createdAt === null ? 'unknown' : timeInWords(createdAt, ports.clock.now()),
      cluster ?? '-',
      sizeBytes === null ? '-' : bytesInWords(sizeBytes),
      newBytes === null ? '-' : bytesInWords(newBytes),
    ])
    for (const line of table([['BACKUP', 'CREATED', 'CLUSTER', 'NEEDS', 'ADDED'], ...rows])) output.line(line)
    output.line()
    output.line(`${count(backups.length, 'backup')} in ${repository}`)
    return exitStatus.ok
  }
  // Sealed objects are listed as they lie there.
  return withSession('list', options, context, list, { keys: false })
}
