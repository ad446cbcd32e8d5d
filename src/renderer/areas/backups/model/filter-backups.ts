import type { Chain } from '../../../../shared/contract/backups.ts'
import { months } from '../../../../shared/domain/time-words.ts'

export const stateFilters = ['all', 'notRestorable', 'notProved', 'restorable'] as const
export type StateFilter = (typeof stateFilters)[number]
type ChainBackup = Chain['backups'][number]

export function countByState({ backups }: Chain): Readonly<Record<StateFilter, number>> {
  const counts = { all: backups.length, notRestorable: 0, notProved: 0, restorable: 0 }
  for (const { restorability } of backups) counts[restorability] += 1
  return counts
}

/** `words` are found in ids, in days (`8 Nov`, `2026-11-08`) and in keys of the objects that a backup points to. */
export function filterBackups(
  chain: Chain,
  { state, words }: { readonly state: StateFilter; readonly words: string },
): readonly ChainBackup[] {
  const wanted = words.trim().toLowerCase()
  const found = new Set<number>()
  // A key names the folder of its holder, which would find every backup that shares anything with it.
  if (wanted.length > 2)
    chain.objects.forEach((object, at) => {
      const name = object.key.startsWith(object.holder) ? object.key.slice(object.holder.length) : object.key
      if (name.toLowerCase().includes(wanted)) found.add(at)
    })
  return chain.backups.filter(
    (backup) =>
      (state === 'all' || backup.restorability === state) &&
      (wanted === '' ||
        backup.backupId.toLowerCase().includes(wanted) ||
        daysOf(backup.createdAt).some((day) => day.startsWith(wanted)) ||
        backup.holds.some((at) => at !== null && found.has(at))),
  )
}

function daysOf(createdAt: string | null): readonly string[] {
  if (createdAt === null) return []
  const [year = '', month = '', day = ''] = createdAt.slice(0, 10).split('-')
  const name = (months[Number(month) - 1] ?? '').toLowerCase()
  return [
    createdAt.toLowerCase(),
    createdAt.slice(0, 16).replace('T', ' '),
    `${Number(day)} ${name} ${year}`,
    `${name} ${Number(day)}`,
    name,
  ]
}
