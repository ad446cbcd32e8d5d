import type { BackupSystem } from '../ports/backup-system.ts'

/** What an operator may change about how backups are read. */
export interface ReadingLimits {
  /** Plain bytes a stored byte beyond which an archive is called a bomb; null: the usual limit. */
  readonly maxRatio: number | null
}

/** The kinds of clusters whose backups can be read. Loaded on demand: a command works with one of them. */
const systems = new Map<string, (limits: ReadingLimits) => Promise<BackupSystem>>([
  ['kiok', async () => (await import('./kiok/kiok.ts')).kiok],
  [
    'chango',
    async ({ maxRatio }) => {
      const { chango, changoWith } = await import('./chango/chango.ts')
      return maxRatio === null ? chango : changoWith(maxRatio)
    },
  ],
  ['kiseki', async () => (await import('./kiseki/kiseki.ts')).kiseki],
  ['kindling', async () => (await import('./kindling/kindling.ts')).kindling],
  ['armada', async () => (await import('./armada/armada.ts')).armada],
])

export const systemNames: readonly string[] = [...systems.keys()]

/** Null where the name is none of `systemNames`. */
export async function findSystem(name: string, limits: ReadingLimits): Promise<BackupSystem | null> {
  return (await systems.get(name)?.(limits)) ?? null
}
