import { againstTarget, measuredRtoMs, tookWords, type Drill } from './drill.ts'
import { ageWords, countOf, targetWords } from './size-words.ts'

export const drillStandings = ['never', 'failed', 'old', 'slow', 'good'] as const

/** How a cluster stands by the drills of its backups. */
export interface DrillStanding {
  readonly state: (typeof drillStandings)[number]
  readonly sentence: string
}

const dayMs = 86_400_000

/** `drills` newest first; `dueAfterDays`: how old the last one may be. Only a drill that has just been good enough is good. */
export function drillStanding(
  [last]: readonly Pick<Drill, 'outcome' | 'phases' | 'finishedAt'>[],
  rule: { readonly targetMs: number | null; readonly dueAfterDays: number; readonly nowMs: number },
): DrillStanding {
  const { targetMs, dueAfterDays, nowMs } = rule
  if (last === undefined) return { state: 'never', sentence: 'No backup of it was ever restored for trial.' }
  const ageMs = Math.max(0, nowMs - Date.parse(last.finishedAt))
  const age = `The last drill is ${ageWords(ageMs)} old`
  if (last.outcome.kind === 'failed') {
    return { state: 'failed', sentence: `${age}, and it failed: ${last.outcome.because}` }
  }
  if (ageMs > dueAfterDays * dayMs) {
    return { state: 'old', sentence: `${age}; it may be ${countOf(dueAfterDays, 'day')}.` }
  }
  const rtoMs = measuredRtoMs(last)
  if (rtoMs === null) return { state: 'good', sentence: `${age}; it measured no restore.` }
  const took = `${age}, and took ${tookWords(rtoMs)}`
  if (targetMs === null) return { state: 'good', sentence: `${took}; no target is set.` }
  return againstTarget(rtoMs, targetMs) === 'over'
    ? { state: 'slow', sentence: `${took}: over the target of ${targetWords(targetMs)}.` }
    : { state: 'good', sentence: `${took}: within the target of ${targetWords(targetMs)}.` }
}
