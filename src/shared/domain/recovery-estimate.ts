import { upperMedian } from './median.ts'
import { ageWords, countOf } from './size-words.ts'

/** When a backup was made, as far as that is known. */
export interface MadeAt {
  readonly backupId: string
  /** Null: nobody says; then the two bounds count. */
  readonly at: string | null
  /** It holds what was written before this time; null: nothing is known. */
  readonly notBefore: string | null
  /** It was there at this time; null: nothing is known. */
  readonly notAfter: string | null
  /** It was made before, and what followed it is replayed up to `at`. */
  readonly isReplayed?: boolean
}

/** When it failed: after it was last seen good, and not after it was first seen bad. */
export interface FailedAt {
  readonly lastGoodAt: string | null
  readonly firstBadAt: string
  /** It was no failure that ended what is lost: the cluster goes on until it is restored, and that was decided then. */
  readonly isRestore?: boolean
}

export interface Loss {
  readonly leastMs: number
  /** Null: it may be everything. */
  readonly mostMs: number | null
  /** What is lost, and by which times that is computed. */
  readonly sentence: string
}

/** What is lost with a backup: everything between it and the failure, as a range where a time is not known. */
export function lossOf(
  { backupId, ...made }: MadeAt,
  { lastGoodAt, firstBadAt, isRestore = false }: FailedAt,
): Loss {
  const latest = made.at ?? made.notAfter
  const earliest = made.at ?? made.notBefore
  const failedEarliest = lastGoodAt ?? firstBadAt
  const leastMs = latest === null ? 0 : span(latest, failedEarliest)
  const mostMs = earliest === null ? null : Math.max(leastMs, span(earliest, firstBadAt))
  const failure = isRestore
    ? `to the restore, as decided at ${firstBadAt}`
    : lastGoodAt === null || lastGoodAt === firstBadAt
      ? `to the failure at ${firstBadAt}`
      : `to the failure, between ${lastGoodAt} and ${firstBadAt}`
  return { leastMs, mostMs, sentence: `${amount(leastMs, mostMs)}: ${origin(backupId, made)}, ${failure}.` }
}

function amount(leastMs: number, mostMs: number | null): string {
  if (mostMs === null) {
    return leastMs === 0
      ? 'How much is lost cannot be said'
      : `At least ${ageWords(leastMs)} of changes are lost, and nobody can say how much more`
  }
  return leastMs === mostMs
    ? `${ageWords(leastMs)} of changes are lost`
    : `Between ${ageWords(leastMs)} and ${ageWords(mostMs)} of changes are lost`
}

function origin(backupId: string, { at, notBefore, notAfter, isReplayed }: Omit<MadeAt, 'backupId'>): string {
  if (at !== null && isReplayed === true) return `from ${at}, up to which ${backupId} and its log reach`
  if (at !== null) return `from ${at}, when ${backupId} was made`
  if (notBefore === null && notAfter === null) return `when ${backupId} was made is not known`
  if (notBefore === null) return `from some time before ${notAfter ?? ''}, when ${backupId} was there`
  if (notAfter === null) return `from some time after ${notBefore}, when ${backupId} was made`
  return `from when ${backupId} was made, between ${notBefore} and ${notAfter}`
}

export interface ExpectedTime {
  readonly ms: number
  readonly from: 'measured' | 'documented' | 'assumed'
  /** How often it was measured; 0 where it was not. */
  readonly times: number
}

const newestTimes = 5

/**
 * How long a step takes: the median of the newest times that it took on this cluster (`measuredMs`, the oldest first), else
 * what its runbook says of it. Null where nobody knows.
 */
export function expectedTime(
  measuredMs: readonly number[],
  stated: { readonly ms: number; readonly source: 'documented' | 'assumed' } | null,
): ExpectedTime | null {
  const newest = measuredMs.slice(-newestTimes)
  const median = upperMedian(newest)
  if (median !== null) return { ms: median, from: 'measured', times: newest.length }
  return stated === null ? null : { ms: stated.ms, from: stated.source, times: 0 }
}

export interface StepToCome {
  readonly expected: Pick<ExpectedTime, 'ms' | 'from'> | null
  /** Since it began; null: it has not begun. */
  readonly runsForMs: number | null
}

export interface TimeLeft {
  /** Null where no step to come has a time. */
  readonly leftMs: number | null
  /** Where the time comes from. */
  readonly sentence: string
}

/** What is left of a run, from the times of the steps that are not behind. A step that is over its time has none left. */
export function timeLeft(toCome: readonly StepToCome[]): TimeLeft {
  if (toCome.length === 0) return { leftMs: 0, sentence: 'Every step is behind.' }
  const timed = toCome.flatMap(({ expected, runsForMs }) =>
    expected === null ? [] : [{ from: expected.from, leftMs: Math.max(0, expected.ms - (runsForMs ?? 0)) }],
  )
  const silent = toCome.length - timed.length
  const steps = `${countOf(toCome.length, 'step')} to come`
  if (timed.length === 0) return { leftMs: null, sentence: `${steps}, none of them measured yet.` }
  const from = (source: ExpectedTime['from']): number => timed.filter((step) => step.from === source).length
  const parts = [
    ...words(from('measured'), 'as measured on this cluster'),
    ...words(from('documented'), 'as documented'),
    ...words(from('assumed'), 'as assumed'),
    ...words(silent, 'without a time'),
  ]
  const leftMs = timed.reduce((sum, step) => sum + step.leftMs, 0)
  const least = silent > 0 ? 'At least' : 'About'
  return { leftMs, sentence: `${least} ${ageWords(leftMs)} for ${steps}: ${parts.join(', ')}.` }
}

function words(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${what}`]
}

function span(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from))
}
