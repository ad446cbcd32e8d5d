import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ActionStep } from '../../../../../../src/main/ports/runbook.ts'
import { placeParts } from '../../../../../../src/main/systems/chango/runbooks/placed-patches.ts'
import type { Site } from '../../../../../../src/main/systems/chango/runbooks/site.ts'
import { deathsAt, dyingHost, stepOn } from '../../../../../support/dying-host.ts'
import { plant, scratch, shapeOf } from '../../../engine/restore/fixture.ts'

const ssh = { keyFiles: [], keyCredential: null, sudoCredential: null, hostKeys: [] }
const first = { address: 'host-1', ssh }
const site = {
  first,
  hosts: [first],
  others: [],
  user: 'root',
  home: '/nowhere',
  data: '/data',
} as unknown as Site
/** Scratch folders are in memory where there is such a place; this is on a disk. */
const other = '/var/tmp'

function placeStep(): ActionStep {
  const step = placeParts(site).find(({ id }) => id === 'place-patches')
  if (step?.kind !== 'action') throw new Error('there is no such step')
  return step
}

/** Two folders, of which the second may be on another file system, and this machine as their host. */
function openPlace(folder: string, isFar: boolean) {
  const data = join(folder, 'data')
  const far = join(other, `hf-patches-${randomUUID()}`)
  const base = isFar ? far : join(folder, 'base')
  for (const each of [data, join(base, 'master')]) mkdirSync(each, { recursive: true })
  const { host, dieAt, hasDied } = dyingHost(join(folder, 'host'))
  const context = stepOn(host, { 'root.1': data, 'base.1': base })
  return {
    context,
    plant(tree: Readonly<Record<string, string>>): void {
      for (const [name, text] of Object.entries(tree)) {
        const [side = '', ...rest] = name.split('/')
        plant(side === 'data' ? data : base, { [rest.join('/')]: text })
      }
    },
    /** Of both folders, without what the run has put aside. */
    shape(): Record<string, string> {
      const all = { ...prefixed('data', shapeOf(data)), ...prefixed('base', shapeOf(base)) }
      return Object.fromEntries(
        Object.entries(all).filter(([name]) => !/\.(before|undone|copied)/.test(name)),
      )
    },
    asides: () => Object.keys({ ...shapeOf(data), ...shapeOf(base) }),
    dieAt,
    hasDied,
    [Symbol.dispose]: () => rmSync(far, { recursive: true, force: true }),
  }
}

function prefixed(prefix: string, shape: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(shape).map(([name, value]) => [`${prefix}/${name}`, value]))
}

const hasOther =
  existsSync('/dev/shm') && existsSync(other) && statSync(other).dev !== statSync('/dev/shm').dev
const fresh = { 'data/patches/1.bin': 'restored' }
const standing = { 'base/master/patches/1.bin': 'old' }

describe.each([
  ['beside', false],
  ['on another file system', true],
] as const)('Patches that belong into a folder %s', (_name, isFar) => {
  describe.each([
    ['over others', { ...fresh, ...standing }],
    ['where none are', fresh],
  ])('%s', (_what, before) => {
    test('get there whatever rename the first try died at, and come back', async (context) => {
      if (isFar && !hasOther) context.skip('this machine has no second file system')
      const step = placeStep()
      for (const when of ['before', 'after'] as const) {
        let died = true
        for (let die = 1; died; die += 1) {
          using folder = scratch()
          using place = openPlace(folder.path, isFar)
          place.plant(before)
          const old = place.shape()
          place.dieAt({ die, when })
          const isWhole = await step.act(place.context).then(
            ({ state }) => state === 'done',
            () => false,
          )
          died = place.hasDied()
          expect(isWhole || died, `${when} rename ${die}`).toBe(true)
          // Half of it is never called done.
          const found = await step.look(place.context)
          expect(found.state === 'done').toBe(place.shape()['base/master/patches/1.bin'] === 'restored')
          expect(await step.act(place.context)).toMatchObject({ state: 'done' })
          const now = place.shape()
          expect([now['base/master/patches/1.bin'], now['data/patches/1.bin']]).toEqual([
            'restored',
            undefined,
          ])
          for (const _ of ['', 'again']) {
            expect(await step.takeBack?.(place.context)).toMatchObject({ state: 'done' })
            expect(place.shape(), `taken back, died ${when} rename ${die}`).toEqual(old)
          }
        }
      }
    })

    test('are as they were where a placing that died is taken back, whatever rename either died at', async (context) => {
      if (isFar && !hasOther) context.skip('this machine has no second file system')
      const step = placeStep()
      const tries = (['placing', 'taking back'] as const).flatMap((of) =>
        deathsAt(4).map((death) => ({ of, death })),
      )
      for (const { of, death } of tries) {
        using folder = scratch()
        using place = openPlace(folder.path, isFar)
        place.plant(before)
        const old = place.shape()
        const ignored = (): null => null
        if (of === 'placing') place.dieAt(death)
        await step.act(place.context).catch(ignored)
        if (of === 'taking back') place.dieAt(death)
        await step.takeBack?.(place.context).catch(ignored)
        place.hasDied()
        expect(await step.takeBack?.(place.context)).toMatchObject({ state: 'done' })
        expect(place.shape(), `${of} died ${death.when} rename ${death.die}`).toEqual(old)
      }
    })
  })

  test('that a backup does not have leave those that stand, also where that is taken back', async (context) => {
    if (isFar && !hasOther) context.skip('this machine has no second file system')
    using folder = scratch()
    using place = openPlace(folder.path, isFar)
    place.plant(standing)
    const old = place.shape()
    const step = placeStep()
    expect(await step.act(place.context)).toMatchObject({ state: 'done' })
    expect(await step.takeBack?.(place.context)).toMatchObject({ state: 'done' })
    expect(place.shape()).toEqual(old)
    expect(place.asides().some((name) => name.includes('before-restore'))).toBe(false)
  })
})
