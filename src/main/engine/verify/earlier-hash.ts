import type { ObjectEvidence } from '../../ports/backup-system.ts'
import type { RememberedHash } from '../../ports/catalog.ts'

/** The hash that was known before a reading; null where there is none: one that this very reading left behind proves nothing about it. */
export function earlierHash({
  before,
  facts,
  remembered,
}: Extract<ObjectEvidence, { kind: 'read' }>): RememberedHash | null {
  if (before === null || before.source === 'run' || before.sha256 !== facts.sha256) return before
  return remembered && before.at === facts.readAt ? null : before
}
