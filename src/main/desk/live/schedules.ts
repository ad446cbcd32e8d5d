import type { ClusterSchedule, OwnSchedule } from '../../../shared/contract/masters.ts'
import { HoldfastError, isHoldfastError } from '../../../shared/domain/error.ts'
import { failureOf, type Failure } from '../../../shared/domain/failure.ts'
import { knownWay } from '../../engine/live/known-way.ts'
import { nextFires } from '../../engine/live/next-fires.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import { checkReason } from '../confirm.ts'
import type { Desk } from '../desk.ts'
import { everyTick } from '../every-tick.ts'
import { changeCluster, savedCluster } from '../saved.ts'
import { connectedCluster } from './healths.ts'
import { openSession } from './open-session.ts'
import { startSnapshot } from './start-snapshot.ts'

export interface ScheduleView {
  readonly theirs: ClusterSchedule | null
  readonly theirsFailure: Failure | null
  readonly ours: { schedule: OwnSchedule; next: string[] } | null
  readonly nobody: string[]
}

/** What the cluster will do, what this console will do, and what nobody does. */
export async function scheduleOf(
  cluster: SavedCluster,
  desk: Desk,
  signal: AbortSignal,
): Promise<ScheduleView> {
  const { driver, live } = await connectedCluster(cluster)
  const session = openSession(cluster, 'schedule', desk, signal)
  const ours = ownOf(cluster, desk.clock.now())
  try {
    const theirs = await live.schedule(session)
    const isTaken = theirs.state === 'on' || ours !== null
    return {
      theirs,
      theirsFailure: null,
      ours,
      nobody: [...(isTaken || theirs.state === 'unknown' ? [] : [nobodyTakes]), ...driver.nobodyDoes],
    }
  } catch (error) {
    if (isHoldfastError(error, 'cancelled')) throw error
    return {
      theirs: null,
      theirsFailure: failureOf(error, desk.log, 'schedule'),
      ours,
      nobody: [...driver.nobodyDoes],
    }
  } finally {
    await session.close()
  }
}

const nobodyTakes = 'Nobody takes backups of this cluster on time.'

function ownOf({ ownSchedule }: SavedCluster, nowMs: number): ScheduleView['ours'] {
  if (ownSchedule === null) return null
  return { schedule: ownSchedule, next: [...nextFires(ownSchedule.cron, ownSchedule.zone, nowMs, 3)] }
}

/** The next times of the new schedule; none where it was ended. */
export async function setOwnSchedule(
  {
    id,
    schedule,
    reason = null,
  }: {
    readonly id: string
    readonly schedule: OwnSchedule | null
    readonly reason?: string | null | undefined
  },
  { state, audit, clock, publish }: Desk,
): Promise<readonly string[]> {
  const cluster = savedCluster(id, state)
  checkReason(cluster, reason)
  const next = schedule === null ? [] : nextFires(schedule.cron, schedule.zone, clock.now(), 3)
  if (schedule !== null) await demandHarmless(cluster, schedule)
  await audit.append({
    action: 'schedule.changed',
    subject: cluster.name,
    facts: [
      { name: 'before', value: wordsOf(cluster.ownSchedule) },
      { name: 'after', value: wordsOf(schedule) },
    ],
    reason,
  })
  await changeCluster(id, (now) => ({ ...now, ownSchedule: schedule }), state)
  publish({ topic: 'cluster', id })
  return next
}

/** What stops something is begun by a person who is there. */
export async function demandHarmless(cluster: SavedCluster, schedule: OwnSchedule): Promise<void> {
  const way = knownWay((await connectedCluster(cluster)).driver, schedule.way)
  if (!way.stops && !way.makesNothing) return
  throw new HoldfastError('usage', {
    what: `${way.label} cannot be scheduled.`,
    why: way.stops
      ? 'It stops something meanwhile, and nobody would be there.'
      : 'Nothing that could be restored comes of it.',
    unchanged: 'Nothing was changed.',
    next: 'Choose another way, or begin it by hand.',
  })
}

function wordsOf(schedule: OwnSchedule | null): string {
  return schedule === null ? 'none' : `${schedule.cron} (${schedule.zone}), ${schedule.way}`
}

/**
 * Takes the snapshots that this console was told to take, while it runs. A time that passed while it did not run is not made
 * up for: the overdue backup is what the fleet shows.
 */
export async function runOwnSchedules(desk: Desk, signal: AbortSignal): Promise<void> {
  const { state, clock, log, runbooks } = desk
  await everyTick(clock, signal, async (sinceMs, nowMs) => {
    for (const cluster of state.clusters.list().filter((each) => isDue(each, sinceMs, nowMs))) {
      // While somebody recovers a cluster nothing else is done to it.
      if (runbooks.openRunOf(cluster.id) !== null) continue
      const reason = 'The schedule of this console.'
      await startSnapshot({ id: cluster.id, way: cluster.ownSchedule?.way ?? '', reason }, desk).catch(
        (error: unknown) => log.incident('schedule.start', error),
      )
    }
  })
}

function isDue({ ownSchedule }: SavedCluster, sinceMs: number, nowMs: number): boolean {
  if (ownSchedule === null) return false
  const [next] = nextFires(ownSchedule.cron, ownSchedule.zone, sinceMs, 1)
  return next !== undefined && Date.parse(next) <= nowMs
}
