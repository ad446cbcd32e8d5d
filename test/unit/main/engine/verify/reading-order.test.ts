import { describe, expect, test } from 'vitest'
import { readingOrder } from '../../../../../src/main/engine/verify/reading-order.ts'
import type { ObjectInfo } from '../../../../../src/main/ports/object-store.ts'

const large = 1024 * 1024 * 1024

function object(key: string, sizeBytes: number): ObjectInfo {
  return { key, sizeBytes, etag: null, modifiedAt: null, versionId: null }
}

function orderOf(sizes: Readonly<Record<string, number>>, workers: number) {
  const infos = Object.entries(sizes).map(([key, sizeBytes]) => object(key, sizeBytes))
  return readingOrder(infos, workers).map(({ infos: batch, ...how }) => ({
    keys: batch.map(({ key }) => key),
    ...how,
  }))
}

describe('Objects are read', () => {
  test('small ones first and many at once, large ones one a worker in one stream each', () => {
    expect(orderOf({ a: large, b: 5, c: large, d: 0 }, 2)).toEqual([
      { keys: ['b', 'd'], atOnce: 8, rangesAtOnce: 1 },
      { keys: ['a', 'c'], atOnce: 2, rangesAtOnce: 1 },
    ])
  })

  test('a single large one in as many ranges as the store finds useful', () => {
    expect(orderOf({ a: large }, 4)[1]).toEqual({ keys: ['a'], atOnce: 1, rangesAtOnce: Infinity })
    expect(orderOf({ a: large, b: large }, 1)[1]).toMatchObject({ atOnce: 1, rangesAtOnce: Infinity })
  })
})
