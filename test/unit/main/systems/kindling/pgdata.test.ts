import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { movePgdataAside, putPgdataBack } from '../../../../../src/main/systems/kindling/restore/pgdata.ts'
import type { Site } from '../../../../../src/main/systems/kindling/restore/site.ts'
import { deathsAt, dyingHost } from '../../../../support/dying-host.ts'
import { plant, scratch, shapeOf } from '../../engine/restore/fixture.ts'

function open(folder: string) {
  const { host, ...death } = dyingHost(join(folder, 'host'))
  const above = join(folder, 'pg')
  mkdirSync(above)
  const site = {
    session: { signal: new AbortController().signal, host: async () => host },
    config: {
      hosts: ['db'],
      databaseHost: '',
      tool: 'pgbackrest',
      toolUser: '',
      dataFolder: join(above, 'data'),
    },
    line: () => undefined,
  } as unknown as Site
  return { ...death, site, above }
}

/** Without what this console keeps beside it. */
function shape(above: string): Record<string, string> {
  return Object.fromEntries(Object.entries(shapeOf(above)).filter(([name]) => !name.includes('holdfast')))
}

/** Without what a server would be looked for by. */
const old = { 'data/base/1': 'old' }

test('The data folder is aside whatever rename the first call died at, and back whatever rename its return died at', async () => {
  for (const death of deathsAt(3)) {
    using folder = scratch()
    const { site, above, dieAt, hasDied } = open(folder.path)
    plant(above, old)
    const before = shape(above)
    dieAt(death)
    await movePgdataAside(site, 'run').catch(() => null)
    hasDied()
    expect(await movePgdataAside(site, 'run')).toMatchObject({ state: 'done' })
    expect(shape(above)).toMatchObject({ 'data/': '', 'data.before-restore-run/base/1': 'old' })
    plant(above, { 'data/base/1': 'restored' })
    dieAt(death)
    await putPgdataBack(site, 'run').catch(() => null)
    hasDied()
    expect(await putPgdataBack(site, 'run')).toMatchObject({ state: 'done' })
    expect(shape(above)).toEqual({
      ...before,
      'data.restored-run/': '',
      'data.restored-run/base/': '',
      'data.restored-run/base/1': 'restored',
    })
  }
})

test.each([
  ['a lost disk', []],
  ['an empty folder', ['data']],
])(
  'Of %s nothing is called the old database, whatever rename the first call died at',
  async (_what, folders) => {
    for (const death of deathsAt(3)) {
      using folder = scratch()
      const { site, above, dieAt, hasDied } = open(folder.path)
      for (const each of folders) mkdirSync(join(above, each))
      dieAt(death)
      await movePgdataAside(site, 'run').catch(() => null)
      hasDied()
      expect(await movePgdataAside(site, 'run')).toMatchObject({
        state: 'done',
        sentence: expect.stringContaining('There was no old data folder; nothing is kept of it.'),
        learnt: { aside: '' },
      })
      expect(shape(above)).toEqual({ 'data/': '' })
      await expect(putPgdataBack(site, 'run')).rejects.toMatchObject({ code: 'target.refused' })
    }
  },
)
