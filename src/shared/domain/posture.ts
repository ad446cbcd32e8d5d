import { bucketChecks } from './posture-bucket.ts'
import { folderChecks } from './posture-folder.ts'
import type { PlaceFacts } from './place-facts.ts'
import { cannotBeTold, countedNames, type FoundBackups, type PostureCheck } from './posture-check.ts'
import { offlineCopy, type FoundCopies } from './posture-copies.ts'
import { countOf } from './size-words.ts'

/** What lies in a repository beside its backups, as far as it was looked at. */
export interface FoundKeys {
  /** Objects whose name or content is that of a key. */
  readonly found: readonly { readonly key: string; readonly why: string }[]
  readonly listed: number
  /** Objects that no backup needs and that are small enough to be a key. */
  readonly small: number
  /** Of these, read to see what they hold. */
  readonly read: number
}

export interface PostureFacts {
  /** Null: the place tells nothing of itself. */
  readonly place: PlaceFacts | null
  readonly keys: FoundKeys
  /** Null: nobody said which system's backups these are. */
  readonly backups: FoundBackups | null
  /** Null: nobody looked for any. */
  readonly copies: FoundCopies | null
  readonly nowMs: number
}

export interface Posture {
  readonly verdict: 'good' | 'warning' | 'bad' | 'unknown'
  readonly checks: readonly PostureCheck[]
}

/** How well a repository is protected against losing or leaking its backups, check by check; a pure step. */
export function judgePosture(facts: PostureFacts): Posture {
  const checks = [keyLike(facts), ...placeChecks(facts), offlineCopy(facts.copies)]
  return { checks, verdict: worstOf(checks) }
}

const worseFirst = ['bad', 'warning', 'unknown'] as const

/** What does not apply counts for nothing, and what cannot be told is never good. */
function worstOf(checks: readonly PostureCheck[]): Posture['verdict'] {
  return worseFirst.find((state) => checks.some((check) => check.state === state)) ?? 'good'
}

function placeChecks({ place, backups, nowMs }: PostureFacts): readonly PostureCheck[] {
  switch (place?.kind) {
    case 'bucket':
      return bucketChecks(place, backups, nowMs)
    case 'folder':
      return folderChecks(place, backups)
    case undefined:
      return [cannotBeTold('publicAccess', 'This kind of repository says nothing of its settings.')]
  }
}

const namesShown = 20

/** The root secret beside the archive gives whoever gets at the place both halves. */
function keyLike({ place, keys }: PostureFacts): PostureCheck {
  const outside = place?.kind === 'bucket' ? place.outside : null
  const beside = outside?.told === true ? (outside.value?.keys ?? []) : []
  const found = [...keys.found, ...countedNames(beside)]
  if (found.length > 0) {
    const more = found.length - namesShown
    return {
      id: 'keyLike',
      state: 'bad',
      sentence: `${countOf(found.length, 'object')} beside the backups ${found.length === 1 ? 'looks' : 'look'} like a key.`,
      evidence: [
        ...found.slice(0, namesShown).map(({ key, why }) => `${key}: ${why}`),
        ...(more > 0 ? [`and ${more} more`] : []),
      ],
      next: 'If it is one, move it to another place and make a new one: whoever could read the backups has it.',
    }
  }
  const open = [
    ...(keys.read < keys.small
      ? [`Of ${countOf(keys.small, 'small object')} that no backup needs, ${keys.read} were read.`]
      : []),
    ...(outside?.told === false
      ? [`What else lies in the bucket could not be listed: ${outside.why}`]
      : outside?.told === true && outside.value?.isCut === true
        ? [
            `Of what else lies in the bucket, only the first ${countOf(beside.length, 'name')} were looked at.`,
          ]
        : []),
  ]
  const evidence = [
    `${countOf(keys.listed, 'name')} looked at, ${countOf(keys.read, 'small object')} read`,
    ...(outside?.told === true && outside.value !== null && !outside.value.isCut
      ? [`${countOf(beside.length, 'name')} elsewhere in the bucket looked at`]
      : []),
  ]
  if (open.length > 0) {
    return {
      id: 'keyLike',
      state: 'unknown',
      sentence: 'Nothing that was looked at is a key, but not everything was.',
      evidence: [...evidence, ...open],
    }
  }
  return {
    id: 'keyLike',
    state: 'good',
    sentence: 'No name here is that of a key, and no small object beside the backups holds one.',
    evidence,
  }
}
