import { HoldfastError, isHoldfastError } from '../../../../shared/domain/error.ts'
import { quoted } from '../../../engine/archive/entry-name.ts'
import { compareFollower, type FollowerCompared } from './compare-follower.ts'
import { countKeys, shardOf } from './key-values.ts'
import type { ArmadaLink, ArmadaServer } from './server.ts'

export interface FollowerLimits {
  /** A follower may fetch a snapshot for up to 1 h (source: cmd/follower.go, replication.snapshot-rpc-timeout). */
  readonly waitMs: number
  /** It is done, or stuck, once its count has not changed for so long: it asks the leader every second, and backs off to ten. */
  readonly stillMs: number
}

export const usualFollowerLimits: FollowerLimits = { waitMs: 60 * 60_000, stillMs: 60_000 }

const lookEveryMs = 5_000

export interface FollowerReset {
  readonly compared: FollowerCompared
  /** False: the answer to the reset was lost. It was asked once. */
  readonly isAnswered: boolean
  readonly shardBefore: string | null
  readonly shard: string | null
}

/**
 * Lets a follower fetch one table anew and waits until it is the leader's, or changes no more. Seen on a real one (v0.10.0): a reset wipes
 * nothing. The leader's log is played onto what the follower has, so keys that the leader no longer has stay, and of keys that both have the
 * follower goes on serving the old value while the restored table's log is shorter than the old one was, with counts that are equal. Only
 * where that log is cut already the follower loads a snapshot, as a leader loads a restore, and loses keys as that does (source: worker.go).
 * So what is returned may well be unequal: `renewFollowers` is for that.
 */
export async function resetFollower(
  leader: ArmadaLink,
  follower: ArmadaServer,
  table: string,
  limits: FollowerLimits = usualFollowerLimits,
): Promise<FollowerReset> {
  const { link } = follower
  const role = await follower.role()
  if (role !== 'follower') throw notFollower(follower, role)
  const token = await link.maintenanceToken()
  const shardBefore = await shardOf(link, table)
  const call = { method: '/maintenance.v1.Maintenance/Reset', deadlineMs: 60_000, ...token }
  let isAnswered = true
  try {
    // One table: with reset_all a server stops at the first that fails (source: maintenance.go).
    await link.client.unary(call, { table: Buffer.from(table) }, link.session.signal)
  } catch (error) {
    if (!isHoldfastError(error) || !lost.has(error.code)) throw error
    isAnswered = false
  }
  const compared = await untilLikeLeader(leader, link, table, limits)
  return { compared, isAnswered, shardBefore, shard: await shardOf(link, table) }
}

/** Compares as soon as the counts are equal, or the follower's has been the same for long enough. Changes nothing. */
export async function untilLikeLeader(
  leader: ArmadaLink,
  follower: ArmadaLink,
  table: string,
  { waitMs, stillMs }: FollowerLimits,
): Promise<FollowerCompared> {
  const { clock, signal } = follower.session
  const until = clock.now() + waitMs
  let last: string | null = null
  let lastCompared: string | null = null
  let sinceMs = clock.now()
  for (;;) {
    const wanted = await countKeys(leader, table)
    const found = await countOrNull(follower, table)
    const now = found === null ? null : `${found.shard} ${found.keys}`
    if (now !== last) sinceMs = clock.now()
    last = now
    const isStill = found !== null && clock.now() - sinceMs >= stillMs
    // Both tables are read for it: once when the counts meet, and once in the end.
    const isFirst = found?.keys === wanted.keys && lastCompared !== now
    if (isFirst || isStill) {
      lastCompared = now
      const compared = await compareFollower(leader, follower, table)
      if (compared.isEqual || isStill) return compared
    }
    if (clock.now() + lookEveryMs > until) throw tooLong(follower, table)
    await clock.wait(lookEveryMs, signal)
  }
}

/** While a follower swaps its shard it may say anything. */
async function countOrNull(
  link: ArmadaLink,
  table: string,
): Promise<{ readonly keys: number; readonly shard: string } | null> {
  try {
    return await countKeys(link, table)
  } catch (error) {
    if (!isHoldfastError(error) || error.code === 'cancelled') throw error
    return null
  }
}

const lost: ReadonlySet<string> = new Set(['master.outcomeUnknown', 'master.timedOut'])

function notFollower({ name }: ArmadaServer, role: 'leader' | 'off'): HoldfastError {
  return new HoldfastError('master.notOffered', {
    what: `${name} cannot be reset: ${role === 'leader' ? 'it belongs to a leader cluster' : 'its maintenance is switched off'}.`,
    unchanged: 'Nothing was changed.',
    next:
      role === 'leader'
        ? 'Name a node of a follower cluster.'
        : 'Start it with --maintenance.enabled=true and a token.',
  })
}

function tooLong({ name }: ArmadaLink, table: string): HoldfastError {
  return new HoldfastError('master.timedOut', {
    what: `The table ${quoted(table)} of ${name} is not the leader's yet.`,
    why: 'It still changes, or does not answer.',
    unchanged: 'The reset was asked for once; the follower goes on by itself.',
    next: 'Compare it again later.',
  })
}
