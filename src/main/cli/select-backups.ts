import { HoldfastError } from '../../shared/domain/error.ts'
import type { Inventory, InventoryBackup } from '../ports/backup-system.ts'
import type { Session } from './session.ts'

/** The backup whose id is `id`, or begins with it and is the only one. */
export function findBackup(
  id: string,
  { inventory, repository }: Pick<Session, 'inventory' | 'repository'>,
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

/** Which backups a command is to work on. */
export type Selection =
  | { readonly kind: 'named'; readonly ids: readonly string[] }
  | { readonly kind: 'latest' }
  | { readonly kind: 'all' }

/** Throws `usage` where the arguments name no selection, or more than one. */
export function parseSelection(ids: readonly string[], latest: boolean, all: boolean): Selection {
  if ([ids.length > 0, latest, all].filter(Boolean).length === 1) {
    return all ? { kind: 'all' } : latest ? { kind: 'latest' } : { kind: 'named', ids }
  }
  throw new HoldfastError('usage', {
    what: 'It is not clear which backups are meant.',
    next: 'Name one or more backups, or give --latest, or give --all.',
  })
}

/** The selected backups, newest first, each once. */
export function selectBackups(
  selection: Selection,
  session: { readonly inventory: Inventory; readonly repository: string },
): readonly InventoryBackup[] {
  const { backups } = session.inventory
  switch (selection.kind) {
    case 'all':
      return backups
    case 'latest':
      return backups.slice(0, 1)
    case 'named': {
      const named = new Set(selection.ids.map((id) => findBackup(id, session)))
      return backups.filter((backup) => named.has(backup))
    }
  }
}
