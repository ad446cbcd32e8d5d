import { expect, test } from 'vitest'
import { fleetOf } from '../../../../src/renderer/lib/judged-fleet.ts'
import type { Cluster } from '../../../../src/shared/contract/clusters.ts'

const rule = { nowMs: Date.parse('2026-11-21T02:00:00Z'), reverifyAfterDays: 30 }

function cluster(id: string): Cluster {
  return {
    id,
    name: id,
    system: 'kiok',
    mode: 'normal',
    repositoryId: 'r',
    address: 'file:///r',
    masterKeys: [],
    masterKeyHints: [],
    rpoMs: 86_400_000,
    rtoMs: null,
    addedAt: '2026-11-21T02:00:00Z',
    masters: { state: 'none', words: null, at: null },
    posture: null,
    look: null,
    looking: false,
    hostKeys: [],
  }
}

test('Where one of 200 clusters changes, the row of every other one stays the same value and is not drawn again', () => {
  const before = Array.from({ length: 200 }, (_, n) => cluster(`kiok-${n}`))
  const after = before.map((each) => (each.id === 'kiok-7' ? { ...each, looking: true } : each))
  const known = new Map(fleetOf(before, rule).map((judged) => [judged.cluster.id, judged]))
  const changed = fleetOf(after, rule).filter((judged) => known.get(judged.cluster.id) !== judged)
  expect(changed.map(({ cluster: { id } }) => id)).toEqual(['kiok-7'])
})

test('A fleet that half a page asks for is judged and put in order once', () => {
  const clusters = [cluster('a'), cluster('b')]
  expect(fleetOf(clusters, rule)).toBe(fleetOf(clusters, { ...rule }))
  expect(fleetOf(clusters, { ...rule, nowMs: rule.nowMs + 10_000 })).not.toBe(fleetOf(clusters, rule))
})
