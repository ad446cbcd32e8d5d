import { HoldfastError } from '../../shared/domain/error.ts'
import type { Inventory, InventoryBackup } from '../ports/backup-system.ts'
import type { Session } from './session.ts'

/** The backup whose id is `id`, or begins with it and is the only one. */
export function findBackup(id: string, { inventory, repository }: Pick<Session, 'inventory' | 'repository'>): InventoryBackup {
  const { backups } = inventory
  const exact = backups.find((backup) => backup.backupId === id)
  if (exact !== undefined) return exact
  const matching = id === '' ? [] : backups.filter((backup) => backup.backupId.startsWith(id))
  const [only] = matching
  if (only !== undefined && matching.length === 1) return only
  if (only === undefined) {
    throw new HoldfastError('backup.notFound', {
      what: `${repository} has no backup ${JSON.stringify(id)}.`,
      why: backups.length === 0 ? 'It holds no backup of this system at all.' : 'No backup id is or begins like that.',
      next: 'List them with "holdfast backups".',
    })
  }
  throw new HoldfastError('backup.ambiguous', {
    what: `${JSON.stringify(id)} begins the ids of ${matching.length} backups.`,
    why: `Among them ${matching.slice(0, 3).map((backup) => backup.backupId).join(', ')}.`,
    next: 'Give more of the id.',
  })
}

export interface Selection {
  readonly ids: readonly string[]
  readonly latest: boolean
  readonly all: boolean
}

/** The backups that a command is to work on, newest first, each once. */
export function selectBackups(
  { ids, latest, all }: Selection,
  session: { readonly inventory: Inventory; readonly repository: string },
): readonly InventoryBackup[] {
  if ([ids.length > 0, latest, all].filter(Boolean).length !== 1) {
    throw new HoldfastError('usage', {
      what: 'It is not clear which backups are meant.',
      next: 'Name one or more backups, or give --latest, or give --all.',
    })
  }
  const { backups } = session.inventory
  if (all) return backups
  if (latest) return backups.slice(0, 1)
  const named = new Set(ids.map((id) => findBackup(id, session)))
  return backups.filter((backup) => named.has(backup))
}
