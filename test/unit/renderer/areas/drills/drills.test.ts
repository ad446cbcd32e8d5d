import { describe, expect, test } from 'vitest'
import { againstWords } from '../../../../../src/renderer/areas/drills/model/drill-words.ts'
import { drillOrder, lastDrillWords } from '../../../../../src/renderer/areas/drills/model/last-drill.ts'
import { trendPicture } from '../../../../../src/renderer/areas/drills/model/trend-bars.ts'
import type { Cluster } from '../../../../../src/shared/contract/clusters.ts'
import { lookOf } from '../../../../conformance/desk-state.ts'

type LastDrill = NonNullable<Cluster['look']>['lastDrill']

const minuteMs = 60_000

function cluster(name: string, lastDrill: LastDrill, rtoMs: number | null = 20 * minuteMs) {
  return { name, rtoMs, look: { ...lookOf(1), lastDrill } }
}
const drill = (outcome: NonNullable<LastDrill>['outcome'], rtoMs: number | null, day = 20): LastDrill => ({
  backupId: 'b1',
  at: `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`,
  outcome,
  rtoMs,
})

describe('The last drill of a cluster', () => {
  test.each([
    [null, 'unknown', 'Never drilled'],
    [drill('failed', null), 'bad', 'The last drill failed'],
    [drill('readable', null), 'notProvable', 'Readable only: nothing loads it'],
    [drill('restored', 5_000), 'good', '5.0\u00a0s of 20\u00a0m'],
    [drill('restored', 21 * minuteMs), 'warn', '21\u00a0m\u00a000\u00a0s, over the target of 20\u00a0m'],
  ] as const)('is told in words and a shape', (last, tone, word) => {
    expect(lastDrillWords(cluster('a', last))).toMatchObject({ tone, word })
  })

  test('has no target to keep where none is set', () => {
    expect(lastDrillWords(cluster('a', drill('restored', 5_000), null)).word).toBe(
      '5.0\u00a0s, no target is set',
    )
    expect(againstWords({ rtoMs: 5_000, against: 'noTarget' }, null).word).toBe('no target is set')
  })
})

test('Clusters that need a drill come first, then those whose last one is oldest', () => {
  const clusters = [
    cluster('young', drill('restored', 5_000, 20)),
    cluster('old', drill('restored', 5_000, 2)),
    cluster('never', null),
    cluster('slow', drill('restored', 30 * minuteMs)),
    cluster('failed', drill('failed', null)),
  ]
  expect(drillOrder(clusters).map(({ name }) => name)).toEqual(['failed', 'slow', 'never', 'old', 'young'])
})

describe('The picture of a trend', () => {
  const of = (rtoMs: number | null, kind: 'restored' | 'failed' = 'restored') => ({
    id: String(rtoMs),
    rtoMs,
    against:
      rtoMs === null ? ('notMeasured' as const) : rtoMs > 100 ? ('over' as const) : ('within' as const),
    outcome: kind === 'failed' ? { kind, at: 'read' as const, because: '' } : { kind },
  })

  test('has the oldest at its left, and is as high as the longest time or the target', () => {
    const { bars, target } = trendPicture([of(200), of(50)], 100)
    expect(bars.map(({ id, height, kind }) => [id, height, kind])).toEqual([
      ['50', 0.25, 'within'],
      ['200', 1, 'over'],
    ])
    expect(target).toBe(0.5)
  })

  test('has no height for what was not measured, and no target where none is set', () => {
    expect(trendPicture([of(null, 'failed')], null)).toEqual({
      bars: [{ id: 'null', height: null, kind: 'failed' }],
      target: null,
    })
  })
})
