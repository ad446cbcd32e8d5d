import { describe, expect, test } from 'vitest'
import { crumbsOf, savedShare, usageBars } from '../../../../../src/renderer/areas/repositories/model.ts'

const usage = {
  asOf: '2026-11-21T02:00:00Z',
  objects: 51,
  storedBytes: 750,
  withoutSharingBytes: 1000,
  manifestBytes: 10,
  backups: 24,
  stores: [
    { store: 'joblog', objects: 24, bytes: 400 },
    { store: 'kms', objects: 2, bytes: 100 },
  ],
  orphans: { objects: 0, bytes: 0, listed: [], note: null },
}

describe('The usage of a repository', () => {
  test('says what share of whole copies is saved by sharing', () => {
    expect(savedShare(usage)).toBe(0.25)
    expect(savedShare({ ...usage, storedBytes: 1200 })).toBe(0)
    expect(savedShare({ ...usage, storedBytes: 0, withoutSharingBytes: 0 })).toBeNull()
  })

  test('draws stores, manifests and orphans to one scale', () => {
    const bars = usageBars({ ...usage, orphans: { ...usage.orphans, objects: 3, bytes: 800 } })
    expect(bars.map(({ name, share }) => [name, share])).toEqual([
      ['joblog', 0.5],
      ['kms', 0.125],
      ['manifests', 0.0125],
      ['orphans', 1],
    ])
  })
})

test('A prefix is walked folder by folder, also through a folder without a name', () => {
  expect(crumbsOf('')).toEqual([])
  expect(crumbsOf('a/b/')).toEqual([
    { name: 'a', prefix: 'a/' },
    { name: 'b', prefix: 'a/b/' },
  ])
  expect(crumbsOf('a//')).toEqual([
    { name: 'a', prefix: 'a/' },
    { name: '', prefix: 'a//' },
  ])
})
