import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  patchesAside,
  patchesBack,
  patchesOf,
  patchMoments,
} from '../../../../../../src/main/systems/chango/runbooks/patches-back.ts'
import type { Site } from '../../../../../../src/main/systems/chango/runbooks/site.ts'
import { deathsAt, dyingHost, stepOn } from '../../../../../support/dying-host.ts'
import { plant, scratch, shapeOf } from '../../../engine/restore/fixture.ts'

const ssh = { keyFiles: [], keyCredential: null, sudoCredential: null, hostKeys: [] }
const first = { address: 'host-1', ssh }
const site = { first, hosts: [first], others: [], user: 'root', home: '/nowhere' } as unknown as Site

function open(folder: string, tree: Readonly<Record<string, string>>, stores = 'data') {
  const base = join(folder, 'base')
  plant(join(base, 'master'), tree)
  const { host, ...death } = dyingHost(join(folder, 'host'))
  const known = { 'root.1': join(folder, stores), 'base.1': base, [patchesAside]: '500' }
  return { ...death, context: stepOn(host, known), shape: () => shapeOf(join(base, 'master')) }
}

const restored = { 'patches/1.jar': 'new' }
const old = { 'patches.before-restore-500/1.jar': 'old' }
/** Nothing stood there before the restore. */
const none = { 'patches.before-restore-500': '' }

describe.each([
  ['other patches', { ...old, ...restored }, 'old'],
  ['none', { ...none, ...restored }, undefined],
  ['other patches, and the restored ones are gone', old, 'old'],
])('Patches that a restore has placed, where %s stood before it', (_what, tree, stood) => {
  test('give way whatever rename the first try died at, and come back as they were', async () => {
    const step = patchesBack(site)
    for (const death of deathsAt(3)) {
      using folder = scratch()
      const place = open(folder.path, tree)
      const before = place.shape()
      place.dieAt(death)
      await step.act(place.context).catch(() => null)
      place.hasDied()
      const found = await step.look(place.context)
      expect(found.state === 'done').toBe(!('patches.before-restore-500' in topOf(place.shape())))
      expect(await step.act(place.context)).toMatchObject({ state: 'done' })
      expect(place.shape()['patches/1.jar']).toBe(stood)
      place.dieAt(death)
      await step.takeBack?.(place.context).catch(() => null)
      place.hasDied()
      for (const _ of ['', 'again']) {
        expect(await step.takeBack?.(place.context)).toMatchObject({ state: 'done' })
        expect(place.shape(), `died ${death.when} rename ${death.die}`).toEqual(before)
      }
    }
  })
})

test('Patches that a master has made where none stood are kept when the restored ones come back', async () => {
  using folder = scratch()
  const place = open(folder.path, { ...none, ...restored })
  const step = patchesBack(site)
  await step.act(place.context)
  plant(join(folder.path, 'base/master'), { 'patches/own.jar': 'made since' })
  expect(await step.takeBack?.(place.context)).toMatchObject({ state: 'done' })
  expect(place.shape()).toMatchObject({ ...none, ...restored, 'patches.undone-5000/own.jar': 'made since' })
})

test('Patches of one folder with the stores go with these, and names of others are no moments', async () => {
  using folder = scratch()
  const tree = { ...old, 'patches.before-restore-x/1': '', 'kms.before-restore-500/CURRENT': '', 'a b': '' }
  expect(await patchMoments(site, open(folder.path, tree).context)).toEqual([500])
  using same = scratch()
  expect(await patchMoments(site, open(same.path, tree, 'base/master').context)).toEqual([])
  using empty = scratch()
  expect(await patchMoments(site, open(empty.path, {}).context)).toEqual([])
})

test.each([
  [900, [500], [900], 500],
  [900, [500, 700], [900], 700],
  [900, [900], [900], 900],
  // Placed by the restore before, or after the one that is gone back behind.
  [900, [500], [600, 900], null],
  [900, [950], [900, 1000], null],
  [600, [500, 800], [600, 900], 500],
  [900, [], [900], null],
])('The patches of the stores of %j, of %j beside the stores of %j, are %j', (at, patches, stores, found) => {
  expect(patchesOf(at, { patches, stores })).toBe(found)
})

function topOf(shape: Readonly<Record<string, string>>): Record<string, true> {
  return Object.fromEntries(Object.keys(shape).map((name) => [name.split('/')[0] ?? '', true]))
}
