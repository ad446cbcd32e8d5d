import { HoldfastError, isHoldfastError } from '../../../shared/domain/error.ts'
import { restorabilityOf } from '../../../shared/domain/restorability.ts'
import { nextOf } from '../../engine/live/every-days.ts'
import { allFindings } from '../../operations/all-findings.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import type { Desk } from '../desk.ts'
import { everyTick } from '../every-tick.ts'
import { skipped } from './drill-schedule.ts'
import { drillerOf } from './drill-on-host.ts'
import { startDrill } from './start-drill.ts'

/**
 * Begins the drills that this console was told to make, while it runs. One that cannot be begun is written into the audit chain with the
 * reason; neither it nor one whose time passed while nothing ran is made up for.
 */
export async function runDrillSchedules(desk: Desk, signal: AbortSignal): Promise<void> {
  const { state, clock, log } = desk
  await everyTick(clock, signal, async (sinceMs, nowMs) => {
    for (const cluster of state.clusters.list()) {
      const due = dueAt(cluster, sinceMs, nowMs)
      if (due === null) continue
      try {
        await beginScheduled(cluster, desk)
      } catch (error) {
        const because = isHoldfastError(error)
          ? [error.text.what, error.text.why].filter((part) => part !== undefined).join(' ')
          : `An unexpected error, ${log.incident('drill.schedule', error)} in the log.`
        await tellSkipped(cluster, due, because, desk)
      }
    }
  })
}

function dueAt({ drillSchedule }: SavedCluster, sinceMs: number, nowMs: number): string | null {
  if (drillSchedule === null) return null
  const [next] = nextOf(drillSchedule, sinceMs, 1)
  return next !== undefined && Date.parse(next) <= nowMs ? next : null
}

/** The newest good backup, as the schedule says where; of a cluster that is drilled on a host, of the cluster itself. */
async function beginScheduled(cluster: SavedCluster, desk: Desk): Promise<void> {
  const { drillSchedule: schedule } = cluster
  if (schedule === null) return
  const isOnHost = schedule.folder !== null && (await drillerOf(cluster)) !== null
  const { backups } = await desk.views.view(cluster.id)
  const newest = backups.find(
    (each) =>
      (isOnHost ? each.backup.toolDrill !== undefined : each.backup.noDrill === undefined) &&
      restorabilityOf(each.verdict, allFindings(each)) === 'restorable',
  )
  if (newest === undefined) throw noneToDrill(cluster.name)
  await startDrill(
    {
      clusterId: cluster.id,
      backupId: newest.backup.backupId,
      folder: schedule.folder,
      host: isOnHost ? schedule.host : null,
      // Typed when the schedule was kept.
      confirm: cluster.name,
    },
    desk,
  )
}

async function tellSkipped(
  cluster: SavedCluster,
  due: string,
  because: string,
  { audit, log, publish }: Desk,
): Promise<void> {
  const facts = [
    { name: 'due', value: due },
    { name: 'because', value: because },
  ]
  await audit
    .append({ action: skipped, subject: cluster.name, facts })
    .catch((error: unknown) => log.incident('drill.skipped', error))
  publish({ topic: 'drills', id: cluster.id })
}

function noneToDrill(name: string): HoldfastError {
  return new HoldfastError('backup.notFound', {
    what: `${name} has no backup that is known to be restorable.`,
    why: 'Only what is proved is drilled by itself.',
    unchanged: 'Nothing was begun.',
    next: 'Verify the newest backup.',
  })
}
