import { createHash } from 'node:crypto'
import type { Drill } from '../../../shared/domain/drill.ts'
import { compareUtf8 } from '../../../shared/domain/utf8-order.ts'
import type { ObjectEvidence } from '../../ports/backup-system.ts'

/** What a backup is made of, byte for byte: a drill holds for it, and for nothing else of the same name. */
export function contentOf(
  objects: readonly { readonly key: string; readonly sha256: string | null }[],
): string | null {
  const hash = createHash('sha256')
  for (const { key, sha256 } of objects.toSorted((a, b) => compareUtf8(a.key, b.key))) {
    if (sha256 === null) return null
    hash.update(`${sha256} ${JSON.stringify(key)}\n`)
  }
  return objects.length === 0 ? null : hash.digest('hex')
}

/** The last drill that wrote exactly these bytes and read them back; null where none did. `drills`: newest first. */
export function restoredBefore(
  { backupId, objects }: { readonly backupId: string; readonly objects: readonly { readonly key: string }[] },
  evidence: { object(key: string): ObjectEvidence },
  drills: readonly Drill[],
): Drill | null {
  const own = drills.filter((drill) => drill.backupId === backupId && drill.outcome.kind !== 'readable')
  const [last] = own
  // One that failed since takes back what an earlier one had shown.
  if (last === undefined || last.outcome.kind === 'failed') return null
  const content = contentOf(
    objects.map(({ key }) => {
      const seen = evidence.object(key)
      return { key, sha256: seen.kind === 'read' ? seen.facts.sha256 : null }
    }),
  )
  return content === null ? null : (own.find((drill) => drill.content === content) ?? null)
}
