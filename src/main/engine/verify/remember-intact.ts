import { reaches } from '../../../shared/domain/level.ts'
import type { BackupReport, StoreReport } from '../../ports/backup-system.ts'
import type { RepositoryMemory } from '../../ports/catalog.ts'

/** Of these each holds the bytes against something that was recorded of them: a hash, or what they were sealed with. */
const comparing = ['intact', 'decrypts', 'matches'] as const

/** Its bytes were read and compared, and agreed. */
export function isProvedIntact({ levelReached, notProvable, verifiedAt }: StoreReport): boolean {
  const isCompared = comparing.some(
    (level) => reaches(levelReached, level) && notProvable.every((each) => each.level !== level),
  )
  return verifiedAt !== null && isCompared
}

/** Keeps when each object was last proved intact, for the day on which it is not: an object is as its worst report says. */
export function rememberIntact(
  reports: readonly BackupReport[],
  memory: Pick<RepositoryMemory, 'sawIntact'>,
): void {
  const stores = reports.flatMap((report) => report.stores)
  const fallen = new Set(stores.filter((store) => !isProvedIntact(store)).map(({ key }) => key))
  for (const { key, verifiedAt } of stores) {
    if (key !== null && verifiedAt !== null && !fallen.has(key)) memory.sawIntact(key, verifiedAt)
  }
}
