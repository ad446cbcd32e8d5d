import type { VerifiedBackup, VerifyResult } from '../engine/verify/verify-backups.ts'
import type { AuditEvent, AuditFact, AuditLog } from '../ports/audit-log.ts'
import { allFindings } from './all-findings.ts'
import { reachOf } from './view-repository.ts'

/**
 * The verdicts of a run that are worth an entry: of every backup of which something was read anew, and of every other
 * one of which the last entry says anything else (or that has none). A nightly run that finds all as it was adds none.
 */
export async function verdictEvents(
  { backups, evidence }: Pick<VerifyResult, 'backups' | 'evidence'>,
  repository: string,
  audit: Pick<AuditLog, 'list'>,
): Promise<readonly AuditEvent[]> {
  const isReadAnew = ({ backup }: VerifiedBackup): boolean =>
    backup.objects.some(({ key }) => {
      const seen = evidence.object(key)
      return seen.kind === 'read' && !seen.remembered
    })
  const events = backups.map((verified) => ({
    isNew: isReadAnew(verified),
    event: eventOf(verified, repository),
  }))
  const old = events.filter(({ isNew }) => !isNew).length
  const said = old === 0 ? new Map<string, string>() : await lastSaid(old, repository, audit)
  return events
    .filter(({ isNew, event }) => isNew || said.get(event.facts[1].value) !== JSON.stringify(event.facts))
    .map(({ event }) => event)
}

/** How many backups a run has judged how, those whose verdict is no news too: so none of them is without an entry. */
export function verdictsFact(backups: readonly Pick<VerifiedBackup, 'verdict'>[]): AuditFact {
  const counts = (['good', 'warning', 'bad', 'unknown'] as const)
    .map((verdict) => [verdict, backups.filter((each) => each.verdict === verdict).length] as const)
    .filter(([, count]) => count > 0)
  return { name: 'verdicts', value: counts.map(([verdict, count]) => `${verdict} ${count}`).join(', ') }
}

function eventOf(verified: VerifiedBackup, repository: string) {
  const codes = [...new Set(allFindings(verified).map(({ code }) => code))].sort()
  return {
    action: 'backup.judged',
    subject: verified.backup.cluster ?? repository,
    facts: [
      { name: 'repository', value: repository },
      { name: 'backup', value: verified.backup.backupId },
      { name: 'verdict', value: verified.verdict },
      { name: 'level', value: reachOf(verified).level },
      { name: 'findings', value: codes.join(' ') },
    ],
  } as const
}

const pageSize = 500

/**
 * The facts of the last entry about each backup. Looked for in the newest entries only, twice as many as there are
 * backups: what lies further back is said again.
 */
async function lastSaid(
  backups: number,
  repository: string,
  audit: Pick<AuditLog, 'list'>,
): Promise<ReadonlyMap<string, string>> {
  const said = new Map<string, string>()
  let before: number | undefined
  for (let left = 2 * backups + pageSize; left > 0 && said.size < backups; left -= pageSize) {
    const { entries, more } = await audit.list({ limit: pageSize, before })
    for (const { action, facts } of entries) {
      const [where, which] = facts
      if (action !== 'backup.judged' || where?.value !== repository || which === undefined) continue
      if (!said.has(which.value)) said.set(which.value, JSON.stringify(facts))
    }
    before = entries.at(-1)?.seq
    if (!more) break
  }
  return said
}
