import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keptEnd, runKept } from '../../../../../../src/main/engine/runbook/kept-command.ts'
import type { StepContext } from '../../../../../../src/main/ports/runbook.ts'
import { ownToolRestore } from '../../../../../../src/main/systems/chango/runbooks/own-tool-restore.ts'
import type { Site } from '../../../../../../src/main/systems/chango/runbooks/site.ts'
import { shellHost } from '../../../../../lab/shell-host.ts'
import { deathsAt, dyingHost, stepOn } from '../../../../../support/dying-host.ts'
import { plant, scratch, shapeOf } from '../../../engine/restore/fixture.ts'

const ssh = { keyFiles: [], keyCredential: null, sudoCredential: null, hostKeys: [] }
const first = { address: 'host-1', ssh }
const site = { first, hosts: [first], others: [], user: 'root', home: '/nowhere' } as unknown as Site

function contextOf(root: string, host = shellHost()): StepContext {
  const known = { 'root.1': root, 'asides.earlier': '', 'stores.before': 'kms iam' }
  return stepOn(host, known, `run-${randomBytes(6).toString('hex')}`)
}

test('A restore by chango’s own tool that failed and was run again is taken back to the old state, however often', async () => {
  using folder = scratch()
  const root = join(folder.path, 'data')
  // The tool moved the old stores aside at 1000, failed, and at 2000 moved what it had unpacked until then.
  plant(root, {
    'kms.before-restore-1000/CURRENT': 'old',
    'kms.before-restore-2000/CURRENT': 'left over',
    'kms/CURRENT': 'new',
    'iam.before-restore-1000/CURRENT': 'old',
    'iam/CURRENT': 'new',
  })
  const context = contextOf(root)
  const kept = { name: 'backup-restore', asUser: 'root' }
  await runKept(first, { ...kept, argv: ['true'], folder: '/', deadlineMs: 60_000 }, context)
  const { takeBack } = ownToolRestore(site).restore as unknown as {
    takeBack: (context: StepContext) => Promise<{ state: string }>
  }
  for (const _ of ['', 'again']) {
    expect(await takeBack(context)).toMatchObject({ state: 'done' })
    const shape = shapeOf(root)
    expect([shape['kms/CURRENT'], shape['iam/CURRENT']]).toEqual(['old', 'old'])
    expect(shape['kms.before-restore-2000.undone-5000/CURRENT']).toBe('left over')
    expect(shape['kms.undone-5000/CURRENT']).toBe('new')
  }
  expect(await keptEnd(first, kept, context)).toEqual({ kind: 'none' })
})

test('It is taken back whatever rename the first call died at', async () => {
  for (const death of deathsAt(5)) {
    using folder = scratch()
    const root = join(folder.path, 'data')
    // Of the three stores one had nothing in its place before.
    plant(root, {
      'kms.before-restore-1000/CURRENT': 'old',
      'kms.before-restore-2000/CURRENT': 'left over',
      'kms/CURRENT': 'new',
      'iam.before-restore-1000/CURRENT': 'old',
      'iam/CURRENT': 'new',
      'metadata/CURRENT': 'new',
    })
    const { host, dieAt, hasDied } = dyingHost(join(folder.path, 'host'))
    const context = contextOf(root, host)
    const { restore } = ownToolRestore(site)
    if (restore.kind !== 'action') throw new Error('it is no action')
    dieAt(death)
    await restore.takeBack?.(context).catch(() => null)
    hasDied()
    expect(await restore.takeBack?.(context)).toMatchObject({ state: 'done' })
    const shape = shapeOf(root)
    const standing = ['kms', 'iam', 'metadata'].map((name) => shape[`${name}/CURRENT`])
    expect(standing, `died ${death.when} rename ${death.die}`).toEqual(['old', 'old', undefined])
    expect(Object.values(shape).filter((text) => text === 'new')).toHaveLength(3)
  }
})
