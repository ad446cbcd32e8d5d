import { ageWords, spanWords } from '../../../../shared/domain/size-words.ts'
import type { RestoreWish } from './pgdata-journal.ts'

/** A backup to begin a restore with. */
export interface RestorePoint {
  readonly label: string
  readonly type: string
  /** Milliseconds. From then on a restore can end at any time that the WAL reaches. */
  readonly stoppedMs: number
  /** What is wrong with it, a sentence; null: nothing is said. */
  readonly flaw: string | null
}

export interface RestorePoints {
  /** Why nothing may be restored now (a status, a run that holds the lock), a sentence each; empty: nothing stands in the way. */
  readonly obstacles: readonly string[]
  /** The newest first. */
  readonly points: readonly RestorePoint[]
  /** Names of WAL segments of the archive that the newest point is in; null: there is none. */
  readonly archive: { readonly min: string; readonly max: string } | null
  /** When the newest WAL segment of the archive arrived: what was committed later is lost. Null: it is not told. */
  readonly archivedUntilMs: number | null
}

/** One way to restore, with what it costs. */
export interface RestoreChoice {
  readonly wish: RestoreWish
  /** The last moment whose changes can be there; null: it is not known. */
  readonly reachesMs: number | null
  /** What was committed in this time before the failure, or up to now, is lost; null: it is not known. Never below 0. */
  readonly rpoMs: number | null
  readonly sentence: string
}

/** Everything that was archived first, then each backup as it was when it was consistent, the newest first. */
export function restoreChoices(
  { points, archivedUntilMs }: RestorePoints,
  failedMs: number,
): readonly RestoreChoice[] {
  const [newest] = points
  if (newest === undefined) return []
  const choice = (wish: RestoreWish, reachesMs: number | null, lead: string): RestoreChoice => {
    const rpoMs = reachesMs === null ? null : Math.max(0, failedMs - reachesMs)
    const lost =
      rpoMs === null
        ? 'How much is lost is not told.'
        : `Lost: what was committed in the last ${spanWords(rpoMs)} before the failure.`
    return { wish, reachesMs, rpoMs, sentence: `${lead} ${lost}` }
  }
  return [
    choice(
      { type: 'default', label: newest.label },
      archivedUntilMs,
      `${newest.label} and all WAL that was archived.`,
    ),
    ...points.map(({ label, type, stoppedMs, flaw }) =>
      choice(
        { type: 'immediate', label },
        stoppedMs,
        `${label} (${type}) as it was when it was taken.${flaw === null ? '' : ` ${flaw}`}`,
      ),
    ),
  ]
}

/** The way to a point in time of a database that goes on until it is restored, or why there is none. */
export function choiceAt(
  { points, archivedUntilMs }: RestorePoints,
  targetMs: number,
  nowMs: number,
): { readonly ok: true; readonly choice: RestoreChoice } | { readonly ok: false; readonly sentence: string } {
  const at = new Date(targetMs).toISOString()
  // A backup has to be consistent before the target: its own end is the first moment that it can be restored to.
  const point = points.find(({ stoppedMs }) => stoppedMs < targetMs)
  if (point === undefined) {
    const oldest = points.at(-1)
    const from =
      oldest === undefined
        ? 'There is no backup.'
        : `The oldest backup ended at ${new Date(oldest.stoppedMs).toISOString()}.`
    return { ok: false, sentence: `No backup reaches back to ${at}. ${from}` }
  }
  // A segment arrives after what is in it was committed.
  if (archivedUntilMs !== null && targetMs > archivedUntilMs) {
    const until = new Date(archivedUntilMs).toISOString()
    return {
      ok: false,
      sentence: `The last WAL arrived at ${until}: PostgreSQL cannot reach ${at}, and would not start.`,
    }
  }
  const rpoMs = Math.max(0, nowMs - targetMs)
  const wish: RestoreWish = { type: 'time', label: point.label, target: at }
  const sentence = `${point.label} and the WAL until ${at}. Lost: all that was committed since, up to now ${ageWords(rpoMs)}.`
  return { ok: true, choice: { wish, reachesMs: targetMs, rpoMs, sentence } }
}
