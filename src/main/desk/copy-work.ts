import { HoldfastError } from '../../shared/domain/error.ts'
import { bytesWords, countOf } from '../../shared/domain/size-words.ts'
import { copyBackup } from '../engine/copy/copy-backup.ts'
import { verifyBackups } from '../engine/verify/verify-backups.ts'
import { findBackup } from '../operations/find-backup.ts'
import { verifyRequest, verifyTools } from '../operations/open-repository.ts'
import { refuseIndexed } from '../operations/refuse-indexed.ts'
import { audited } from '../operations/audited.ts'
import type { JobContext, JobOutcome } from '../ports/job-runner.ts'
import { withClusterRepository, withStore } from './cluster-repository.ts'
import { copyRequest } from './job-requests.ts'
import type { DeskPorts } from './ports.ts'
import { savedCluster, savedRepository } from './saved.ts'
import { noteTo } from './verify-work.ts'
import type { Views } from './views.ts'

export const copyPhases = ['Verify the backup', 'Copy and read back'] as const

/** Verifies a backup, then copies it with all that it points to; a bad one is not copied. */
export async function copyWork(
  asked: unknown,
  context: JobContext,
  ports: DeskPorts & { readonly views: Views },
): Promise<JobOutcome> {
  const request = copyRequest.parse(asked)
  const cluster = savedCluster(request.clusterId, ports.state)
  const destination = savedRepository(request.toRepositoryId, ports.state)
  const { signal } = context
  context.phase(copyPhases[0])
  const onProgress = ({ doneBytes, totalBytes }: { doneBytes: number; totalBytes: number | null }): void =>
    context.progress(doneBytes, totalBytes)
  return withClusterRepository(cluster, 'copy', ports, { signal, note: noteTo(context) }, async (opened) => {
    refuseIndexed(opened.system, 'copied')
    const backup = findBackup(request.backupId, opened)
    const result = await verifyBackups(
      [backup],
      verifyRequest(opened.system, null),
      await verifyTools(opened, ports),
      { signal, onProgress },
    )
    const [verified] = result.backups
    if (verified === undefined || verified.verdict === 'bad') {
      throw new HoldfastError('restore.refused', {
        what: `Backup ${backup.backupId} is bad, so it is not copied.`,
        why: 'A copy of a bad backup is no safety.',
        unchanged: 'Nothing was written.',
        next: 'Copy the newest backup that is good.',
      })
    }
    const facts = [
      { name: 'backup', value: backup.backupId },
      { name: 'to', value: destination.address },
      { name: 'job', value: context.jobId },
    ]
    context.phase(copyPhases[1])
    const work = async () =>
      withStore(destination, 'copy', ports, 'write', async (to) =>
        copyBackup(
          backup,
          result.evidence,
          { from: opened.store, to, clock: ports.clock },
          { signal, onProgress },
        ),
      )
    const { objects } = await audited('copy', { subject: cluster.name, facts }, work, {
      audit: ports.audit,
      note: noteTo(context),
    })
    ports.views.changed(destination.id)
    const written = objects.filter(({ outcome }) => outcome === 'copied')
    const writtenBytes = written.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    return {
      outcome: `${countOf(written.length, 'object')} (${bytesWords(writtenBytes)}) written to ${destination.name}, ${objects.length - written.length} stood there already; all were read back.`,
      tone: 'good',
      result: {
        kind: 'copy',
        to: destination.address,
        backupId: backup.backupId,
        objects: objects.length,
        written: written.length,
        writtenBytes,
      },
    }
  })
}
