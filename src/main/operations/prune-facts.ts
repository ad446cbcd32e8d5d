import type { PrunePlan } from '../../shared/domain/prune-plan.ts'
import type { AuditFact } from '../ports/audit-log.ts'

/** What the audit chain tells of a clean-up. */
export function pruneFacts(plan: PrunePlan, hash: string): readonly AuditFact[] {
  const ids = plan.rows.filter(({ fate }) => fate === 'delete').map(({ backupId }) => backupId)
  return [
    { name: 'repository', value: plan.repository },
    { name: 'plan', value: hash },
    { name: 'backups', value: namesOf(ids) },
    { name: 'objects', value: String(plan.deletes.length) },
    { name: 'bytes', value: String(plan.freesBytes) },
  ]
}

/** Of very many only the first: an entry of the audit chain is a line. */
export function namesOf(names: readonly string[]): string {
  const most = 200
  const more = names.length > most ? ` and ${names.length - most} more` : ''
  return `${names.slice(0, most).join(' ')}${more}`
}
