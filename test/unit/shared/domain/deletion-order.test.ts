import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deletionOrder, type DeletableBackup } from '../../../../src/shared/domain/deletion-order.ts'
import { tries } from '../../../support/tries.ts'

type Backup = DeletableBackup<string>

const order = (kept: readonly Backup[], deleted: readonly Backup[]): readonly (readonly string[])[] =>
  deletionOrder(kept, deleted, (key) => key)

describe('Backups are deleted', () => {
  test('what was written last first, then what only they need', () => {
    const kept = [{ completedBy: ['new/manifest'], objects: ['new/a', 'old/b'] }]
    const old = { completedBy: ['old/manifest', 'old/sidecar'], objects: ['old/a', 'old/b'] }
    expect(order(kept, [old])).toEqual([['old/sidecar', 'old/manifest', 'old/a']])
  })

  test('with what several of them share after the last of these', () => {
    const newer = { completedBy: ['2/manifest'], objects: ['2/a', '1/b'] }
    const older = { completedBy: ['1/manifest'], objects: ['1/a', '1/b'] }
    expect(order([], [newer, older])).toEqual([
      ['2/manifest', '2/a'],
      ['1/manifest', '1/a', '1/b'],
    ])
    expect(order([], [older, newer])).toEqual([
      ['1/manifest', '1/a'],
      ['2/manifest', '2/a', '1/b'],
    ])
  })

  test('so that wherever it stops, no manifest stands without what it needs, and in the end only what is kept', () => {
    const backups = fc
      .array(
        fc.record({
          parts: fc.integer({ min: 1, max: 2 }),
          points: fc.array(fc.tuple(fc.nat({ max: 8 }), fc.nat({ max: 2 })), { maxLength: 4 }),
          isKept: fc.boolean(),
        }),
        { maxLength: 8 },
      )
      .map((list) =>
        list.map(({ parts, points, isKept }, place) => ({
          isKept,
          completedBy: Array.from({ length: parts }, (_, part) => `${place}/manifest${part}`),
          objects: [...new Set([`${place}/0`, ...points.map(([to, object]) => `${to}/${object}`)])],
        })),
      )
    fc.assert(
      fc.property(backups, (list) => {
        const kept = list.filter(({ isKept }) => isKept)
        const sequence = order(
          kept,
          list.filter(({ isKept }) => !isKept),
        ).flat()
        const there = new Set(list.flatMap(({ completedBy, objects }) => [...completedBy, ...objects]))
        expect(new Set(sequence).size).toBe(sequence.length)
        for (const key of sequence) {
          there.delete(key)
          for (const { completedBy, objects } of list)
            if (completedBy.every((part) => there.has(part)))
              for (const object of objects) expect(there).toContain(object)
        }
        expect(there).toEqual(
          new Set(kept.flatMap(({ completedBy, objects }) => [...completedBy, ...objects])),
        )
      }),
      { seed: 12, numRuns: tries(1000) },
    )
  })
})
