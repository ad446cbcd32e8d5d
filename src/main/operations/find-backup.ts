import { HoldfastError } from '../../shared/domain/error.ts'
import type { Inventory, InventoryBackup } from '../ports/backup-system.ts'

/** The backup whose id is `id`, or begins with it and is the only one. */
export function findBackup(
  id: string,
  { inventory, repository }: { readonly inventory: Inventory; readonly repository: string },
): InventoryBackup {
  const { backups } = inventory
  const exact = backups.find((backup) => backup.backupId === id)
  if (exact !== undefined) return exact
  const named = backups.filter(({ alsoNamed }) => alsoNamed.includes(id))
  const matching =
    named.length > 0 || id === '' ? named : backups.filter(({ backupId }) => backupId.startsWith(id))
  const [only] = matching
  if (only !== undefined && matching.length === 1) return only
  if (only === undefined) {
    throw new HoldfastError('backup.notFound', {
      what: `${repository} has no backup ${JSON.stringify(id)}.`,
      why:
        backups.length === 0
          ? 'It holds no backup of this system at all.'
          : 'No backup id is or begins like that.',
      next: 'List them with "holdfast backups".',
    })
  }
  throw new HoldfastError('backup.ambiguous', {
    what: `${JSON.stringify(id)} begins the ids of ${matching.length} backups.`,
    why: `Among them ${matching
      .slice(0, 3)
      .map((backup) => backup.backupId)
      .join(', ')}.`,
    next: 'Give more of the id.',
  })
}
