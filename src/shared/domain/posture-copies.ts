import { cannotBeTold, doesNotApply, type PostureCheck } from './posture-check.ts'
import { countOf } from './size-words.ts'

/** Another repository of the same system, as far as it holds backups of this one: all their objects, with the same names and sizes. */
export interface CopyPlace {
  readonly name: string
  /** Whoever reaches the one reaches the other: the same credentials, or the same machine. */
  readonly isWithinReach: boolean
  readonly seen:
    | {
        readonly told: true
        /** How many backups are newer than the newest one that is there; null where none is. */
        readonly behind: number | null
      }
    | { readonly told: false; readonly why: string }
}

export interface FoundCopies {
  /** Of the repository that is judged. */
  readonly backups: number
  readonly places: readonly CopyPlace[]
}

const next =
  'Copy the newest good backup into a repository that other credentials reach; where objects cannot be copied, by the tool of the system.'

/** Whether the backups also lie where the credentials of this repository do not reach. Null: nobody looked. */
export function offlineCopy(found: FoundCopies | null): PostureCheck {
  if (found === null) {
    return {
      ...cannotBeTold(
        'offlineCopy',
        'From here nobody sees whether the backups also lie where these credentials do not reach.',
      ),
      next,
    }
  }
  const { backups, places } = found
  if (backups === 0) return doesNotApply('offlineCopy', 'There is no backup that could be copied.')
  const evidence = places.map(placeWords)
  const held = places
    .flatMap(({ name, isWithinReach, seen }) =>
      seen.told && seen.behind !== null ? [{ name, isWithinReach, behind: seen.behind }] : [],
    )
    .sort((a, b) => a.behind - b.behind)
  const apart = held.find(({ isWithinReach }) => !isWithinReach)
  if (apart?.behind === 0) {
    const sentence = `The newest backup also lies in ${apart.name}, which is reached in another way: each of its objects, by name and size.`
    return { id: 'offlineCopy', state: 'good', sentence, evidence }
  }
  if (apart !== undefined) {
    const sentence = `The newest copy elsewhere, in ${apart.name}, is ${countOf(apart.behind, 'backup')} behind.`
    return { id: 'offlineCopy', state: 'warning', sentence, evidence, next }
  }
  const [within] = held
  if (within !== undefined) {
    const sentence = `Copies lie in ${within.name} alone: whoever reaches this repository reaches it, too.`
    return { id: 'offlineCopy', state: 'warning', sentence, evidence, next }
  }
  if (places.some(({ seen }) => !seen.told)) {
    const sentence = 'No copy was found, but not every repository that is saved here could be looked into.'
    return { ...cannotBeTold('offlineCopy', sentence, evidence), next }
  }
  if (places.length === 0) {
    const sentence = 'No other repository of this system is saved here, and nobody sees what lies elsewhere.'
    return { ...cannotBeTold('offlineCopy', sentence), next }
  }
  const sentence = 'No other repository that is saved here holds one of these backups.'
  return { id: 'offlineCopy', state: 'warning', sentence, evidence, next }
}

function placeWords({ name, isWithinReach, seen }: CopyPlace): string {
  if (!seen.told) return `${name}: ${seen.why}`
  const reach = isWithinReach ? ', within the same reach' : ''
  if (seen.behind === null) return `${name}: none of these backups`
  return seen.behind === 0
    ? `${name}: the newest backup${reach}`
    : `${name}: a backup that is ${countOf(seen.behind, 'backup')} behind${reach}`
}
