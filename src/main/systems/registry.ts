import type { SystemName } from '../../shared/domain/system-name.ts'
import type { BackupSystem } from '../ports/backup-system.ts'

/** What an operator may change about how backups are read. */
export interface ReadingLimits {
  /** Plain bytes a stored byte beyond which an archive is called a bomb; null: the usual limit. */
  readonly maxRatio: number | null
}

const systems: Readonly<Record<SystemName, (limits: ReadingLimits) => Promise<BackupSystem>>> = {
  kiok: async () => (await import('./kiok/kiok.ts')).kiok,
  async chango({ maxRatio }) {
    const { chango, changoWith } = await import('./chango/chango.ts')
    return maxRatio === null ? chango : changoWith(maxRatio)
  },
  kiseki: async () => (await import('./kiseki/kiseki.ts')).kiseki,
  kindling: async () => (await import('./kindling/kindling.ts')).kindling,
  armada: async () => (await import('./armada/armada.ts')).armada,
}

/** What reads the backups of such clusters. Loaded on demand: a command works with one of them. */
export async function backupSystemOf(
  name: SystemName,
  limits: ReadingLimits = { maxRatio: null },
): Promise<BackupSystem> {
  return systems[name](limits)
}
