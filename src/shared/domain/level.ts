/**
 * How far a backup has been proved, lowest first; each level includes the ones before it. `restored` is reached only
 * by a drill that wrote the backup somewhere and read it back.
 */
export const levels = [
  'listed',
  'present',
  'intact',
  'decrypts',
  'matches',
  'wellFormed',
  'restored',
] as const

export type Level = (typeof levels)[number]

export const levelWords: Readonly<Record<Level, string>> = {
  listed: 'Listed',
  present: 'Present',
  intact: 'Intact',
  decrypts: 'Decrypts',
  matches: 'Matches',
  wellFormed: 'Well formed',
  restored: 'Restored',
}

/** Levels that a verification can be asked for. */
export const verifiableLevels = ['present', 'intact', 'decrypts', 'matches', 'wellFormed'] as const

export type VerifiableLevel = (typeof verifiableLevels)[number]

/** True where `level` includes `other`. */
export function reaches(level: Level, other: Level): boolean {
  return levels.indexOf(level) >= levels.indexOf(other)
}

export function lowerOf<L extends Level>(a: L, b: L): L {
  return reaches(a, b) ? b : a
}

/** How one level ended for one part of a backup. */
export type LevelOutcome =
  | { readonly outcome: 'passed' }
  | { readonly outcome: 'failed' }
  | { readonly outcome: 'notProvable'; readonly reason: string }
  | { readonly outcome: 'notTried' }

export interface NotProvable {
  readonly level: VerifiableLevel
  readonly reason: string
}

/**
 * The highest level that passed with no failed (or untried) one below it, and the levels that were stepped over
 * because the format lacks the fact that they need.
 */
export function summariseLevels(outcomes: ReadonlyMap<VerifiableLevel, LevelOutcome>): {
  readonly levelReached: Level
  /** The lowest level that failed; null where none did. */
  readonly failedAt: VerifiableLevel | null
  readonly notProvable: readonly NotProvable[]
} {
  let levelReached: Level = 'listed'
  let failedAt: VerifiableLevel | null = null
  const notProvable: NotProvable[] = []
  for (const level of verifiableLevels) {
    const result = outcomes.get(level) ?? { outcome: 'notTried' }
    if (result.outcome === 'failed') failedAt = level
    if (result.outcome === 'failed' || result.outcome === 'notTried') break
    if (result.outcome === 'passed') levelReached = level
    else notProvable.push({ level, reason: result.reason })
  }
  return { levelReached, failedAt, notProvable }
}
