import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { indexChain } from '../../../../../src/renderer/areas/chain/model/chain-index.ts'
import { foldRows } from '../../../../../src/renderer/areas/chain/model/fold-rows.ts'
import {
  fits,
  laneNeeds,
  lanesFor,
  leftWithIds,
  mapSize,
} from '../../../../../src/renderer/areas/chain/model/lanes.ts'
import { lostObjects, monthMarks } from '../../../../../src/renderer/areas/chain/model/map-facts.ts'
import { layOut } from '../../../../../src/renderer/areas/chain/model/map-layout.ts'
import { moved } from '../../../../../src/renderer/areas/chain/model/move.ts'
import {
  heightAt,
  overviewBars,
  rowAt,
  shareAt,
} from '../../../../../src/renderer/areas/chain/model/overview.ts'
import type { Chain } from '../../../../../src/shared/contract/backups.ts'
import { kiokChain } from '../../../../support/chains.ts'
import { soundChain } from './arbitrary.ts'

const none = { kept: new Set<number>(), opened: new Set<number>() }

describe('The overview of all backups', () => {
  test('leads to the height at which a backup stands, and back', () => {
    fc.assert(
      fc.property(soundChain, fc.double({ min: 0, max: 0.999, noNaN: true }), (chain, share) => {
        const layout = layOut(indexChain(chain), foldRows(chain, none))
        expect(shareAt(layout, heightAt(layout, share))).toBeCloseTo(share, 6)
      }),
    )
  })

  test('has one bar an object, and draws what is lost over the rest', () => {
    const chain = kiokChain(100, [[1, 2, 3], [40]], (store) => (store === 0 ? 'damaged' : 'intact'))
    const bars = overviewBars(indexChain(chain))
    expect(bars).toHaveLength(chain.objects.length)
    expect(bars.map((bar) => bar.state).slice(0, 2)).toEqual(['intact', 'intact'])
    expect(bars[0]).toMatchObject({ store: 1, top: 0, bottom: 0.41 })
  })

  test('finds the row at any height', () => {
    expect([0, 24, 25, 54, 55, 900].map((y) => rowAt([0, 25, 55, 80], y))).toEqual([0, 0, 1, 1, 2, 2])
  })

  test('marks where a month begins, and a January by its year', () => {
    const marks = monthMarks(kiokChain(1500, [[]]))
    expect(marks.slice(0, 2)).toEqual([
      { at: 0, text: 'Nov' },
      { at: 81 / 1500, text: 'Oct' },
    ])
    expect(marks.map((mark) => mark.text)).toContain('2026')
  })

  test('lists lost objects by how many backups they take along', () => {
    const chain = kiokChain(10, [[0, 3], []], () => 'damaged')
    expect(lostObjects(chain).map((at) => chain.objects[at]?.users)).toEqual([10, 6, 3, 1])
  })
})

describe('The keyboard in the map', () => {
  const size = { rows: 10, columns: 7, page: 4 }
  test.each([
    ['j', { row: 4, column: 2 }],
    ['ArrowUp', { row: 2, column: 2 }],
    ['PageDown', { row: 7, column: 2 }],
    ['PageUp', { row: 0, column: 2 }],
    ['End', { row: 9, column: 2 }],
    ['ArrowLeft', { row: 3, column: 1 }],
    ['ArrowRight', { row: 3, column: 3 }],
  ])('%s moves', (key, to) => {
    expect(moved(key, { row: 3, column: 2 }, size)).toEqual(to)
  })
  test('stays within the map, and leaves other keys alone', () => {
    expect(moved('ArrowLeft', { row: 0, column: 0 }, size)).toEqual({ row: 0, column: 0 })
    expect(moved('ArrowDown', { row: 9, column: 0 }, size)).toEqual({ row: 9, column: 0 })
    expect(moved('x', { row: 0, column: 0 }, size)).toBeNull()
  })
})

describe('Lanes', () => {
  test('ids are whole where they are shown, and leave before a lane is pushed out of sight', () => {
    const of = (backupId: string) =>
      ({ ...kiokChain(1, [[0]]), backups: [{ ...kiokChain(1, [[0]]).backups[0], backupId }] }) as Chain
    const left = leftWithIds(of('20261122T170000Z-8f86cf65'))
    expect(leftWithIds(of('20261116-170000F_20261122-170000I'))).toBeGreaterThan(left)
    expect(fits([80, 100], { room: left + 180 + 114, left, verdict: 114 })).toBe(true)
    expect(fits([80, 100], { room: left + 180 + 113, left, verdict: 114 })).toBe(false)
  })

  test('have the room that their words need, and share what is left', () => {
    const lanes = lanesFor([80, 100], { room: 600, left: 230, verdict: 114 })
    expect([lanes.of(0), lanes.of(1), lanes.width]).toEqual([
      { left: 230, width: 118 },
      { left: 348, width: 138 },
      600,
    ])
    expect(lanesFor([80, 100], { room: 300, left: 230, verdict: 114 }).width).toBe(230 + 180 + 114)
    expect(lanesFor([80], { room: 1400, left: 230, verdict: 114 }).of(0).width).toBe(120)
  })

  test('need more where many backups use an object', () => {
    const [often = 0, once = 0] = laneNeeds(kiokChain(2000, [[], Array.from({ length: 2000 }, (_, n) => n)]))
    expect(often).toBeGreaterThan(once)
  })

  test.each([
    [999, '999 bytes'],
    [49_152, '49 kB'],
    [999_600, '1.0 MB'],
    [20_900_000, '20.9 MB'],
    [213_000_000, '213 MB'],
  ])('tell %d bytes as %s', (bytes, words) => {
    expect(mapSize(bytes).replaceAll('\u00a0', ' ')).toBe(words)
  })
})
