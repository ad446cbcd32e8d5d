import { expect, test } from 'vitest'
import { matching, meantClusters, type PaletteItem } from '../../../../../src/renderer/app/palette/items.ts'

function item(name: string, more: Partial<PaletteItem> = {}): PaletteItem {
  return { id: name, icon: null, name, run: () => undefined, ...more }
}

function names(items: readonly PaletteItem[], query: string): readonly string[] {
  return matching([{ name: 'All', items }], query).flatMap((group) => group.items.map(({ name }) => name))
}

test('every word of the query has to stand somewhere in the name, the note or the further words', () => {
  const items = [
    item('20261121T020000Z', { note: 'kiok-prod, newest' }),
    item('kiok-prod', { also: 'cluster' }),
    item('Settings'),
  ]
  expect(names(items, 'PROD newest')).toEqual(['20261121T020000Z'])
  expect(names(items, 'cluster')).toEqual(['kiok-prod'])
  expect(names(items, 'nothing')).toEqual([])
})

test('what begins with the query stands before what contains it', () => {
  expect(names([item('my chain'), item('chain map')], 'chain')).toEqual(['chain map', 'my chain'])
})

test('what stands in two groups is shown in the first of them', () => {
  const unlock = item('Unlock the vault…')
  const groups = matching(
    [
      { name: 'The worst cluster', items: [unlock] },
      { name: 'Actions', items: [unlock, item('Unlock nothing')] },
    ],
    'unlock',
  )
  expect(groups.map(({ name, items }) => [name, ...items.map((each) => each.name)])).toEqual([
    ['The worst cluster', 'Unlock the vault…'],
    ['Actions', 'Unlock nothing'],
  ])
})

test('a group shows at most seven lines, and an empty group is not shown', () => {
  const many = Array.from({ length: 20 }, (_, place) => item(`backup ${place}`))
  expect(names(many, 'backup')).toHaveLength(7)
  expect(matching([{ name: 'None', items: [] }], '')).toEqual([])
})

test('of a large fleet the clusters that are named offer their actions, the one of exactly this name first', () => {
  const clusters = Array.from({ length: 200 }, (_, place) => ({ name: `kiok-${place}` }))
  const meant = meantClusters(clusters, 'Restore KIOK-150').map(({ name }) => name)
  expect(meant[0]).toBe('kiok-150')
  expect(meantClusters(clusters, 'verify kiok-15').map(({ name }) => name)).toContain('kiok-159')
  expect(meantClusters(clusters, 'verify')).toEqual(clusters.slice(0, 20))
})

test('the group of what begins with the query comes before groups that only hold its letters', () => {
  const groups = [
    { name: 'Actions', items: [item('Preview what retention deletes', { also: 'what goes' })] },
    { name: 'Runbooks', items: [item('Go on with the recovery of kiok-prod')] },
  ]
  expect(matching(groups, 'go on').map(({ name }) => name)).toEqual(['Runbooks', 'Actions'])
  expect(matching(groups, '').map(({ name }) => name)).toEqual(['Actions', 'Runbooks'])
})
