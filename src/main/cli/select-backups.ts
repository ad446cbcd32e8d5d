import { HoldfastError } from '../../shared/domain/error.ts'
import type { Inventory, InventoryBackup } from '../ports/backup-system.ts'
import { findBackup } from '../operations/find-backup.ts'
import { newestWhole } from '../operations/newest-whole.ts'

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
      return newestWhole(backups, (each) => each)
    case 'named': {
      const named = new Set(selection.ids.map((id) => findBackup(id, session)))
      return backups.filter((backup) => named.has(backup))
    }
  }
}
