import { countOf, countWords } from '../../../../shared/domain/size-words.ts'
import { quoted } from '../../../engine/archive/entry-name.ts'
import { mapInParallel } from '../../../../shared/domain/parallel.ts'
import { countKeys, readPages, readValue } from './key-values.ts'
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
  readonly valuesCompared: number
  readonly differing: number
  readonly isEqual: boolean
  readonly sentence: string
}

const samples = 200
const readsAtOnce = 8

/** Holds a follower's table against the leader's: every key, and some values that are spread over it. Changes nothing. */
export async function compareFollower(
  leader: ArmadaLink,
  follower: ArmadaLink,
  table: string,
): Promise<FollowerCompared> {
  const here = await countKeys(leader, table)
  const there = await countKeys(follower, table)
  const wanted = { table, shard: here.shard }
  const found = { table, shard: there.shard }
  let missing = 0
  let extra = 0
  for await (const { kind } of matchPages(readPages(leader, wanted), readPages(follower, found), {
    withValues: false,
  })) {
    if (kind === 'missing') missing += 1
    if (kind === 'extra') extra += 1
  }
  const every = Math.max(1, Math.floor(here.keys / samples))
  let place = 0
  let valuesCompared = 0
  let differing = 0
  for await (const page of readPages(leader, wanted)) {
    const chosen = page.filter((_, index) => (place + index) % every === 0)
    place += page.length
    await mapInParallel(chosen, readsAtOnce, async ({ key }) => {
      const [value, other] = await Promise.all([
        readValue(leader, wanted, key),
        readValue(follower, found, key),
      ])
      // One that is missing is counted above.
      if (value === null || other === null) return
      valuesCompared += 1
      if (Buffer.compare(value, other) !== 0) differing += 1
    })
  }
  const counted = {
    table,
    follower: follower.name,
    leaderKeys: here.keys,
    followerKeys: there.keys,
    missing,
    extra,
    valuesCompared,
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
  valuesCompared,
  differing,
  isEqual,
}: Omit<FollowerCompared, 'sentence'>): string {
  const name = `The table ${quoted(table)} of ${follower}`
  if (isEqual)
    return `${name} has the ${countOf(leaderKeys, 'key')} of the leader, and ${countOf(valuesCompared, 'value')} compared are the same.`
  const parts = [
    `it has ${countOf(followerKeys, 'key')}, and the leader ${countWords(leaderKeys)}`,
    ...(missing === 0 ? [] : [`${countWords(missing)} of the leader are not there`]),
    ...(extra === 0 ? [] : [`${countWords(extra)} are there alone`]),
    ...(differing === 0 ? [] : [`${countOf(differing, 'value')} of those compared differ`]),
  ]
  return `${name} is not as the leader has it: ${parts.join('; ')}.`
}
