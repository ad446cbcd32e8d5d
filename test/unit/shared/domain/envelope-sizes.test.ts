import { describe, expect, test } from 'vitest'
import {
  lastSegmentBytes,
  sealedSizeBytes,
  segmentCount,
} from '../../../../src/shared/domain/envelope-sizes.ts'

describe('sizes of an envelope', () => {
  test('an empty store has one empty segment', () => {
    expect([segmentCount(0, 65_536), lastSegmentBytes(0, 65_536)]).toEqual([1, 0])
    expect(sealedSizeBytes(100, 0, 65_536)).toBe(8 + 100 + 16)
  })

  test('a store that ends at a segment edge has a full last segment, never an empty one more', () => {
    expect([segmentCount(131_072, 65_536), lastSegmentBytes(131_072, 65_536)]).toEqual([2, 65_536])
    expect([segmentCount(131_073, 65_536), lastSegmentBytes(131_073, 65_536)]).toEqual([3, 1])
    expect([segmentCount(1, 65_536), lastSegmentBytes(1, 65_536)]).toEqual([1, 1])
    expect(sealedSizeBytes(300, 131_073, 65_536)).toBe(8 + 300 + 131_073 + 48)
  })

  test('one byte too many is one segment more, even where a quotient has no room for the fraction', () => {
    const segmentBytes = 16 * 1024 * 1024 - 1
    const full = segmentBytes * (2 ** 29 - 1)
    expect(Number.isSafeInteger(full + 1)).toBe(true)
    expect(segmentCount(full, segmentBytes)).toBe(2 ** 29 - 1)
    expect(segmentCount(full + 1, segmentBytes)).toBe(2 ** 29)
    expect(lastSegmentBytes(full + 1, segmentBytes)).toBe(1)
  })
})
