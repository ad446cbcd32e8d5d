import { countOf, countWords } from '../../../../shared/domain/size-words.ts'
import { quoted } from '../../../engine/archive/entry-name.ts'
import { countKeys, readPages } from './key-values.ts'
import { matchPages } from './match-pages.ts'
import type { ArmadaLink } from './server.ts'

export interface FollowerCompared {
  readonly table: string
  readonly follower: string
  readonly leaderKeys: number
  readonly followerKeys: number
  /** On the leader, and not on the follower. */
  readonly missing: number
  /** On the follower, and not on the leader. */
  readonly extra: number
  readonly differing: number
  readonly isEqual: boolean
  readonly sentence: string
}

/** Holds a follower's table against the leader's: every key and every value. Changes nothing. */
export async function compareFollower(
  leader: ArmadaLink,
  follower: ArmadaLink,
  table: string,
): Promise<FollowerCompared> {
  const here = await countKeys(leader, table)
  const there = await countKeys(follower, table)
  const withValues = { withValues: true }
  const wanted = readPages(leader, { table, shard: here.shard }, withValues)
  const found = readPages(follower, { table, shard: there.shard }, withValues)
  const seen = { missing: 0, extra: 0, differs: 0 }
  for await (const { kind } of matchPages(wanted, found, withValues)) seen[kind] += 1
  const { missing, extra, differs: differing } = seen
  const counted = {
    table,
    follower: follower.name,
    leaderKeys: here.keys,
    followerKeys: there.keys,
    missing,
    extra,
    differing,
    isEqual: here.keys === there.keys && missing + extra + differing === 0,
  }
  return { ...counted, sentence: sentenceOf(counted) }
}

function sentenceOf({
  table,
  follower,
  leaderKeys,
  followerKeys,
  missing,
  extra,
  differing,
  isEqual,
}: Omit<FollowerCompared, 'sentence'>): string {
  const name = `The table ${quoted(table)} of ${follower}`
  if (isEqual)
    return `${name} has the ${countOf(leaderKeys, 'key')} of the leader, and every value is the same.`
  const parts = [
    `it has ${countOf(followerKeys, 'key')}, and the leader ${countWords(leaderKeys)}`,
    ...(missing === 0 ? [] : [`${countWords(missing)} of the leader are not there`]),
    ...(extra === 0 ? [] : [`${countWords(extra)} are there alone`]),
    ...(differing === 0 ? [] : [`${countOf(differing, 'value')} differ`]),
  ]
  return `${name} is not as the leader has it: ${parts.join('; ')}.`
}
