import type { SystemName } from '../../shared/domain/system-name.ts'
import type { ClusterDriver } from '../ports/cluster-driver.ts'

/** The kinds of clusters whose masters can be talked to. Loaded on demand. */
const drivers = new Map<SystemName, () => Promise<ClusterDriver>>([
  ['kiok', async () => (await import('./kiok/live/driver.ts')).kiokDriver],
  ['chango', async () => (await import('./chango/live/driver.ts')).changoDriver],
  ['kiseki', async () => (await import('./kiseki/live/driver.ts')).kisekiDriver],
  ['kindling', async () => (await import('./kindling/live/driver.ts')).kindlingDriver],
  ['armada', async () => (await import('./armada/live/driver.ts')).armadaDriver],
])

export const drivenSystems: readonly SystemName[] = [...drivers.keys()]

/** Null where there is none. */
export async function findDriver(system: SystemName): Promise<ClusterDriver | null> {
  return (await drivers.get(system)?.()) ?? null
}
