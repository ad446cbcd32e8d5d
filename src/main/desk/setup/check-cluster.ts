import { firstOf } from '../../engine/live/every-days.ts'
import { nextFires } from '../../engine/live/next-fires.ts'
import { refuseRules } from '../../operations/prune.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import { driverOf } from '../../systems/drivers.ts'
import type { Desk } from '../desk.ts'
import { checkSchedule } from '../drills/drill-schedule.ts'
import { demandHarmless } from '../live/schedules.ts'
import { refuseWhilePruning } from '../retention/saved-rules.ts'

/**
 * Holds what would be saved of a cluster to what each of its forms demands; what is saved already is not asked again. The name that
 * is typed for a drill on a host that serves is not typed here: such a drill needs the reason of the import.
 */
export async function checkCluster(
  cluster: SavedCluster,
  saved: SavedCluster | null,
  desk: Pick<Desk, 'state' | 'scratch' | 'clock' | 'jobs'>,
): Promise<void> {
  const { connection, ownSchedule, drillSchedule, retention } = cluster
  const isOther = <K extends keyof SavedCluster>(field: K): boolean =>
    JSON.stringify(saved?.[field]) !== JSON.stringify(cluster[field])
  const nowMs = desk.clock.now()
  if (connection !== null && isOther('connection')) (await driverOf(cluster.system)).connect(connection)
  if (ownSchedule !== null && isOther('ownSchedule')) {
    nextFires(ownSchedule.cron, ownSchedule.zone, nowMs, 1)
    await demandHarmless(cluster, ownSchedule)
  }
  if (drillSchedule !== null && isOther('drillSchedule')) {
    firstOf(drillSchedule, nowMs)
    await checkSchedule(cluster, { ...drillSchedule, confirm: cluster.name }, desk)
  }
  if (retention.rules !== null) refuseRules(retention.rules)
  if (saved !== null && isOther('retention')) refuseWhilePruning(saved, desk)
}
