import { audited, whyUnwritten } from '../operations/audited.ts'
import type { AuditEvent, AuditLog } from '../ports/audit-log.ts'
import type { CommandContext } from './context.ts'

interface AuditContext {
  readonly ports: Pick<CommandContext['ports'], 'openAudit' | 'stateFolder'>
  readonly output: Pick<CommandContext['output'], 'note'>
}

/** Entries of what only read: a chain that cannot be written must not keep anyone from proving a backup. */
export async function noteInAudit(
  eventsFor: (audit: AuditLog) => Promise<readonly AuditEvent[]>,
  { ports, output }: AuditContext,
  what = 'this run',
): Promise<void> {
  try {
    const audit = await ports.openAudit(ports.stateFolder)
    await audit.appendAll(await eventsFor(audit))
  } catch (error) {
    output.note(`Note: ${what} is not in the audit chain. ${whyUnwritten(error)}`)
  }
}

/** A change, as entries of this installation's chain; without the first of them it is not begun. */
export async function auditedChange<T>(
  name: string,
  event: Omit<AuditEvent, 'action'>,
  work: () => Promise<T>,
  { ports, output }: AuditContext,
): Promise<T> {
  const audit = await ports.openAudit(ports.stateFolder)
  return audited(name, event, work, { audit, note: (text) => output.note(text) })
}
