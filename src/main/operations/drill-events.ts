import { measuredRtoMs, tookWords, type Drill } from '../../shared/domain/drill.ts'
import type { AuditEvent } from '../ports/audit-log.ts'
import type { LeftScratch } from '../ports/scratch-space.ts'

/** What a drill found, as an entry. */
export function drillEvent(drill: Drill, subject: string, repository: string): AuditEvent {
  const { outcome, backupId, id } = drill
  const rtoMs = measuredRtoMs(drill)
  return {
    action: 'backup.drilled',
    subject,
    facts: [
      { name: 'repository', value: repository },
      { name: 'backup', value: backupId },
      { name: 'drill', value: id },
      { name: 'outcome', value: outcome.kind === 'failed' ? `failed: ${outcome.because}` : outcome.kind },
      ...(rtoMs === null ? [] : [{ name: 'measured', value: tookWords(rtoMs) }]),
    ],
  }
}

/** What became of a scratch folder that a program which is gone had left. */
export function leftScratchEvent({ dir, what, since, stands }: LeftScratch): AuditEvent {
  return {
    action: stands === null ? 'scratch.removed' : 'scratch.stands',
    subject: dir,
    facts: [
      { name: 'of', value: what },
      { name: 'since', value: since },
      ...(stands === null ? [] : [{ name: 'because', value: stands }]),
    ],
  }
}

export function leftScratchWords({ dir, what, since, stands }: LeftScratch): string {
  return stands === null
    ? `${dir} was left by ${what}, begun at ${since} and cut short. It is removed now.`
    : `${dir} was left by ${what}, begun at ${since}, and still stands. ${stands}`
}
