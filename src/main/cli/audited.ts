import { isHoldfastError } from '../../shared/domain/error.ts'
import type { AuditEvent, AuditLog } from '../ports/audit-log.ts'
import type { CommandContext } from './context.ts'

/** Entries of what only read: a chain that cannot be written must not keep anyone from proving a backup. */
export async function noteInAudit(
  eventsFor: (audit: AuditLog) => Promise<readonly AuditEvent[]>,
  { ports, output }: CommandContext,
): Promise<void> {
  try {
    const audit = await ports.openAudit(ports.stateFolder)
    await audit.appendAll(await eventsFor(audit))
  } catch (error) {
    if (!isHoldfastError(error)) throw error
    output.note(
      `Note: this run is not in the audit chain. ${error.text.what} ${error.text.why ?? ''}`.trimEnd(),
    )
  }
}

/**
 * `<name>.started`, the work, then `<name>.finished` or `<name>.failed`. Where the first cannot be written the work is
 * not begun; the other two come when there is nothing left to refuse, so that they are missing is only said.
 */
export async function audited<T>(
  name: string,
  { subject, facts }: Pick<AuditEvent, 'subject' | 'facts'>,
  work: () => Promise<T>,
  { ports, output }: CommandContext,
): Promise<T> {
  const audit = await ports.openAudit(ports.stateFolder)
  await audit.append({ action: `${name}.started`, subject, facts })
  const conclude = async (action: string, more: AuditEvent['facts']): Promise<void> => {
    try {
      await audit.append({ action, subject, facts: [...facts, ...more] })
    } catch (error) {
      if (!isHoldfastError(error)) throw error
      output.note(
        `Note: ${action} is not in the audit chain. ${error.text.what} ${error.text.why ?? ''}`.trimEnd(),
      )
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
