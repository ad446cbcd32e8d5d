import { againstTarget, tookWords, type DrillOutcome } from './drill.ts'
import { targetWords } from './size-words.ts'

/** The last drill of a cluster, as far as its state follows from it. */
export interface LastDrill {
  readonly outcome: DrillOutcome['kind']
  readonly rtoMs: number | null
}

/** What the last drill says against a cluster although its backups are proved; null where it says nothing. */
export function drillFault(
  last: LastDrill | null,
  targetMs: number | null,
): { readonly word: string; readonly reason: { readonly lead: string; readonly detail: string } } | null {
  if (last?.outcome === 'failed') {
    const detail = 'The last restore for trial did not come to its end.'
    return { word: 'Drill failed', reason: { lead: 'Drill failed.', detail } }
  }
  const rtoMs = last?.rtoMs ?? null
  if (rtoMs === null || targetMs === null || againstTarget(rtoMs, targetMs) !== 'over') return null
  const detail = `The bytes alone took ${tookWords(rtoMs)}, ${tookWords(rtoMs - targetMs)} over the target of ${targetWords(targetMs)}.`
  return { word: 'Drill too slow', reason: { lead: 'RTO above target.', detail } }
}
