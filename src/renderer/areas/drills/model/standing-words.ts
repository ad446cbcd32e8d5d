import type { ClusterDrills } from '../../../../shared/contract/drills.ts'
import { countOf } from '../../../../shared/domain/size-words.ts'

/** How many clusters ask for a drill; each row says why. */
export function askingWords(
  standings: ReadonlyMap<string, Pick<ClusterDrills['standing'], 'state'>>,
): string {
  const asking = [...standings.values()].filter(({ state }) => state !== 'good').length
  return asking === 0 ? 'None asks for a drill' : `${countOf(asking, 'asks', 'ask')} for a drill`
}
