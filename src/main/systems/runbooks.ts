import { HoldfastError } from '../../shared/domain/error.ts'
import type { SystemName } from '../../shared/domain/system-name.ts'
import type { Runbook } from '../ports/runbook.ts'

/** What there is for each kind of cluster. Loaded on demand. */
const loaders: Readonly<Record<SystemName, () => Promise<readonly Runbook[]>>> = {
  kiok: async () => (await import('./kiok/runbooks/runbooks.ts')).kiokRunbooks,
  chango: async () => (await import('./chango/runbooks/runbooks.ts')).changoRunbooks,
  kiseki: async () => (await import('./kiseki/runbooks/runbooks.ts')).kisekiRunbooks,
  armada: async () => (await import('./armada/runbooks/runbooks.ts')).armadaRunbooks,
  kindling: async () => (await import('./kindling/runbooks/runbooks.ts')).kindlingRunbooks,
}

/** Those of one kind of cluster, then those of every kind. */
export async function runbooksFor(system: SystemName): Promise<readonly Runbook[]> {
  const { sharedRunbooks } = await import('./any/runbooks.ts')
  return [...(await loaders[system]()), ...sharedRunbooks]
}

/** Throws `runbook.notFound`. */
export async function findRunbook(system: SystemName, id: string): Promise<Runbook> {
  const found = (await runbooksFor(system)).find((runbook) => runbook.id === id)
  if (found !== undefined) return found
  throw new HoldfastError('runbook.notFound', {
    what: `There is no runbook ${id} for ${system}.`,
    next: 'Choose one of those that are listed.',
  })
}
