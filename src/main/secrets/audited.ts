import { HoldfastError, isHoldfastError } from '../../shared/domain/error.ts'
import type { AuditEvent, AuditLog } from '../ports/audit-log.ts'
import type { DeskState } from '../ports/desk-state.ts'

/** First the entry, then the work; where the work fails a second entry says so. Without the entry nothing is done. */
export async function audited<T>(audit: AuditLog, event: AuditEvent, work: () => Promise<T>): Promise<T> {
  await audit.append(event)
  try {
    return await work()
  } catch (error) {
    const outcome = isHoldfastError(error) ? error.code : 'internal'
    const facts = [...event.facts, { name: 'outcome', value: `failed: ${outcome}` }]
    // The failure itself is what the operator has to hear of.
    await audit.append({ ...event, facts }).catch(() => undefined)
    throw error
  }
}

/** Throws `state.readOnly`: what is refused anyway is no entry. */
export function demandWritable({ readOnlyBecause }: Pick<DeskState, 'readOnlyBecause'>): void {
  if (readOnlyBecause === null) return
  throw new HoldfastError('state.readOnly', {
    what: 'Secrets cannot be changed here.',
    why: readOnlyBecause,
    unchanged: 'Nothing was changed.',
    next: 'Change them there, or end that one first.',
  })
}
