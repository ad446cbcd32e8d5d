import { describe, expect, test } from 'vitest'
import { againstTarget, measuredRtoMs, newestDrills, tookWords } from '../../../../src/shared/domain/drill.ts'
import { drillTrend } from '../../../../src/shared/domain/drill-trend.ts'
import { estimateRestore } from '../../../../src/shared/domain/restore-estimate.ts'
import { drillOf, mega } from '../../../support/drills.ts'

describe('The measured time of a restore', () => {
  test('is that of every part but the clean-up', () => {
    expect(measuredRtoMs(drillOf({ tookMs: 4_000 }))).toBe(4_000)
  })

  test('is not told of a drill that failed, nor of one whose bytes nothing loads', () => {
    const failed = { kind: 'failed', at: 'read', because: 'It is damaged.' } as const
    expect(measuredRtoMs(drillOf({ outcome: failed }))).toBeNull()
    expect(measuredRtoMs(drillOf({ outcome: { kind: 'readable', because: 'Nothing loads it.' } }))).toBeNull()
  })

  test('keeps a target up to the millisecond, and is held against none where none is set', () => {
    expect(againstTarget(4_000, 4_000)).toBe('within')
    expect(againstTarget(4_001, 4_000)).toBe('over')
    expect(againstTarget(4_000, null)).toBe('noTarget')
    expect(againstTarget(null, 4_000)).toBe('notMeasured')
  })

  test('is told in tenths of a second as long as these matter', () => {
    expect([49, 9_940, 9_950, 65_000].map(tookWords)).toEqual([
      '0.0\u00a0s',
      '9.9\u00a0s',
      '10\u00a0s',
      '1\u00a0m\u00a005\u00a0s',
    ])
  })
})

describe('Drills that are remembered', () => {
  const at = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T03:00:00.000Z`

  test('stand newest first, each once, as the first list has it', () => {
    const ours = [drillOf({ id: 'a', startedAt: at(2), folderStands: false })]
    const theirs = [
      drillOf({ id: 'b', startedAt: at(3) }),
      drillOf({ id: 'a', startedAt: at(2), folderStands: true }),
    ]
    expect(newestDrills(ours, theirs).map(({ id, folderStands }) => `${id} ${folderStands}`)).toEqual([
      'b false',
      'a false',
    ])
  })

  test('are the newest 200', () => {
    const many = Array.from({ length: 250 }, (_, place) =>
      drillOf({ id: String(place), startedAt: new Date(Date.UTC(2026, 0, 1, place)).toISOString() }),
    )
    const kept = newestDrills(many, [])
    expect([kept.length, kept[0]?.id, kept.at(-1)?.id]).toEqual([200, '249', '50'])
  })
})

describe('The trend of drills', () => {
  const of = (...tookMs: readonly number[]) => drillTrend(tookMs.map((each) => drillOf({ tookMs: each })))

  test('needs two that measured something', () => {
    expect(of().direction).toBe('tooFew')
    expect(of(4_000).direction).toBe('tooFew')
    const failed = drillOf({ outcome: { kind: 'failed', at: 'read', because: '' } })
    expect(drillTrend([drillOf(), failed]).direction).toBe('tooFew')
  })

  test('holds the last against the middle of those before it', () => {
    expect(of(8_000, 4_000, 40_000, 4_000)).toEqual({
      direction: 'slower',
      sentence: '100\u00a0% slower: the last took 8.0\u00a0s, the middle of the 3 before it is 4.0\u00a0s.',
    })
    expect(of(2_000, 4_000).direction).toBe('faster')
  })

  test('is steady within a fifth', () => {
    expect(of(4_800, 4_000).direction).toBe('steady')
    expect(of(4_801, 4_000).direction).toBe('slower')
  })
})

describe('The estimate of a restore', () => {
  const work = { proveBytes: 0, storedBytes: 2 * mega, plainBytes: 2 * mega }

  test('is the speed of each part in the last drill, times its bytes, with where it comes from', () => {
    expect(estimateRestore(work, [drillOf({ tookMs: 4_000 })])).toEqual({
      ms: 8_000,
      source: 'Measured in the drill of 2026-11-20 with b1.',
    })
  })

  test('takes the middle of the last five', () => {
    const drills = [1_000, 4_000, 80_000, 4_000, 4_000, 900_000].map((tookMs) => drillOf({ tookMs }))
    expect(estimateRestore(work, drills)).toEqual({
      ms: 8_000,
      source: 'The median of the last 5\u00a0drills, the newest of 2026-11-20.',
    })
  })

  test('counts what has to be proved first', () => {
    expect(estimateRestore({ ...work, proveBytes: mega }, [drillOf({ tookMs: 4_000 })])?.ms).toBe(9_000)
  })

  test('is none without a drill, after a failed one, or of a restore that is far larger', () => {
    expect(estimateRestore(work, [])).toBeNull()
    const failed = drillOf({ outcome: { kind: 'failed', at: 'read', because: '' } })
    expect(estimateRestore(work, [failed])).toBeNull()
    expect(estimateRestore({ ...work, plainBytes: 21 * mega }, [drillOf()])).toBeNull()
  })
})

describe('Drills by the system’s own tool', () => {
  const byTool = (tookMs: number, plainBytes = mega) =>
    drillOf({
      plainBytes,
      phases: [
        { name: 'prove', tookMs: 0, bytes: 0 },
        { name: 'tool', tookMs: tookMs / 2, bytes: plainBytes },
        { name: 'replay', tookMs: tookMs / 2, bytes: plainBytes },
        { name: 'ask', tookMs: 60_000, bytes: plainBytes },
        { name: 'cleanUp', tookMs: 9_000, bytes: plainBytes },
      ],
    })

  test('measure the restore and the replay, and not what is asked afterwards', () => {
    expect(measuredRtoMs(byTool(8_000))).toBe(8_000)
  })

  test('are compared among themselves, and say nothing of restores by bytes', () => {
    expect(drillTrend([byTool(8_000), drillOf({ tookMs: 100 }), byTool(8_000)]).direction).toBe('steady')
    expect(drillTrend([byTool(8_000), drillOf({ tookMs: 100 })]).direction).toBe('tooFew')
    const work = { proveBytes: 0, storedBytes: mega, plainBytes: 2 * mega }
    expect(estimateRestore(work, [byTool(8_000)])).toBeNull()
    expect(estimateRestore({ ...work, byTool: true }, [drillOf()])).toBeNull()
    expect(estimateRestore({ ...work, byTool: true }, [byTool(8_000)])?.ms).toBe(16_000)
  })
})
