import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inspectTarget } from '../../../../../src/main/engine/restore/inspect-target.ts'
import { rollbackRestore } from '../../../../../src/main/engine/restore/rollback-restore.ts'
import { runRestore } from '../../../../../src/main/engine/restore/run-restore.ts'
import {
  clock,
  countingRandom,
  entriesOf,
  generate,
  manages,
  newTree,
  oldTree,
  openTarget,
  plant,
  planFor,
  scratch,
  shapeOf,
} from './fixture.ts'

describe('a restore', () => {
  test('ends with the backup in place and everything that stood there beside it', async () => {
    using folder = scratch()
    const dir = join(folder.path, 'data')
    plant(dir, oldTree)
    const target = await openTarget(dir)
    const plan = await planFor(target)
    const result = await runRestore(plan, entriesOf(newTree), {
      target,
      clock,
      random: countingRandom(),
      generate,
    })
    const aside = '.before-restore-20261120T020000Z'
    expect(shapeOf(dir)).toEqual({
      'iam/': '',
      'iam/CURRENT': 'new iam',
      'kms/': '',
      'kms/000002.sst': 'new sst',
      'kms/CURRENT': 'new current',
      [`kms${aside}/`]: '',
      [`kms${aside}/CURRENT`]: 'old current',
      [`kms${aside}/deep/`]: '',
      [`kms${aside}/deep/er/`]: '',
      [`kms${aside}/deep/er/000001.sst`]: 'old sst',
      metadata: 'new metadata, of several pieces',
      [`metadata${aside}`]: 'old metadata',
      [`patches${aside}/`]: '',
      [`patches${aside}/p1.zip`]: 'a patch that the backup lacks',
      'report.json': '{"generated":"report.json"}',
      'zookeeper/': '',
      'zookeeper/log': 'not ours',
    })
    expect(result.movedAside.map(({ name }) => name)).toEqual(['kms', 'metadata', 'patches'])
    await rollbackRestore({ target, clock, random: countingRandom(9) })
    console.log(shapeOf(dir), await inspectTarget(manages, { target, clock }))
    await target.close()
  })
})
