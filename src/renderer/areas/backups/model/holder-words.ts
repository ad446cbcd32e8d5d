import type { Chain } from '../../../../shared/contract/backups.ts'
import { dayText } from '../../chain/model/day-words.ts'

/** When a holder was made and how many backups it lies back; null where it is not among the backups. */
export function holderWords(
  { backups }: Chain,
  { backupId, holder, nowMs }: { readonly backupId: string; readonly holder: string; readonly nowMs: number },
): { readonly day: string; readonly back: string } | null {
  const at = backups.findIndex((backup) => backup.backupId === holder)
  const from = backups.findIndex((backup) => backup.backupId === backupId)
  const found = backups[at]
  if (found === undefined) return null
  return {
    day: found.createdAt === null ? holder : dayText(found.createdAt, nowMs),
    back: at >= from ? `${at - from} back` : `${from - at} newer`,
  }
}
