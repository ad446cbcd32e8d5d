import type { BackupSystem } from '../ports/backup-system.ts'

/** The kinds of clusters whose backups can be read. Loaded on demand: a command works with one of them. */
const systems: ReadonlyMap<string, () => Promise<BackupSystem>> = new Map([
  ['kiok', async () => (await import('./kiok/kiok.ts')).kiok],
  ['chango', async () => (await import('./chango/chango.ts')).chango],
])

export const systemNames: readonly string[] = [...systems.keys()]

/** Null where the name is none of `systemNames`. */
export async function findSystem(name: string): Promise<BackupSystem | null> {
  return (await systems.get(name)?.()) ?? null
}
