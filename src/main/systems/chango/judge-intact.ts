import { errorFinding, type Finding } from '../../../shared/domain/finding.ts'
import type { LevelOutcome } from '../../../shared/domain/level.ts'
import { earlierHash } from '../../engine/verify/earlier-hash.ts'
import type { ObjectEvidence } from '../../ports/backup-system.ts'
import type { Sidecar } from './sidecar.ts'

type Reading = Extract<ObjectEvidence, { kind: 'read' }>

export interface IntactJudgement {
  readonly outcome: LevelOutcome
  /** True where the bytes are known not to be the recorded or remembered ones. */
  readonly bytesDiffer: boolean
  /** What they were compared with and agreed; null where nothing. */
  readonly by: string | null
  readonly findings: readonly Finding[]
}

/**
 * Whether the stored bytes are the ones that somebody recorded. Nothing inside an archive can say so; in order of trust
 * there are the hash in the cluster's own reply, a sidecar, and the hash that this console remembers from an earlier
 * reading. `what` names the object.
 */
export function judgeIntact(what: string, seen: Reading, sidecar: Sidecar): IntactJudgement {
  const { sha256 } = seen.facts
  const before = earlierHash(seen)
  const findings = sidecarFindings(what, sidecar)
  if (before !== null && before.sha256 !== sha256) {
    const was = before.source === 'run' ? `the cluster reported when it made it` : `this console read first`
    const message = `${what} was changed: its SHA-256 is ${sha256}, not ${before.sha256}, which ${was} on ${before.at}. It was replaced since.`
    // That a sidecar differs as well, or was rewritten to agree, adds nothing.
    return {
      outcome: { outcome: 'failed' },
      bytesDiffer: true,
      by: null,
      findings: [...findings, errorFinding('object.changed', message)],
    }
  }
  const byRun = before?.source === 'run' ? `the SHA-256 that the cluster reported on ${before.at}` : null
  if (sidecar.kind === 'line' && sidecar.sha256 !== sha256) {
    const blame = byRun === null ? '' : ` The archive still has ${byRun}, so it is the sidecar that is wrong.`
    const message = `The SHA-256 of ${what} is ${sha256}; its sidecar records ${sidecar.sha256}.${blame}`
    return {
      outcome: { outcome: byRun === null ? 'failed' : 'passed' },
      bytesDiffer: byRun === null,
      by: byRun,
      findings: [...findings, errorFinding('object.hashMismatch', message)],
    }
  }
  const bySidecar =
    sidecar.kind === 'line' ? 'the sidecar beside it, which anyone who can write there can rewrite' : null
  const bySight = before === null ? null : `what this console itself read first, on ${before.at}`
  const by = byRun ?? bySidecar ?? bySight
  if (by !== null) return { outcome: { outcome: 'passed' }, bytesDiffer: false, by, findings }
  const reason = seen.remembered
    ? `nothing outside the archive records its hash, and it was read once, on ${seen.facts.readAt}; reading it again compares the two`
    : 'nothing outside the archive records its hash, and this is the first reading; the next one is compared with it'
  return { outcome: { outcome: 'notProvable', reason }, bytesDiffer: false, by: null, findings }
}

function sidecarFindings(what: string, sidecar: Sidecar): readonly Finding[] {
  switch (sidecar.kind) {
    case 'none':
    case 'line':
      return []
    case 'wrong':
      return [
        errorFinding(
          'manifest.unreadable',
          `The sidecar of ${what} does not speak for it: ${sidecar.reason}.`,
        ),
      ]
    case 'unreachable':
      return [
        errorFinding(
          'object.unreachable',
          `The sidecar of ${what} is there, but could not be read. ${sidecar.reason}`,
        ),
      ]
  }
}
