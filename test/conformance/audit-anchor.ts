import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AuditAnchor } from '../../src/main/ports/audit-anchor.ts'

export interface AnchorPlace {
  /** Another one on the same place. */
  open(): Promise<AuditAnchor>
  /** Writes over a number as whoever holds the keys could. */
  overwrite(seq: number, hash: string): Promise<void>
}

const hash = (digit: string): string => digit.repeat(64)

/** What `AuditAnchor` promises, for any place that is made anew for each test. */
export function describeAuditAnchor(name: string, makePlace: () => Promise<AnchorPlace>): void {
  describe(`Anchors of the audit chain in ${name}`, () => {
    let place: AnchorPlace
    let anchor: AuditAnchor
    beforeEach(async () => {
      place = await makePlace()
      anchor = await place.open()
    })
    afterEach(async () => anchor.close())

    const numbers = async (): Promise<readonly number[]> => {
      const list: number[] = []
      for await (const { seq } of anchor.list()) list.push(seq)
      return list
    }

    test('are none before the first', async () => {
      expect(await numbers()).toEqual([])
    })

    test('stand in the order of their numbers, each with its own hash', async () => {
      for (const [seq, digit] of [
        [1000, 'c'],
        [9, 'a'],
        [10, 'b'],
      ] as const) {
        expect(await anchor.put({ seq, hash: hash(digit) })).toBe('written')
      }
      expect(await numbers()).toEqual([9, 10, 1000])
      const held: string[] = []
      for await (const each of anchor.list()) {
        for (const digit of ['a', 'b', 'c'])
          if (await each.holds(hash(digit))) held.push(`${each.seq} ${digit}`)
        expect(Date.parse(each.at)).not.toBeNaN()
        expect(each.isCovered).toBe(false)
      }
      expect(held).toEqual(['9 a', '10 b', '1000 c'])
    })

    test('are written once: the same head is known, another one is told', async () => {
      expect(await anchor.put({ seq: 5, hash: hash('a') })).toBe('written')
      const twin = await place.open()
      expect(await twin.put({ seq: 5, hash: hash('a') })).toBe('same')
      expect(await twin.put({ seq: 5, hash: hash('b') })).toBe('other')
      await twin.close()
      expect(await numbers()).toEqual([5])
      for await (const each of anchor.list()) expect(await each.holds(hash('a'))).toBe(true)
    })

    test('of two that write one number at once, one is written', async () => {
      const twin = await place.open()
      const both = await Promise.all([
        anchor.put({ seq: 7, hash: hash('a') }),
        twin.put({ seq: 7, hash: hash('b') }),
      ])
      await twin.close()
      expect(both.toSorted()).toEqual(['other', 'written'])
    })

    test('that were written over are what was written first, and it is told', async () => {
      await anchor.put({ seq: 3, hash: hash('a') })
      await place.overwrite(3, hash('b'))
      for await (const each of anchor.list()) {
        expect(each.isCovered).toBe(true)
        expect(await each.holds(hash('a'))).toBe(true)
        expect(await each.holds(hash('b'))).toBe(false)
      }
      expect(await anchor.put({ seq: 3, hash: hash('b') })).toBe('other')
    })
  })
}
