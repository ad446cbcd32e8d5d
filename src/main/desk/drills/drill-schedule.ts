import { isActive } from '../../../shared/domain/job-state.ts'
import type { DrillSchedulePlan, SavedDrillSchedule } from '../../../shared/contract/drills.ts'
import { firstOf, lastOf, nextOf } from '../../engine/live/every-days.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import { checkReason } from '../confirm.ts'
import type { Desk } from '../desk.ts'
import { lateByMs } from '../every-tick.ts'
import { repositoryFolders } from './drill-work.ts'
import { changeCluster, savedCluster } from '../saved.ts'
import { checkPlace, drillerOf } from './drill-on-host.ts'
import { withMemory } from './with-memory.ts'

/** An entry of the chain: a drill that was due and was not begun. */
export const skipped = 'drill.skipped'

/** What this console does by itself, and whether the last time that was due became a drill. */
export async function drillScheduleOf(cluster: SavedCluster, desk: Desk): Promise<DrillSchedulePlan> {
  const { drillSchedule: schedule } = cluster
  if (schedule === null) return { schedule, next: [], missed: null }
  const nowMs = desk.clock.now()
  return {
    schedule,
    next: [...nextOf(schedule, nowMs, 3)],
    missed: await missedOf(cluster, schedule, desk),
  }
}

async function missedOf(
  cluster: SavedCluster,
  schedule: SavedDrillSchedule,
  desk: Desk,
): Promise<DrillSchedulePlan['missed']> {
  const { clock, jobs, audit } = desk
  const at = lastOf(schedule, clock.now())
  if (at === null) return null
  const made = await withMemory(cluster, desk, (memory) =>
    memory.drills().some(({ startedAt }) => startedAt >= at),
  )
  const begun = jobs
    .list()
    .find(({ kind, clusterId, createdAt }) => kind === 'drill' && clusterId === cluster.id && createdAt >= at)
  if (made || (begun !== undefined && isActive(begun.state))) return null
  if (begun !== undefined) {
    const because = begun.failure?.what ?? begun.outcome ?? 'It was begun, and did not come to its end.'
    return { at, because }
  }
  const { entries } = await audit.list({ limit: 20, find: at })
  const entry = entries.find(({ action, subject }) => action === skipped && subject === cluster.name)
  const because = entry?.facts.find(({ name }) => name === 'because')?.value
  if (because !== undefined) return { at, because }
  // It may be about to begin.
  return clock.now() - Date.parse(at) < lateByMs
    ? null
    : { at, because: 'Holdfast did not run at that time.' }
}

/** Throws before anything is kept: a folder that is refused, a host that serves and no typed name. */
export async function setDrillSchedule(
  {
    clusterId,
    schedule,
    confirm,
    reason,
  }: {
    readonly clusterId: string
    readonly schedule: Omit<SavedDrillSchedule, 'firstAt'> | null
    readonly confirm: string | null
    readonly reason: string | null
  },
  desk: Desk,
): Promise<DrillSchedulePlan> {
  const { state, audit, clock, publish } = desk
  const cluster = savedCluster(clusterId, state)
  checkReason(cluster, reason)
  const drillSchedule = schedule === null ? null : { ...schedule, firstAt: firstOf(schedule, clock.now()) }
  if (schedule !== null) await checkSchedule(cluster, { ...schedule, confirm }, desk)
  await audit.append({
    action: 'schedule.changed',
    subject: cluster.name,
    facts: [
      { name: 'drills before', value: wordsOf(cluster.drillSchedule) },
      { name: 'drills after', value: wordsOf(drillSchedule) },
    ],
    reason,
  })
  const changed = await changeCluster(clusterId, (now) => ({ ...now, drillSchedule }), state)
  publish({ topic: 'drills', id: clusterId })
  return drillScheduleOf(changed, desk)
}

/** Throws where no drill can be made there; a host that serves asks for the cluster's name. */
export async function checkSchedule(
  cluster: SavedCluster,
  {
    host,
    folder,
    confirm,
  }: Pick<SavedDrillSchedule, 'host' | 'folder'> & { readonly confirm: string | null },
  { state, scratch }: Pick<Desk, 'state' | 'scratch'>,
): Promise<void> {
  const driller = await drillerOf(cluster)
  // Which kind of drill it will be is known of the backup alone; of a host it is where a folder of a host is named.
  if (driller !== null && folder !== null) {
    checkPlace(cluster, driller, { host: host ?? driller.usualHost, folder, confirm })
  } else {
    await scratch.refuse(folder, repositoryFolders(state))
  }
}

function wordsOf(schedule: SavedDrillSchedule | null): string {
  if (schedule === null) return 'none'
  const { everyDays, at, zone, folder, host } = schedule
  const where = [host, folder].filter((part) => part !== null).join(':')
  return `each ${everyDays} days at ${at} (${zone}), ${where === '' ? 'the usual folder' : where}`
}
