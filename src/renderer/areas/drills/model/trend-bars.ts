import type { DrillView } from '../../../../shared/contract/drills.ts'

export interface TrendBar {
  readonly id: string
  /** Share of the picture's height, 0 to 1; null: nothing was measured. */
  readonly height: number | null
  readonly kind: 'within' | 'over' | 'noTarget' | 'readable' | 'failed'
}

export interface TrendPicture {
  /** Oldest first. */
  readonly bars: readonly TrendBar[]
  /** Where the target lies, 0 to 1; null where none is set. */
  readonly target: number | null
}

const most = 24

/** The last drills as bars beside the target: the highest of all of them is the height of the picture. */
export function trendPicture(
  drills: readonly Pick<DrillView, 'id' | 'rtoMs' | 'against' | 'outcome'>[],
  targetMs: number | null,
): TrendPicture {
  const shown = drills.slice(0, most).toReversed()
  const highest = Math.max(1, targetMs ?? 0, ...shown.map(({ rtoMs }) => rtoMs ?? 0))
  return {
    target: targetMs === null ? null : targetMs / highest,
    bars: shown.map(({ id, rtoMs, against, outcome }) => ({
      id,
      height: rtoMs === null ? null : rtoMs / highest,
      kind: outcome.kind !== 'restored' ? outcome.kind : against === 'notMeasured' ? 'noTarget' : against,
    })),
  }
}
