import type { AuditEntry } from '../../../shared/contract/audit.ts'

/** All facts of an entry in one line, and the reason where one was given. */
export function factsText({ facts, reason }: Pick<AuditEntry, 'facts' | 'reason'>): string {
  const words = facts.map(({ name, value }) => `${name} ${valueWords(value)}`)
  return [...words, ...(reason === null ? [] : [`reason: ${reason}`])].join(', ')
}

/** What was saved is kept as JSON; unfolded, an entry shows it as it stands there. */
function valueWords(value: string): string {
  if (value === '') return 'none'
  if (!/^(null$|[[{])/.test(value)) return value
  try {
    return jsonWords(JSON.parse(value))
  } catch {
    return value
  }
}

function jsonWords(value: unknown): string {
  if (value === null) return 'nothing'
  if (typeof value === 'string') return value
  if (typeof value !== 'object') return JSON.stringify(value)
  const parts = Array.isArray(value)
    ? value.map(jsonWords)
    : Object.entries(value).map(([name, each]) => `${name} ${jsonWords(each)}`)
  return parts.length === 0 ? 'none' : parts.join(', ')
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
