import { isHoldfastError } from '../../shared/domain/error.ts'
import type { AuditEvent, AuditLog } from '../ports/audit-log.ts'

/**
 * `<name>.started`, the work, then `<name>.finished` or `<name>.failed`. Where the first cannot be written the work is
 * not begun; the other two come when there is nothing left to refuse, so that they are missing is only said.
 */
export async function audited<T>(
  name: string,
  { subject, facts, reason = null }: Omit<AuditEvent, 'action'>,
  work: () => Promise<T>,
  { audit, note }: { readonly audit: Pick<AuditLog, 'append'>; readonly note: (text: string) => void },
): Promise<T> {
  await audit.append({ action: `${name}.started`, subject, facts, reason })
  const conclude = async (action: string, more: AuditEvent['facts']): Promise<void> => {
    try {
      await audit.append({ action, subject, facts: [...facts, ...more], reason })
    } catch (error) {
      note(`Note: ${action} is not in the audit chain. ${whyUnwritten(error)}`)
    }
  }
  let result: T
  try {
    result = await work()
  } catch (error) {
    const code = isHoldfastError(error) ? error.code : 'internal'
    await conclude(`${name}.failed`, [{ name: 'code', value: code }])
    throw error
  }
  await conclude(`${name}.finished`, [])
  return result
}

/** Rethrows what nobody expects. */
export function whyUnwritten(error: unknown): string {
  if (!isHoldfastError(error)) throw error
  return `${error.text.what} ${error.text.why ?? ''}`.trimEnd()
}
