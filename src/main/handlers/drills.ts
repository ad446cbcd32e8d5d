import type { Desk } from '../desk/desk.ts'
import { drillCost } from '../desk/drills/drill-cost.ts'
import { drillHistory } from '../desk/drills/drill-history.ts'
import { drillerOf } from '../desk/drills/drill-on-host.ts'
import { drillScheduleOf, setDrillSchedule } from '../desk/drills/drill-schedule.ts'
import { fleetDrills } from '../desk/drills/fleet-drills.ts'
import { startDrill } from '../desk/drills/start-drill.ts'
import { savedCluster } from '../desk/saved.ts'
import { implementation } from './implement.ts'

export function createDrillHandlers(desk: Desk) {
  const { state, views, scratch } = desk
  const os = implementation.drills
  return {
    list: os.list.handler(async ({ input }) => drillHistory(savedCluster(input.clusterId, state), desk)),

    fleet: os.fleet.handler(async ({ input }) => fleetDrills(input.dueAfterDays ?? null, desk)),

    cost: os.cost.handler(async ({ input }) => {
      const cluster = savedCluster(input.clusterId, state)
      return drillCost(input.backupId ?? null, await views.view(cluster.id), {
        usualFolder: scratch.usual,
        cluster: cluster.name,
        driller: await drillerOf(cluster),
      })
    }),

    schedule: os.schedule.handler(async ({ input }) =>
      drillScheduleOf(savedCluster(input.clusterId, state), desk),
    ),

    setSchedule: os.setSchedule.handler(async ({ input: { clusterId, schedule, confirm, reason } }) =>
      setDrillSchedule({ clusterId, schedule, confirm: confirm ?? null, reason: reason ?? null }, desk),
    ),

    start: os.start.handler(async ({ input: { clusterId, backupId, folder, host, confirm } }) => {
      const asked = { folder: folder ?? null, host: host ?? null, confirm: confirm ?? null }
      const { id } = await startDrill({ clusterId, backupId, ...asked }, desk)
      return { jobId: id }
    }),
  }
}
