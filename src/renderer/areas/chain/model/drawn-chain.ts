import type { Chain } from '../../../../shared/contract/backups.ts'
import { lostObjects } from './map-facts.ts'

/** A map of more lanes is neither read nor walked by anybody, and drawing them stops the window. */
export const mostLanes = 100

/** The chain with the lanes that the map draws: all of them, or as many as can be read, those with a lost object first. */
export function drawnChain(chain: Chain): Chain {
  if (chain.stores.length <= mostLanes) return chain
  const lost = lostObjects(chain).flatMap((at) => chain.objects[at]?.store ?? [])
  const drawn = [...new Set([...lost, ...chain.stores.keys()])].slice(0, mostLanes).sort((a, b) => a - b)
  const laneOf = new Map(drawn.map((store, lane) => [store, lane]))
  const placeOf = new Map<number, number>()
  const objects = chain.objects.flatMap((object, at) => {
    const store = laneOf.get(object.store)
    if (store === undefined) return []
    placeOf.set(at, placeOf.size)
    return [{ ...object, store }]
  })
  return {
    ...chain,
    stores: drawn.map((store) => chain.stores[store] ?? ''),
    objects,
    backups: chain.backups.map((backup) => ({
      ...backup,
      holds: drawn.map((store) => placeOf.get(backup.holds[store] ?? -1) ?? null),
    })),
  }
}
