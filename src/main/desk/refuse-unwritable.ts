import { HoldfastError } from '../../shared/domain/error.ts'
import type { AuditLog } from '../ports/audit-log.ts'

/** A destructive step that could not be written down is not begun. */
export async function refuseUnwritable(audit: Pick<AuditLog, 'status'>): Promise<void> {
  const { cannotWrite } = await audit.status()
  if (cannotWrite === null) return
  throw new HoldfastError('audit.cannotWrite', {
    what: 'The audit chain cannot be written.',
    why: cannotWrite,
    unchanged: 'Nothing was changed.',
    next: 'Make room or set the folder’s permissions right, then try again.',
  })
}
