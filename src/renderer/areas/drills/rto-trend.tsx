import type { DrillView } from '../../../shared/contract/drills.ts'
import { trendPicture } from './model/trend-bars.ts'
import s from './drills.module.css'

const heightPx = 72
const barPx = 14
const stepPx = 20
/** What failed hangs below the line, where no measured time can. */
const belowPx = 10

/** The measured times of the last drills beside the target. Decoration: the sentence above and the table below say the same. */
export function RtoTrend({
  drills,
  targetMs,
}: {
  readonly drills: readonly DrillView[]
  readonly targetMs: number | null
}) {
  const { bars, target } = trendPicture(drills, targetMs)
  const width = Math.max(bars.length * stepPx, stepPx * 6)
  const targetY = target === null ? null : heightPx * (1 - target)
  return (
    <svg
      className={s['trend']}
      width={width}
      height={heightPx + belowPx}
      viewBox={`0 0 ${width} ${heightPx + belowPx}`}
      aria-hidden="true"
    >
      {bars.map(({ id, height, kind }, place) => {
        const x = place * stepPx + (stepPx - barPx) / 2
        // A time that is next to nothing still is one.
        const barHeight = height === null ? belowPx : Math.max(2, height * heightPx)
        const y = height === null ? heightPx : heightPx - barHeight
        return <rect key={id} data-kind={kind} x={x} y={y} width={barPx} height={barHeight} rx="1" />
      })}
      <line data-part="base" x1="0" x2={width} y1={heightPx} y2={heightPx} />
      {targetY !== null && <line data-part="target" x1="0" x2={width} y1={targetY} y2={targetY} />}
    </svg>
  )
}
