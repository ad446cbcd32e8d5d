import { expect, test } from 'vitest'
import { indexChain } from '../../../../../src/renderer/areas/chain/model/chain-index.ts'
import { drawnChain, mostLanes } from '../../../../../src/renderer/areas/chain/model/drawn-chain.ts'
import { lostObjects } from '../../../../../src/renderer/areas/chain/model/map-facts.ts'
import { kiokChain } from '../../../../support/chains.ts'

const everyNight = (nights: number, stores: number) =>
  kiokChain(
    nights,
    Array.from({ length: stores }, () => Array.from({ length: nights }, (_, at) => at)),
    (store, holder) => (store >= stores - 3 && holder === 0 ? 'damaged' : 'intact'),
  )

test('As many stores as can be read are drawn as they are', () => {
  const chain = everyNight(3, mostLanes)
  expect(drawnChain(chain)).toBe(chain)
})

test('Of ten thousand stores those with a lost object are drawn before all others, each with its own objects', () => {
  const chain = everyNight(2, 10_000)
  const drawn = drawnChain(chain)
  expect(drawn.stores).toHaveLength(mostLanes)
  expect(drawn.stores.slice(-3)).toEqual(chain.stores.slice(-3))
  expect(drawn.stores.slice(0, mostLanes - 3)).toEqual(chain.stores.slice(0, mostLanes - 3))
  expect(lostObjects(drawn)).toHaveLength(lostObjects(chain).length)
  expect(drawn.objects).toHaveLength(2 * mostLanes)
  for (const [place, { holds }] of drawn.backups.entries())
    for (const [lane, at] of holds.entries()) {
      const store = chain.stores.indexOf(drawn.stores[lane] ?? '')
      const here = chain.objects[chain.backups[place]?.holds[store] ?? -1]
      expect(drawn.objects[at ?? -1]).toEqual({ ...here, store: lane })
    }
  expect(indexChain(drawn).holdings).toHaveLength(drawn.objects.length)
})
