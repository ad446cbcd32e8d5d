import type { ClusterDrills } from '../../../../shared/contract/drills.ts'
import { countOf } from '../../../../shared/domain/size-words.ts'

/** `2 ask for a drill: 1 never drilled, 1 too old`. */
export function askingWords(standings: ReadonlyMap<string, ClusterDrills['standing']>): string {
  const of = (state: ClusterDrills['standing']['state']): number =>
    [...standings.values()].filter((standing) => standing.state === state).length
  const parts = (
    [
      ['never', 'never drilled'],
      ['failed', 'failed'],
      ['old', 'too old'],
      ['slow', 'over the target'],
    ] as const
  ).flatMap(([state, word]) => (of(state) === 0 ? [] : [`${of(state)} ${word}`]))
  const asking = standings.size - of('good')
  if (asking === 0) return 'None asks for a drill.'
  return `${countOf(asking, 'asks', 'ask')} for a drill: ${parts.join(', ')}.`
}
