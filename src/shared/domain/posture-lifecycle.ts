import type { BucketFacts, LifecycleRule, When } from './place-facts.ts'
import { cannotBeTold, type FoundBackups, type PostureCheck } from './posture-check.ts'
import { countOf } from './size-words.ts'

const archives = new Set(['GLACIER', 'DEEP_ARCHIVE'])

/** A rule asks nobody: it deletes what an older backup shares with the newest as soon as it is old enough. */
export function lifecycle(
  { lifecycle: told, prefix }: BucketFacts,
  backups: FoundBackups | null,
): PostureCheck {
  if (!told.told)
    return cannotBeTold('lifecycle', 'Whether rules delete or move objects here cannot be told.', [told.why])
  const rules = told.value.filter((rule) => prefix.startsWith(rule.prefix) || rule.prefix.startsWith(prefix))
  const deleting = rules.filter((rule) => rule.deletes !== null && meets(rule, prefix, backups))
  const archiving = rules.filter(
    (rule) =>
      rule.moves.some(({ storageClass }) => archives.has(storageClass)) && meets(rule, prefix, backups),
  )
  const evidence = rules.map((rule) => ruleWords(rule, prefix, backups))
  if (deleting.length > 0) {
    const isShared = backups?.sharesObjects === true
    return {
      id: 'lifecycle',
      state: isShared ? 'bad' : 'warning',
      sentence: isShared
        ? 'A rule deletes objects by their age, and newer backups need older objects.'
        : 'A rule deletes backups by their age, whether or not a newer one is whole.',
      evidence,
      next: 'Take the rule away, and let "holdfast prune" say what may go.',
    }
  }
  if (archiving.length > 0) {
    return {
      id: 'lifecycle',
      state: 'warning',
      sentence: 'A rule moves objects of backups into an archive, from which it takes hours to read.',
      evidence,
      next: 'Keep what a restore needs out of the archive.',
    }
  }
  return {
    id: 'lifecycle',
    state: 'good',
    sentence: 'No rule deletes objects of backups, or moves them into an archive.',
    evidence,
  }
}

/** Where the backups are known, a rule counts that means objects that one of them needs; else every rule that may. */
function meets(rule: LifecycleRule, prefix: string, backups: FoundBackups | null): boolean {
  return backups === null || backups.count === 0 || metBy(rule, prefix, backups) > 0
}

function metBy(rule: LifecycleRule, prefix: string, { needed }: FoundBackups): number {
  return needed.filter((key) => (prefix + key).startsWith(rule.prefix)).length
}

function ruleWords(rule: LifecycleRule, prefix: string, backups: FoundBackups | null): string {
  const { id, deletes, moves, deletesOldVersionsAfterDays: oldDays } = rule
  const acts = [
    ...(deletes === null ? [] : [`deletes ${whenWords(deletes)}`]),
    ...moves.map((move) => `moves to ${move.storageClass} ${whenWords(move)}`),
    ...(oldDays === null ? [] : [`deletes old versions after ${countOf(oldDays, 'day')}`]),
  ]
  const meant = backups === null ? '' : `, ${countOf(metBy(rule, prefix, backups), 'object')} of backups`
  return `rule ${id === '' ? 'without a name' : id}, prefix ${JSON.stringify(rule.prefix)}${rule.isNarrowed ? ', by tags or sizes too' : ''}: ${acts.join(', ') || 'deletes and moves nothing'}${meant}`
}

function whenWords({ days, date }: When): string {
  if (days !== null) return `${countOf(days, 'day')} after it was written`
  return date === null ? 'at a time that is not told' : `on ${date.slice(0, 10)}`
}
