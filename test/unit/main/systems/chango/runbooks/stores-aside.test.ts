import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Site } from '../../../../../../src/main/systems/chango/runbooks/site.ts'
import { storesAside } from '../../../../../../src/main/systems/chango/runbooks/stores-aside.ts'
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

test('Stores of a master are aside whatever rename the first call died at, and back as they were', async () => {
  const step = storesAside([first], site, { id: 'aside', section: 'restore', title: 'Aside', why: '' })
  for (const death of deathsAt(5)) {
    using folder = scratch()
    const root = join(folder.path, 'data')
    plant(root, { 'kms/CURRENT': 'old', 'iam/CURRENT': 'old', 'zookeeper/1': 'untouched' })
    const before = shapeOf(root)
    const { host, dieAt, hasDied } = dyingHost(join(folder.path, 'host'))
    const context = stepOn(host, { 'root.1': root })

    dieAt(death)
    await step.act(context).catch(() => null)
    const died = hasDied()
    const isAside = Object.keys(shapeOf(root)).every((name) => !/^(kms|iam)\//.test(name))
    expect((await step.look(context)).state === 'done', `died: ${died}`).toBe(isAside)
    expect(await step.act(context)).toMatchObject({ state: 'done' })
    plant(root, { 'kms/CURRENT': 'new' })
    dieAt(death)
    await step.takeBack?.(context).catch(() => null)
    hasDied()
    expect(await step.takeBack?.(context)).toMatchObject({ state: 'done' })
    const { 'kms.undone-5000/': _, 'kms.undone-5000/CURRENT': kept, ...now } = shapeOf(root)
    expect([now, kept], `died ${death.when} rename ${death.die}`).toEqual([before, 'new'])
  }
})

test('Nothing is moved under a master that runs, neither there nor back', async () => {
  using folder = scratch()
  const root = join(folder.path, 'data')
  const home = join(folder.path, 'home')
  plant(root, { 'kms/CURRENT': 'old' })
  plant(home, { 'bin/master.pid': '' })
  const before = shapeOf(root)
  const { host } = dyingHost(join(folder.path, 'host'))
  const context = stepOn(host, { 'root.1': root })
  const own = { id: 'aside', section: 'restore', title: 'Aside', why: '' } as const
  const step = storesAside([first], { ...site, home }, own)
  const refused = {
    state: 'failed',
    sentence: `A master runs on host-1 as process ${process.pid}: nothing is moved under it.`,
  }
  const start = (): void => plant(home, { 'bin/master.pid': String(process.pid) })
  const stop = (): void => plant(home, { 'bin/master.pid': '' })

  start()
  expect(await step.act(context)).toMatchObject(refused)
  expect(shapeOf(root)).toEqual(before)
  stop()
  expect(await step.act(context)).toMatchObject({ state: 'done' })
  const aside = shapeOf(root)
  start()
  expect(await step.takeBack?.(context)).toMatchObject(refused)
  expect(shapeOf(root)).toEqual(aside)
  stop()
  expect(await step.takeBack?.(context)).toMatchObject({ state: 'done' })
  expect(shapeOf(root)).toEqual(before)
})
