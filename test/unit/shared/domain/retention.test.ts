import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { retain, type RetentionBackup, type RetentionRules } from '../../../../src/shared/domain/retention.ts'
import { tries } from '../../../support/tries.ts'

const nowMs = Date.parse('2026-11-21T00:00:00Z')
const dayMs = 86_400_000

/** A backup so many days old. */
function backup(days: number | null, rest: Partial<RetentionBackup> = {}): RetentionBackup {
  return {
    backupId: `b${days}`,
    createdAt: days === null ? null : new Date(nowMs - days * dayMs).toISOString(),
    cluster: null,
    restorability: 'restorable',
    isEmpty: false,
    heldBecause: null,
    needs: [],
    ...rest,
  }
}

const empty = { restorability: 'notRestorable', isEmpty: true } as const
const bad = { restorability: 'notRestorable' } as const
const unproved = { restorability: 'notProved' } as const

const last = (keepLast: number): RetentionRules => ({ keepLast, keepDays: null, atMost: null })
const days = (keepDays: number, atMost: number | null = null): RetentionRules => ({
  keepLast: null,
  keepDays,
  atMost,
})

function reasons(backups: readonly RetentionBackup[], rules: RetentionRules) {
  return Object.fromEntries(
    retain(backups, rules, nowMs).map(({ backupId, fate, reason }) => [backupId, `${fate}: ${reason}`]),
  )
}

function kept(backups: readonly RetentionBackup[], rules: RetentionRules): readonly string[] {
  return retain(backups, rules, nowMs)
    .filter(({ fate }) => fate === 'keep')
    .map(({ backupId }) => backupId)
}

describe('What is kept', () => {
  test('are the newest so many, and all that are young enough', () => {
    const week = [0, 1, 2, 3, 4, 5, 6].map((age) => backup(age))
    expect(kept(week, last(3))).toEqual(['b0', 'b1', 'b2'])
    expect(kept(week, days(5))).toEqual(['b0', 'b1', 'b2', 'b3', 'b4'])
    expect(kept(week, { keepLast: 3, keepDays: 5, atMost: null })).toHaveLength(5)
  })

  test('has its reason in words, and so has what goes', () => {
    const backups = [
      backup(1, unproved),
      backup(2),
      backup(3, empty),
      backup(4),
      backup(9, { heldBecause: 'Held: it was named to be kept.' }),
      backup(20),
    ]
    expect(reasons([...backups, backup(null)], { keepLast: 2, keepDays: 4, atMost: null })).toEqual({
      b1: 'keep: Newer than the newest one that is proved to be whole.',
      b2: 'keep: The newest one that is proved to be whole is never deleted.',
      b3: 'keep: Younger than 4 days.',
      b4: 'keep: One of the newest 2 that are proved to be whole.',
      b9: 'keep: Held: it was named to be kept.',
      b20: 'delete: It is older than 4 days, and it is not one of the newest 2.',
      bnull: 'keep: Its time is not known, so nobody can say that it is old.',
    })
  })

  test('is not called one of the newest where damaged ones are newer, but by what they are passed over for', () => {
    const backups = [backup(1, bad), backup(2, bad), backup(3), backup(4), backup(5)]
    expect(reasons(backups, last(2))).toMatchObject({
      b4: 'keep: One of the newest 2 that are not known to be bad.',
      b5: 'delete: It is not one of the newest 2.',
    })
  })

  test('is the newest good one, however old it is and however many newer ones are damaged', () => {
    const backups = [backup(1, bad), backup(2, bad), backup(400), backup(401), backup(402)]
    expect(kept(backups, days(7))).toEqual(['b1', 'b2', 'b400'])
    expect(kept(backups, last(1))).toEqual(['b1', 'b2', 'b400'])
  })

  test('is everything while nothing is proved, but what is proved to hold nothing', () => {
    const backups = [backup(10, unproved), backup(20, bad), backup(30, empty), backup(40, unproved)]
    expect(kept(backups, { keepLast: 1, keepDays: 1, atMost: 1 })).toEqual(['b10', 'b20', 'b40'])
  })

  test('is no damaged or empty one in the place of another', () => {
    const backups = [backup(1), backup(2, bad), backup(3, empty), backup(4), backup(5)]
    expect(kept(backups, last(2))).toEqual(['b1', 'b4'])
  })

  test('is at most so many for being young, those that hold something first', () => {
    const backups = [backup(0, empty), backup(1, empty), backup(2), backup(3, empty), backup(4), backup(9)]
    expect(kept(backups, days(7, 3))).toEqual(['b0', 'b2', 'b4'])
    expect(reasons(backups, days(7, 3))).toMatchObject({
      b0: 'keep: Younger than 7 days, and one of at most 3.',
      b1: 'delete: It holds nothing, and it is beyond the 3 that are kept for being young.',
      b9: 'delete: It is older than 7 days.',
    })
    expect(kept(backups, days(7, 1))).toEqual(['b2'])
  })

  test('is what a kept one needs, and what that needs in turn', () => {
    const backups = [
      backup(1, { needs: ['b8'] }),
      backup(2, { needs: ['b8'] }),
      backup(7),
      backup(8, { needs: ['b9', 'gone'] }),
      backup(9),
      backup(10),
    ]
    expect(reasons(backups, last(2))).toMatchObject({
      b7: 'delete: It is not one of the newest 2.',
      b8: 'keep: b1 and 1 more need an object that lies here.',
      b9: 'keep: b8 needs an object that lies here.',
      b10: 'delete: It is not one of the newest 2.',
    })
  })

  test('is all that one that cannot be read may need', () => {
    const backups = [backup(1), backup(2), backup(3, { ...bad, needs: null }), backup(4)]
    expect(reasons(backups, last(1))).toMatchObject({
      b2: expect.stringMatching(/^delete/),
      b3: 'keep: It cannot be read, so what it needs is not known.',
      b4: 'keep: What b3 needs cannot be read, and it may be this one.',
    })
    expect(kept([...backups, backup(null, { needs: null })], last(1))).toHaveLength(5)
  })

  test('is told for each cluster by itself where two share a repository', () => {
    const backups = [
      backup(1, { cluster: 'a' }),
      backup(2, { cluster: 'a' }),
      backup(100, { cluster: 'b' }),
      backup(200, { cluster: 'b' }),
    ]
    expect(kept(backups, days(7))).toEqual(['b1', 'b2', 'b100'])
  })
})

describe('Whatever the backups and the rules', () => {
  const rules = fc.record({
    keepLast: fc.option(fc.integer({ min: 1, max: 6 })),
    keepDays: fc.option(fc.integer({ min: 1, max: 30 })),
    atMost: fc.option(fc.integer({ min: 1, max: 6 })),
  })
  const kinds = fc.constantFrom<Partial<RetentionBackup>>({}, {}, unproved, bad, empty)
  /** Newest first, those without a time last, as every list of them is. */
  const repository = fc
    .array(
      fc.record({
        age: fc.option(fc.integer({ min: -2, max: 60 }), { freq: 12 }),
        kind: kinds,
        cluster: fc.constantFrom('a', 'a', 'b'),
        needs: fc.oneof(
          { weight: 12, arbitrary: fc.array(fc.nat({ max: 14 }), { maxLength: 3 }) },
          { weight: 1, arbitrary: fc.constant(null) },
        ),
        held: fc.nat({ max: 9 }),
      }),
      { maxLength: 14 },
    )
    .map((list) =>
      list
        .toSorted((a, b) => (a.age ?? Infinity) - (b.age ?? Infinity))
        .map(({ age, kind, cluster, held, needs }, place) =>
          backup(age, {
            backupId: `b${place}`,
            cluster,
            heldBecause: held === 0 ? 'Held: it was named.' : null,
            needs: needs?.map((other) => `b${other}`) ?? null,
            ...kind,
          }),
        ),
    )
  const check = (
    property: (backups: readonly RetentionBackup[], rules: RetentionRules, kept: ReadonlySet<string>) => void,
  ): void =>
    fc.assert(
      fc.property(repository, rules, (backups, given) =>
        property(backups, given, new Set(kept(backups, given))),
      ),
      { seed: 11, numRuns: tries(2000) },
    )
  const isProved = ({ restorability }: RetentionBackup): boolean => restorability === 'restorable'

  test('the newest proved backup of each cluster is kept, and all of it that is newer and not empty', () => {
    check((backups, _, there) => {
      for (const group of Map.groupBy(backups, ({ cluster }) => cluster).values()) {
        const place = group.findIndex(isProved)
        const protectedOnes = place < 0 ? group : group.slice(0, place + 1)
        for (const each of protectedOnes) if (!each.isEmpty) expect(there).toContain(each.backupId)
      }
    })
  })

  test('held ones and those without a time are kept', () => {
    check((backups, _, there) => {
      for (const { heldBecause, createdAt, backupId } of backups)
        if (heldBecause !== null || createdAt === null) expect(there).toContain(backupId)
    })
  })

  test('as many proved ones are kept as were asked for, the newest', () => {
    check((backups, { keepLast }, there) => {
      for (const group of Map.groupBy(backups, ({ cluster }) => cluster).values())
        for (const { backupId } of group.filter(isProved).slice(0, keepLast ?? 0))
          expect(there).toContain(backupId)
    })
  })

  test('all that are young enough are kept, unless a number is set', () => {
    check((backups, { keepDays, atMost }, there) => {
      if (keepDays === null || atMost !== null) return
      for (const { createdAt, backupId } of backups)
        if (createdAt !== null && nowMs - Date.parse(createdAt) < keepDays * dayMs)
          expect(there).toContain(backupId)
    })
  })

  test('what a kept one needs is kept', () => {
    check((backups, _, there) => {
      const known = new Set(backups.map(({ backupId }) => backupId))
      for (const { backupId, needs } of backups)
        if (there.has(backupId)) for (const id of needs ?? []) if (known.has(id)) expect(there).toContain(id)
    })
  })

  test('nothing older than one that cannot be read goes', () => {
    check((backups, _, there) => {
      const place = backups.findIndex(({ needs }) => needs === null)
      if (place >= 0) for (const { backupId } of backups.slice(place)) expect(there).toContain(backupId)
    })
  })

  test('a rule more, or a wider one, never deletes more', () => {
    check((backups, given, there) => {
      const wider = {
        keepLast: (given.keepLast ?? 0) + 1,
        keepDays: (given.keepDays ?? 0) + 1,
        atMost: given.atMost === null || given.keepDays === null ? null : given.atMost + backups.length,
      }
      const more = new Set(kept(backups, wider))
      for (const id of there) expect(more).toContain(id)
    })
  })

  test('an empty backup changes no other one’s fate', () => {
    check((backups, given) => {
      const alone = backups.map((each) => (each.isEmpty ? { ...each, needs: [] } : each))
      const without = alone.filter(({ isEmpty }) => !isEmpty)
      const expected = new Set(kept(without, given))
      const now = new Set(kept(alone, given))
      for (const { backupId } of without) expect(now.has(backupId)).toBe(expected.has(backupId))
    })
  })

  test('every backup has one row in its place, with a sentence', () => {
    check((backups, given) => {
      const rows = retain(backups, given, nowMs)
      expect(rows.map(({ backupId }) => backupId)).toEqual(backups.map(({ backupId }) => backupId))
      if (given.keepLast !== null || given.keepDays !== null)
        for (const { reason } of rows) expect(reason).toMatch(/^\w.{10,}\.$/)
    })
  })
})
