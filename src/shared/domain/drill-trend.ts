import { isByTool, measuredRtoMs, tookWords, type Drill } from './drill.ts'
import { upperMedian } from './median.ts'

export interface DrillTrend {
  readonly direction: 'faster' | 'slower' | 'steady' | 'tooFew'
  readonly sentence: string
}

const comparedWith = 4
/** Below this a difference is the weather of a network. */
const worthSaying = 0.2

/** The last measured time against the median of the four of its kind before it; `drills` newest first. */
export function drillTrend(drills: readonly Pick<Drill, 'outcome' | 'phases'>[]): DrillTrend {
  const measured = drills.filter((drill) => measuredRtoMs(drill) !== null)
  const [newest] = measured
  const [last, ...before] = measured
    .filter((drill) => newest !== undefined && isByTool(drill) === isByTool(newest))
    .flatMap((drill) => measuredRtoMs(drill) ?? [])
    .slice(0, comparedWith + 1)
  if (last === undefined) return { direction: 'tooFew', sentence: 'No drill has measured a restore yet.' }
  const usual = upperMedian(before)
  if (usual === null) {
    return { direction: 'tooFew', sentence: `One drill measured ${tookWords(last)}: a trend needs two.` }
  }
  const change = usual === 0 ? 0 : (last - usual) / usual
  const than =
    before.length === 1
      ? `the one before it ${tookWords(usual)}`
      : `the middle of the ${before.length} before it is ${tookWords(usual)}`
  if (Math.abs(change) <= worthSaying) {
    return { direction: 'steady', sentence: `Steady: the last took ${tookWords(last)}, ${than}.` }
  }
  const direction = change < 0 ? 'faster' : 'slower'
  const percent = Math.round(Math.abs(change) * 100)
  return {
    direction,
    sentence: `${percent}\u00a0% ${direction}: the last took ${tookWords(last)}, ${than}.`,
  }
}
