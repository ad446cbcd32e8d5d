import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { indexChain } from '../../../../../src/renderer/areas/chain/model/chain-index.ts'
import {
  allRows,
  foldRows,
  rareStores,
  type MapRow,
} from '../../../../../src/renderer/areas/chain/model/fold-rows.ts'
import { endsOf, layOut, rowHeight } from '../../../../../src/renderer/areas/chain/model/map-layout.ts'
import { lineOf, railsAmong } from '../../../../../src/renderer/areas/chain/model/rails.ts'
import type { Chain } from '../../../../../src/shared/contract/backups.ts'
import { kiokChain } from '../../../../support/chains.ts'
import { soundChain, wildChain } from './arbitrary.ts'

const none = { kept: new Set<number>(), opened: new Set<number>() }
const places = (length: number, step: number) =>
  Array.from({ length: Math.ceil(length / step) }, (_, n) => n * step)
const membersOf = (row: MapRow) => {
  const [first, last] = endsOf(row)
  return Array.from({ length: last - first + 1 }, (_, n) => first + n)
}
const anyChain = fc.oneof(soundChain, wildChain)
const somePlaces = fc.uniqueArray(fc.nat(59), { maxLength: 5 }).map((list) => new Set(list))

describe('Folding', () => {
  test('leaves every backup in exactly one row or fold, newest first', () => {
    fc.assert(
      fc.property(anyChain, somePlaces, somePlaces, (chain, kept, opened) => {
        const rows = foldRows(chain, { kept, opened })
        expect(rows.flatMap(membersOf)).toEqual(chain.backups.map((_, place) => place))
      }),
    )
  })

  test('never hides a verdict, a change of a rare store, or a backup that is kept', () => {
    fc.assert(
      fc.property(anyChain, somePlaces, (chain, kept) => {
        const rare = rareStores(chain)
        for (const row of foldRows(chain, { kept, opened: new Set() })) {
          if (row.kind !== 'fold') continue
          const backups = membersOf(row).map((place) => chain.backups[place])
          expect(new Set(backups.map((backup) => backup?.restorability)).size).toBe(1)
          for (const store of rare)
            expect(new Set(backups.map((backup) => backup?.holds[store])).size).toBe(1)
          expect(membersOf(row).some((place) => kept.has(place))).toBe(false)
          expect(backups.length).toBeGreaterThanOrEqual(4)
        }
      }),
    )
  })

  test('shows a run whole once it is opened, and remembers which run it is', () => {
    const chain = kiokChain(40, [places(40, 1), []])
    expect(foldRows(chain, none)).toEqual([
      { kind: 'backup', backup: 0, run: null },
      { kind: 'fold', first: 1, last: 38 },
      { kind: 'backup', backup: 39, run: null },
    ])
    const opened = foldRows(chain, { ...none, opened: new Set([7]) })
    expect(opened).toHaveLength(40)
    expect(opened[20]).toEqual({ kind: 'backup', backup: 20, run: { first: 1, last: 38 } })
  })

  test('gives a row of its own to the one damaged object of a store that changes every time', () => {
    const chain = kiokChain(60, [places(60, 1)], (_, holder) => (holder === 30 ? 'damaged' : 'intact'))
    const rows = foldRows(chain, none)
    expect(rows).toContainEqual({ kind: 'backup', backup: 30, run: null })
    expect(rows.filter((row) => row.kind === 'fold')).toHaveLength(2)
  })
})

describe('A layout', () => {
  test('gives each row its height and each backup its row', () => {
    fc.assert(
      fc.property(anyChain, (chain) => {
        const layout = layOut(indexChain(chain), foldRows(chain, none))
        layout.rows.forEach((row, at) => {
          expect((layout.tops[at + 1] ?? 0) - (layout.tops[at] ?? 0)).toBe(rowHeight[row.kind])
          for (const place of membersOf(row)) expect(layout.rowOf[place]).toBe(at)
        })
      }),
    )
  })

  test('counts the new objects of a fold, or says which one passes through', () => {
    const chain = kiokChain(40, [places(40, 1), places(40, 2), []])
    const layout = layOut(indexChain(chain), foldRows(chain, none))
    expect(layout.foldCells[1]).toEqual([
      { kind: 'new', objects: 38 },
      { kind: 'new', objects: 19 },
      { kind: 'passes', at: chain.objects.length - 1 },
    ])
  })
})

describe('Rails', () => {
  const layoutOf = (chain: Chain, folded: boolean) =>
    layOut(indexChain(chain), folded ? foldRows(chain, none) : allRows(chain))

  test('connect every dot to the square of the object that its backup points to', () => {
    fc.assert(
      fc.property(anyChain, (chain) => {
        const layout = layoutOf(chain, false)
        const rails = railsAmong(layout, 0, layout.rows.length - 1)
        chain.backups.forEach((backup, place) => {
          backup.holds.forEach((at, store) => {
            if (at === null) return
            const rail = rails.find(({ span }) => span.at === at)
            expect(rail?.span.store).toBe(store)
            // Its own square, or a dot on a line that reaches the square.
            expect(rail?.square === place || rail?.dots.includes(place)).toBe(true)
            expect(rail?.square).not.toBeNull()
            const line = rail === undefined || rail.square === place ? null : lineOf(layout, rail)
            if (rail && rail.square !== place) {
              for (const row of [place, rail.square ?? -1]) {
                const middle = ((layout.tops[row] ?? 0) + (layout.tops[row + 1] ?? 0)) / 2
                expect(line?.y1).toBeLessThanOrEqual(middle)
                expect(line?.y2).toBeGreaterThanOrEqual(middle)
              }
            }
          })
        })
      }),
    )
  })

  test('put the square into the row of the holder wherever the holder points to its own object', () => {
    fc.assert(
      fc.property(soundChain, (chain) => {
        const layout = layoutOf(chain, false)
        for (const { span, square } of railsAmong(layout, 0, layout.rows.length - 1)) {
          expect(chain.backups[square ?? -1]?.backupId).toBe(chain.objects[span.at]?.holder)
        }
      }),
    )
  })

  test('are the same for a window of rows as for the whole map', () => {
    fc.assert(
      fc.property(anyChain, fc.boolean(), fc.nat(60), fc.nat(20), (chain, folded, start, length) => {
        const layout = layoutOf(chain, folded)
        const from = Math.min(start, layout.rows.length - 1)
        const to = Math.min(from + length, layout.rows.length - 1)
        const seen = (row: number) => row >= from && row <= to
        const whole = railsAmong(layout, 0, layout.rows.length - 1)
        const part = new Map(railsAmong(layout, from, to).map((rail) => [rail.span.at, rail]))
        for (const rail of whole) {
          const drawn = [...rail.dots, ...rail.folds, ...(rail.square === null ? [] : [rail.square])].some(
            seen,
          )
          if (drawn) expect(part.has(rail.span.at)).toBe(true)
          expect(part.get(rail.span.at)?.dots ?? []).toEqual(rail.dots.filter(seen))
          expect(part.get(rail.span.at)?.folds ?? []).toEqual(rail.folds.filter(seen))
        }
      }),
    )
  })

  test('of an object whose holder is gone end at the oldest backup that points to it', () => {
    const chain = kiokChain(6, [[2]])
    const [first] = chain.objects
    if (first) first.holder = 'a-backup-that-was-deleted'
    const index = indexChain(chain)
    expect(index.holdings[0]).toMatchObject({ anchor: 2, holderKnown: false, users: [0, 1, 2] })
  })
})
