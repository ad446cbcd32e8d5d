import { keyLikeName } from './key-like.ts'

export const postureCheckIds = [
  'keyLike',
  'publicAccess',
  'transport',
  'versioning',
  'objectLock',
  'lockDates',
  'deletion',
  'encryption',
  'lifecycle',
  'storageClass',
  'uploads',
  'sameDisk',
  'offlineCopy',
] as const
export type PostureCheckId = (typeof postureCheckIds)[number]

/** As people call them. */
export const postureTitles: Readonly<Record<PostureCheckId, string>> = {
  keyLike: 'Keys beside the backups',
  publicAccess: 'Access by others',
  transport: 'On the way',
  versioning: 'Old versions',
  objectLock: 'Object lock',
  lockDates: 'Lock dates',
  deletion: 'Deletion',
  encryption: 'Encryption at rest',
  lifecycle: 'Lifecycle rules',
  storageClass: 'Storage class',
  uploads: 'Unfinished uploads',
  sameDisk: 'Disk',
  offlineCopy: 'Offline copy',
}

/** `unknown`: it cannot be told, and is not called good. `notApplicable`: a place of this kind has no such thing. */
export const postureStates = ['good', 'warning', 'bad', 'unknown', 'notApplicable'] as const
export type PostureState = (typeof postureStates)[number]

export interface PostureCheck {
  readonly id: PostureCheckId
  readonly state: PostureState
  readonly sentence: string
  /** What it rests on. Never the content of an object. */
  readonly evidence: readonly string[]
  readonly next?: string
}

export const postureStateWords: Readonly<Record<PostureState, string>> = {
  good: 'good',
  warning: 'warning',
  bad: 'bad',
  unknown: 'cannot be told',
  notApplicable: 'does not apply',
}

const worstFirst = ['bad', 'warning', 'unknown', 'good', 'notApplicable'] as const

/** The worst first, those of one state as they come. */
export function worstChecksFirst<T extends Pick<PostureCheck, 'state'>>(checks: readonly T[]): readonly T[] {
  return worstFirst.flatMap((state) => checks.filter((check) => check.state === state))
}

/** `1 bad, 3 warnings, 2 cannot be told`: worst first, none left out. */
export function postureCounts(checks: readonly Pick<PostureCheck, 'state'>[]): string {
  return worstFirst
    .flatMap((state) => {
      const number = checks.filter((check) => check.state === state).length
      return number === 0 ? [] : [`${number} ${number === 1 ? postureStateWords[state] : several[state]}`]
    })
    .join(', ')
}

const several = { ...postureStateWords, warning: 'warnings', notApplicable: 'do not apply' }

/** The backups of the repository, as far as they bear on its settings. */
export interface FoundBackups {
  readonly system: string
  readonly count: number
  /** True where one object can hold a part of several backups. */
  readonly sharesObjects: boolean
  /** Keys of every object that a backup needs. */
  readonly needed: readonly string[]
  /** Of the newest backup's objects, by their first bytes; null where there is none, or none could be read. */
  readonly sealing: { readonly sealed: number; readonly plain: number } | null
}

export function cannotBeTold(id: PostureCheckId, sentence: string, evidence: readonly string[] = []) {
  return { id, state: 'unknown', sentence, evidence } as const
}

export function doesNotApply(id: PostureCheckId, sentence: string): PostureCheck {
  return { id, state: 'notApplicable', sentence, evidence: [] }
}

/** Those of the names that are a key's. */
export function countedNames(
  keys: readonly string[],
): readonly { readonly key: string; readonly why: string }[] {
  return keys.flatMap((key) => {
    const why = keyLikeName(key)
    return why === null ? [] : [{ key, why: `elsewhere in the bucket, ${why}` }]
  })
}

/** What is said of the sealing of the newest backup, where its first bytes were read. */
export function sealingWords({ sealing }: FoundBackups): string | null {
  if (sealing === null) return null
  const all = sealing.sealed + sealing.plain
  return `of ${all} looked at in the newest backup, ${sealing.sealed} sealed, ${sealing.plain} plain`
}
