import type { VerifyResult } from '../engine/verify/verify-backups.ts'
import { allFindings } from '../operations/all-findings.ts'
import { verdictEvents, verdictsFact } from '../operations/verdict-events.ts'
import { reachOf } from '../operations/view-repository.ts'
import { isHoldfastError } from '../../shared/domain/error.ts'
import type { SavedCluster } from '../ports/desk-state.ts'
import type { DeskPorts } from './ports.ts'

/** Writes verdicts into the history of the backups, and those that are news into the audit chain. */
export async function recordVerdicts(
  result: Pick<VerifyResult, 'backups' | 'evidence'>,
  {
    cluster,
    repository,
    jobId,
  }: { readonly cluster: SavedCluster; readonly repository: string; readonly jobId: string },
  { state, audit, clock }: DeskPorts,
): Promise<void> {
  const at = new Date(clock.now()).toISOString()
  const entries = result.backups.map((verified) => ({
    backupId: verified.backup.backupId,
    at,
    jobId,
    verdict: verified.verdict,
    level: reachOf(verified).level,
    findings: allFindings(verified)
      .slice(0, 20)
      .map((finding) => ({ ...finding })),
  }))
  try {
    await state.verifications.append(repository, entries)
  } catch (error) {
    if (!isHoldfastError(error, 'state.readOnly')) throw error
  }
  await audit.appendAll([
    ...(await verdictEvents(result, repository, audit)).map((event) => ({ ...event, subject: cluster.name })),
    {
      action: 'verify.finished',
      subject: cluster.name,
      facts: [
        { name: 'repository', value: repository },
        { name: 'backups', value: String(entries.length) },
        verdictsFact(entries),
        { name: 'job', value: jobId },
      ],
    },
  ])
}
