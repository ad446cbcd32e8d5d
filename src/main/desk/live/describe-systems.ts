import type { SystemDescription } from '../../../shared/contract/masters.ts'
import { drivenSystems, findDriver } from '../../systems/drivers.ts'

/** What this console can do with the masters of each system, as its driver says it. */
export async function describeSystems(): Promise<SystemDescription[]> {
  const drivers = await Promise.all(drivenSystems.map(findDriver))
  return drivers
    .filter((driver) => driver !== null)
    .map(({ system, summary, fields, snapshotWays, scheduler }) => ({
      system,
      summary,
      fields: [...fields],
      snapshotWays: [...snapshotWays],
      scheduler,
    }))
}
