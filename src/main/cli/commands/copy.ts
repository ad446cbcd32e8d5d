import { formatAddress, parseAddress, type RepositoryAddress } from '../../../shared/domain/address.ts'
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
import type { PlaceOptions } from '../options.ts'
import { addressFor, verifyRequest, verifyTools } from '../../operations/open-repository.ts'
import { refuseIndexed } from '../../operations/refuse-indexed.ts'
import { accessOf } from '../access-of.ts'
import { noteSecrets } from '../note-secrets.ts'
import { secretsElsewhere } from '../../operations/secrets-elsewhere.ts'
import type { BackupSystem } from '../../ports/backup-system.ts'
import type { RepositoryAccess } from '../../ports/repository-access.ts'
import { withSession } from '../session.ts'
import { findRepository, openVault, withDesk } from '../with-desk.ts'
import { bytesInWords, count } from '../words.ts'

/** Where a copy goes: an address, or the name of a saved repository. */
export interface CopyFlags extends PlaceOptions {
  readonly to?: string
  readonly into?: string
}

/** Verifies a backup, then copies it with all that it points to; a bad one is not copied. */
export async function copy(id: string, options: CopyFlags, context: CommandContext): Promise<ExitStatus> {
  const { output, ports, signal } = context
  return withSession('copy', options, context, async (session) => {
    refuseIndexed(session.system, 'copied')
    const { address: destination, access } = await destinationOf(options, session.system, context)
    if (formatAddress(destination) === session.repository) {
      throw new HoldfastError('usage', {
        what: 'The repository to copy into is the one to copy from.',
        unchanged: 'Nothing was written.',
        next: 'Name another one with --to or --into.',
      })
    }
    const backup = findBackup(id, session)
    const progress = createProgressLine(ports.stderr, ports.clock)
    const to = await ports.openStore(destination, access, 'write')
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

interface Destination {
  readonly address: RepositoryAddress
  readonly access: RepositoryAccess
}

/** An address is reached as the options say; a saved repository as it is saved. */
async function givenDestination(
  address: RepositoryAddress,
  options: CopyFlags,
  context: CommandContext,
): Promise<Destination> {
  const access = accessOf(options)
  const use = { subject: formatAddress(address), purpose: 'copy' }
  await noteSecrets(secretsElsewhere(address, access), use, context)
  return { address, access }
}

async function destinationOf(
  options: CopyFlags,
  system: BackupSystem,
  context: CommandContext,
): Promise<Destination> {
  const { to, into, passphraseFile } = options
  if (to !== undefined && into === undefined)
    return givenDestination(addressFor(system, parseAddress(to)), options, context)
  if (into === undefined || to !== undefined) {
    throw new HoldfastError('usage', {
      what: 'It is not clear where the copy goes.',
      unchanged: 'Nothing was written.',
      next: 'Give --to with an address, or --into with the name of a saved repository.',
    })
  }
  const saved = await withDesk(context, async (client, desk) => {
    const { id } = await findRepository(into, client)
    await openVault(client, passphraseFile ?? null, context)
    return desk.openRepository(id, 'copy')
  })
  if (saved.system === system.name) return saved
  throw new HoldfastError('usage', {
    what: `The repository ${JSON.stringify(into)} is for backups of ${saved.system}, and this one is of ${system.name}.`,
    unchanged: 'Nothing was written.',
    next: 'Name a repository of the same system.',
  })
}
