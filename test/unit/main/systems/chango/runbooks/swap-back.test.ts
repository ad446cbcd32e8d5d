import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ActionStep } from '../../../../../../src/main/ports/runbook.ts'
import { ch6 } from '../../../../../../src/main/systems/chango/runbooks/ch-6.ts'
import { deathsAt, dyingHost, stepOn } from '../../../../../support/dying-host.ts'
import { plant, scratch, shapeOf } from '../../../engine/restore/fixture.ts'

const setting = {
  cluster: {
    name: 'payments',
    system: 'chango' as const,
    connection: {
      masters: ['http://chango-1.example:8080'],
      hosts: ['chango@chango-1.example'],
      ssh: { keyFiles: [], keyCredential: null, sudoCredential: null, hostKeys: [] },
    },
  },
  inputs: { zookeeper: 'zk-1:2181,zk-2:2181,zk-3:2181' },
}

function swapStep(): ActionStep {
  const step = ch6.steps(setting).find(({ id }) => id === 'swap-back')
  if (step?.kind !== 'action') throw new Error('there is no such step')
  return step
}

const before = {
  'kms.before-restore-500/CURRENT': 'old',
  'iam.before-restore-500/CURRENT': 'old',
  'metadata.before-restore-500/CURRENT': 'old',
}
const restored = { 'kms/CURRENT': 'new', 'iam/CURRENT': 'new', 'metadata/CURRENT': 'new' }

describe.each([
  ['all three stores', { ...before, ...restored }],
  ['a restored state that lacks a store', { ...before, 'kms/CURRENT': 'new', 'iam/CURRENT': 'new' }],
  ['no restored state at all', before],
])('What stood there before a restore, with %s', (_what, tree) => {
  function open(folder: string) {
    const root = join(folder, 'data')
    plant(root, tree)
    const { host, ...death } = dyingHost(join(folder, 'host'))
    const context = stepOn(host, { 'root.1': root, aside: '500', 'aside.names': 'kms iam metadata' })
    return { ...death, context, shape: () => shapeOf(root) }
  }

  test('is back whatever rename the first try died at, and what it replaced comes back as it was', async () => {
    const step = swapStep()
    for (const death of deathsAt(7)) {
      using folder = scratch()
      const place = open(folder.path)
      const old = place.shape()
      place.dieAt(death)
      await step.act(place.context).catch(() => null)
      place.hasDied()
      expect(await step.act(place.context)).toMatchObject({ state: 'done' })
      const now = place.shape()
      expect(['kms', 'iam', 'metadata'].map((name) => now[`${name}/CURRENT`])).toEqual(['old', 'old', 'old'])
      place.dieAt(death)
      await step.takeBack?.(place.context).catch(() => null)
      place.hasDied()
      expect(await step.takeBack?.(place.context)).toMatchObject({ state: 'done' })
      expect(place.shape(), `died ${death.when} rename ${death.die}`).toEqual(old)
    }
  })

  test('is aside again where its return died and is taken back', async () => {
    const step = swapStep()
    for (const death of deathsAt(6)) {
      using folder = scratch()
      const place = open(folder.path)
      const old = place.shape()
      place.dieAt(death)
      await step.act(place.context).catch(() => null)
      place.hasDied()
      expect(await step.takeBack?.(place.context)).toMatchObject({ state: 'done' })
      expect(place.shape(), `died ${death.when} rename ${death.die}`).toEqual(old)
    }
  })
})
