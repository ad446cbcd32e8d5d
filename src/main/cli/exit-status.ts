import { isHoldfastError, type ErrorCode } from '../../shared/domain/error.ts'
import type { Finding } from '../../shared/domain/finding.ts'

/** What the exit status of the command line says; scripts rely on these numbers. */
export const exitStatus = {
  /** Done, and no error finding. */
  ok: 0,
  /** Done, and at least one error finding. */
  findings: 1,
  /** Wrong usage: nothing was done. */
  usage: 2,
  /** The repository, or an object where nothing worse was found, could not be reached or read. */
  unreachable: 3,
  /** The operation failed and what it had begun was rolled back. */
  failed: 4,
  cancelled: 130,
} as const

export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus]

/** An object that could not be read has a status of its own only where nothing worse was found. */
export function statusOfFindings(findings: readonly Finding[]): ExitStatus {
  const errors = findings.filter((finding) => finding.severity === 'error')
  if (errors.length === 0) return exitStatus.ok
  return errors.every((finding) => finding.code === 'object.unreachable')
    ? exitStatus.unreachable
    : exitStatus.findings
}

export function exitStatusOf(error: unknown): ExitStatus {
  return isHoldfastError(error) ? byCode(error.code) : exitStatus.failed
}

function byCode(code: ErrorCode): ExitStatus {
  switch (code) {
    case 'usage':
    case 'backup.notFound':
    case 'backup.ambiguous':
    case 'repository.badAddress':
    case 'key.missing':
    case 'key.wrong':
    case 'policy.refused':
    case 'plan.changed':
    case 'restore.refused':
    case 'target.refused':
    case 'target.busy':
    case 'target.full':
    case 'credential.notFound':
    case 'credential.inUse':
    case 'cluster.notFound':
    case 'cluster.protected':
    case 'cluster.readOnly':
    case 'repository.inUse':
    case 'repository.unsaved':
    case 'job.notFound':
    case 'job.refused':
    case 'runbook.notFound':
    case 'runbook.refused':
    case 'connection.missing':
    case 'connection.invalid':
    case 'master.busy':
      return exitStatus.usage
    case 'repository.insecure':
    case 'repository.noCredentials':
    case 'repository.accessDenied':
    case 'repository.badKeyPair':
    case 'repository.expiredToken':
    case 'repository.wrongRegion':
    case 'repository.notFound':
    case 'repository.clockSkew':
    case 'repository.tls':
    case 'repository.unreachable':
    case 'repository.badAnswer':
    case 'repository.readOnly':
    case 'repository.full':
    case 'host.unknownKey':
    case 'host.changedKey':
    case 'host.authentication':
    case 'host.unreachable':
    case 'host.weak':
    case 'host.lost':
    case 'host.timedOut':
    case 'host.sudo':
    case 'host.badAnswer':
    case 'master.unreachable':
    case 'master.insecure':
    case 'master.tls':
    case 'master.refusedLogin':
    case 'master.passwordChange':
    case 'master.notReady':
    case 'master.notLeader':
    case 'master.notOffered':
    case 'master.badAnswer':
    case 'master.timedOut':
    case 'object.missing':
    case 'object.unreadable':
    case 'object.badKey':
    case 'vault.none':
    case 'vault.locked':
    case 'vault.wrongPassphrase':
    case 'vault.unavailable':
    case 'vault.lost':
    case 'audit.cannotWrite':
    case 'state.readOnly':
    case 'session.over':
    case 'connection.lost':
      return exitStatus.unreachable
    case 'object.changed':
    case 'vault.damaged':
    case 'audit.broken':
    case 'policy.broken':
    case 'state.broken':
    case 'state.busy':
    case 'restore.failed':
    case 'host.commandFailed':
    case 'master.refused':
    case 'master.outcomeUnknown':
    case 'internal':
      return exitStatus.failed
    case 'cancelled':
      return exitStatus.cancelled
  }
}
