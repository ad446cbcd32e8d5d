import { reaches } from '../../../shared/domain/level.ts'
import type { BackupReport, StoreReport } from '../../ports/backup-system.ts'
import type { RepositoryMemory } from '../../ports/catalog.ts'

/** Its bytes were read, and the levels up to `intact` hold. */
export function isProvedIntact({ levelReached, verifiedAt }: StoreReport): boolean {
  return verifiedAt !== null && reaches(levelReached, 'intact')
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
