import type { SystemName } from '../../shared/domain/system-name.ts'
import type { ClusterDriver } from '../ports/cluster-driver.ts'

const drivers: Readonly<Record<SystemName, () => Promise<ClusterDriver>>> = {
  kiok: async () => (await import('./kiok/live/driver.ts')).kiokDriver,
  chango: async () => (await import('./chango/live/driver.ts')).changoDriver,
  kiseki: async () => (await import('./kiseki/live/driver.ts')).kisekiDriver,
  kindling: async () => (await import('./kindling/live/driver.ts')).kindlingDriver,
  armada: async () => (await import('./armada/live/driver.ts')).armadaDriver,
}

/** What talks to the masters of such a cluster. Loaded on demand. */
export async function driverOf(system: SystemName): Promise<ClusterDriver> {
  return drivers[system]()
}
