import { formatAddress, parseAddress } from '../../../shared/domain/address.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { copyBackup } from '../../engine/copy/copy-backup.ts'
import { verifyBackups } from '../../engine/verify/verify-backups.ts'
import { verdictEvents } from '../../operations/verdict-events.ts'
import { auditedChange, noteInAudit } from '../audited.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import { createProgressLine } from '../progress-line.ts'
import { backupDocument, printBackup } from '../report.ts'
import { findBackup } from '../../operations/find-backup.ts'
import type { RepositoryOptions } from '../options.ts'
import { addressFor, verifyRequest, verifyTools } from '../../operations/open-repository.ts'
import { refuseIndexed } from '../../operations/refuse-indexed.ts'
import { accessOf } from '../access-of.ts'
import { withSession } from '../session.ts'
import { bytesInWords, count } from '../words.ts'

/** Verifies a backup, then copies it with all that it points to; a bad one is not copied. */
export async function copy(
  id: string,
  options: RepositoryOptions & { readonly to: string },
  context: CommandContext,
): Promise<ExitStatus> {
  const { output, ports, signal } = context
  return withSession('copy', options, context, async (session) => {
    refuseIndexed(session.system, 'copied')
    const destination = addressFor(session.system, parseAddress(options.to))
    if (formatAddress(destination) === session.repository) {
      throw new HoldfastError('usage', {
        what: 'The repository to copy into is the one to copy from.',
        next: 'Name another one with --to.',
      })
    }
    const backup = findBackup(id, session)
    const progress = createProgressLine(ports.stderr, ports.clock)
    const to = await ports.openStore(destination, accessOf(options), 'write')
    try {
      const result = await verifyBackups(
        [backup],
        verifyRequest(session.system, null),
        await verifyTools(session, ports),
        { signal, onProgress: progress.listener },
      )
      await noteInAudit((audit) => verdictEvents(result, session.repository, audit), context)
      const [verified] = result.backups
      if (verified === undefined || verified.verdict === 'bad') {
        progress.end()
        if (verified !== undefined) printBackup(verified, true, context)
        output.document({ copied: false, backup: verified && backupDocument(verified) })
        output.line('Nothing was copied: a copy of a bad backup is no safety.')
        return exitStatus.findings
      }
      const facts = [
        { name: 'repository', value: session.repository },
        { name: 'backup', value: backup.backupId },
        { name: 'to', value: formatAddress(destination) },
      ]
      const copied = await auditedChange(
        'copy',
        { subject: backup.cluster ?? session.repository, facts },
        async () =>
          copyBackup(
            backup,
            result.evidence,
            { from: session.store, to, clock: ports.clock },
            { signal, onProgress: progress.listener },
          ),
        context,
      )
      progress.end()
      output.document({
        copied: true,
        to: formatAddress(destination),
        backup: backupDocument(verified),
        objects: copied.objects,
      })
      printBackup(verified, false, context)
      const written = copied.objects.filter(({ outcome }) => outcome === 'copied')
      const writtenBytes = written.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
      output.line(
        `Copied ${count(written.length, 'object')} (${bytesInWords(writtenBytes)}) to ${formatAddress(destination)}; ` +
          `${count(copied.objects.length - written.length, 'object')} stood there already. All of them were read back and have the same SHA-256.`,
      )
      return exitStatus.ok
    } finally {
      progress.end()
      await to.close()
    }
  })
}
