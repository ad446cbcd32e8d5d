import type { ClusterDrills } from '../../../shared/contract/drills.ts'
import { drillStanding } from '../../../shared/domain/drill-standing.ts'
import type { DeskPorts } from '../ports.ts'
import { drillHistory } from './drill-history.ts'

/** The drills of every saved cluster, and which of them asks for one. `dueAfterDays`: null for what the settings say. */
export async function fleetDrills(
  dueAfterDays: number | null,
  ports: Pick<DeskPorts, 'openCatalog' | 'state' | 'clock'>,
): Promise<ClusterDrills[]> {
  const { state, clock } = ports
  const usual = state.settings.get().drillAfterDays
  return Promise.all(
    state.clusters.list().map(async (cluster) => {
      const { id, name, system } = cluster
      // One that is due each so many days is late a day after.
      const own = cluster.drillSchedule === null ? usual : cluster.drillSchedule.everyDays + 1
      const days = dueAfterDays ?? own
      const history = await drillHistory(cluster, ports)
      const standing = drillStanding(history.drills, {
        targetMs: history.targetMs,
        dueAfterDays: days,
        nowMs: clock.now(),
      })
      return { id, name, system, standing: { ...standing }, dueAfterDays: days, ...history }
    }),
  )
}
