import type { AuditEntry } from '../../../shared/contract/audit.ts'

/** All facts of an entry in one line, and the reason where one was given. */
export function factsText({ facts, reason }: Pick<AuditEntry, 'facts' | 'reason'>): string {
  const words = facts.map(({ name, value }) => `${name} ${value === '' ? 'none' : value}`)
  return [...words, ...(reason === null ? [] : [`reason: ${reason}`])].join(', ')
}

/** Of the table as text. */
export const auditColumns: readonly {
  readonly head: string
  readonly text: (entry: AuditEntry) => string
}[] = [
  { head: 'Entry', text: ({ seq }) => String(seq) },
  { head: 'When', text: ({ at }) => at },
  { head: 'What', text: ({ action }) => action },
  { head: 'Subject', text: ({ subject }) => subject },
  { head: 'Facts', text: factsText },
  { head: 'By', text: ({ actor }) => actor },
  { head: 'Hash', text: ({ hash }) => hash },
]
