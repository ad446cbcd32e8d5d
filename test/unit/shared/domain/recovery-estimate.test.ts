import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expectedTime, lossOf, timeLeft } from '../../../../src/shared/domain/recovery-estimate.ts'

const unknownTime = { backupId: 'b3', at: null, notBefore: null, notAfter: null }
const failure = { lastGoodAt: null, firstBadAt: '2026-11-21T02:00:00.000Z' }
/** As they read. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ')

describe('what is lost with a backup', () => {
  test('is the time from the backup to the failure', () => {
    const loss = lossOf({ ...unknownTime, at: '2026-11-20T19:50:00.000Z' }, failure)
    expect(loss).toMatchObject({ leastMs: 22_200_000, mostMs: 22_200_000 })
    expect(plain(loss.sentence)).toBe(
      '6 h 10 m of changes are lost: from 2026-11-20T19:50:00.000Z, when b3 was made, to the failure at 2026-11-21T02:00:00.000Z.',
    )
  })

  test('is a range where it was last seen good before it was first seen bad', () => {
    const loss = lossOf(
      { ...unknownTime, at: '2026-11-21T01:00:00.000Z' },
      { ...failure, lastGoodAt: '2026-11-21T01:45:00.000Z' },
    )
    expect(plain(loss.sentence)).toMatch(
      /^Between 45 m and 1 h 00 m of changes are lost: .* to the failure, between /,
    )
  })

  test('is a range where the time of the backup is not known', () => {
    const between = {
      ...unknownTime,
      notBefore: '2026-11-20T02:00:00.000Z',
      notAfter: '2026-11-21T01:00:00.000Z',
    }
    expect(lossOf(between, failure)).toMatchObject({ leastMs: 3_600_000, mostMs: 86_400_000 })
    expect(plain(lossOf({ ...between, notBefore: null }, failure).sentence)).toMatch(
      /^At least 1 h 00 m of changes are lost, and nobody can say how much more: from some time before 2026-11-21T01:00/,
    )
    expect(lossOf(unknownTime, failure)).toEqual({
      leastMs: 0,
      mostMs: null,
      sentence:
        'How much is lost cannot be said: when b3 was made is not known, to the failure at 2026-11-21T02:00:00.000Z.',
    })
  })

  test('goes on until the restore where the cluster does', () => {
    const made = { backupId: 'b3', at: '2026-11-20T19:50:00.000Z', notBefore: null, notAfter: null }
    const ends = { lastGoodAt: null, firstBadAt: '2026-11-21T02:00:00.000Z', isRestore: true }
    expect(plain(lossOf(made, ends).sentence)).toBe(
      '6 h 10 m of changes are lost: from 2026-11-20T19:50:00.000Z, when b3 was made, to the restore, as decided at 2026-11-21T02:00:00.000Z.',
    )
    expect(lossOf({ ...made, isReplayed: true }, ends).sentence).toContain(
      'from 2026-11-20T19:50:00.000Z, up to which b3 and its log reach, to the restore',
    )
  })

  test('is never less than nothing, and the least is never more than the most', () => {
    const time = fc.option(
      fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((at) => at.toISOString()),
    )
    fc.assert(
      fc.property(time, time, time, time, (at, notBefore, notAfter, lastGoodAt) => {
        const { leastMs, mostMs } = lossOf(
          { backupId: 'b', at, notBefore, notAfter },
          { ...failure, lastGoodAt },
        )
        expect(leastMs).toBeGreaterThanOrEqual(0)
        if (mostMs !== null) expect(mostMs).toBeGreaterThanOrEqual(leastMs)
      }),
      { seed: 5 },
    )
  })
})

describe('how long a step takes', () => {
  const documented = { ms: 120_000, source: 'documented' } as const

  test('is the median of the newest five times that it took here', () => {
    expect(expectedTime([900_000, 10, 20, 30, 40, 50], documented)).toEqual({
      ms: 30,
      from: 'measured',
      times: 5,
    })
    expect(expectedTime([10, 20], documented)).toEqual({ ms: 20, from: 'measured', times: 2 })
  })

  test('is what its runbook says where it was never measured, and nothing where that is silent', () => {
    expect(expectedTime([], documented)).toEqual({ ms: 120_000, from: 'documented', times: 0 })
    expect(expectedTime([], null)).toBeNull()
  })
})

describe('what is left of a run', () => {
  const step = (
    ms: number,
    from: 'measured' | 'documented' | 'assumed',
    runsForMs: number | null = null,
  ) => ({
    expected: { ms, from },
    runsForMs,
  })

  test('is the sum of the steps to come, and says where it comes from', () => {
    const left = timeLeft([step(60_000, 'measured'), step(120_000, 'documented'), step(60_000, 'assumed')])
    expect(left.leftMs).toBe(240_000)
    expect(plain(left.sentence)).toBe(
      'About 4 m for 3 steps to come: 1 as measured on this cluster, 1 as documented, 1 as assumed.',
    )
  })

  test('is at least that where a step has no time, and unknown where none has one', () => {
    const silent = { expected: null, runsForMs: null }
    expect(plain(timeLeft([step(60_000, 'measured'), silent]).sentence)).toBe(
      'At least 1 m for 2 steps to come: 1 as measured on this cluster, 1 without a time.',
    )
    expect(timeLeft([silent]).leftMs).toBeNull()
    expect(timeLeft([])).toEqual({ leftMs: 0, sentence: 'Every step is behind.' })
  })

  test('counts what has passed of the step at hand, and never less than nothing', () => {
    expect(timeLeft([step(60_000, 'measured', 45_000)]).leftMs).toBe(15_000)
    expect(timeLeft([step(60_000, 'measured', 90_000)]).leftMs).toBe(0)
  })
})
