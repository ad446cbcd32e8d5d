import type { SystemDescription } from '../../../shared/contract/masters.ts'
import { systemNames } from '../../../shared/domain/system-name.ts'
import { driverOf } from '../../systems/drivers.ts'

/** What this console can do with the masters of each system, as its driver says it. */
export async function describeSystems(): Promise<SystemDescription[]> {
  const drivers = await Promise.all(systemNames.map(driverOf))
  return drivers.map(({ system, summary, fields, snapshotWays, scheduler }) => ({
    system,
    summary,
    fields: [...fields],
    snapshotWays: [...snapshotWays],
    scheduler,
  }))
}
