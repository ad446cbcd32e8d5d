import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inspectTarget } from '../../../../../src/main/engine/restore/inspect-target.ts'
import { rollbackRestore } from '../../../../../src/main/engine/restore/rollback-restore.ts'
import { failureOf, placeFor, restoreInto } from './fixture-place.ts'
import { clock, countingRandom, manages, newTree, plant, shapeOf } from './fixture.ts'

const stamp = '20261120T020000Z'
const random = countingRandom(100)

function without(shape: Record<string, string>, part: string): Record<string, string> {
  return Object.fromEntries(Object.entries(shape).filter(([path]) => !path.includes(part)))
}

describe('a rollback', () => {
  test('brings back what stood before, takes away what did not, and keeps what it takes away', async () => {
    await using at = await placeFor()
    await restoreInto(at.target)
    const result = await rollbackRestore({ target: at.target, clock, random })
    const shape = shapeOf(at.dir)
    expect(without(shape, '.rolled-back-')).toEqual(at.old)
    expect(shape[`iam.rolled-back-${stamp}/CURRENT`]).toBe('new iam')
    expect(shape[`metadata.rolled-back-${stamp}`]).toBe('new metadata, of several pieces')
    expect(shape[`report.json.rolled-back-${stamp}`]).toBe('{"generated":"report.json"}')
    expect(result.returned).toEqual(['kms', 'metadata', 'patches'])
    expect(result.movedAside.map(({ name }) => name)).toEqual(['kms', 'iam', 'metadata', 'report.json'])
    expect(result.backupId).toBe('20261119T020000Z-1a2b3c4d')
  })

  test('keeps what was written after the restore, too', async () => {
    await using at = await placeFor()
    await restoreInto(at.target)
    writeFileSync(join(at.dir, 'kms', 'later'), 'written by the service')
    await rollbackRestore({ target: at.target, clock, random })
    expect(shapeOf(at.dir)[`kms.rolled-back-${stamp}/later`]).toBe('written by the service')
  })

  test('takes away, too, what the service made since under a name that neither the backup nor the old state had', async () => {
    await using at = await placeFor()
    await restoreInto(at.target, { metadata: 'new metadata' })
    plant(at.dir, { 'iam/CURRENT': 'made by the restored service' })
    const { rollback } = await inspectTarget(manages, { target: at.target, clock })
    expect(rollback?.leaves).toEqual(['report.json', 'iam'])
    await rollbackRestore({ target: at.target, clock, random })
    const shape = shapeOf(at.dir)
    expect(without(shape, '.rolled-back-')).toEqual(at.old)
    expect(shape[`iam.rolled-back-${stamp}/CURRENT`]).toBe('made by the restored service')
  })

  test('is announced: what would return and what would leave', async () => {
    await using at = await placeFor()
    await restoreInto(at.target)
    const { rollback } = await inspectTarget(manages, { target: at.target, clock })
    expect(rollback).toEqual({
      backupId: '20261119T020000Z-1a2b3c4d',
      finishedAt: '2026-11-20T02:00:00.000Z',
      returns: ['kms', 'metadata', 'patches'],
      leaves: ['iam', 'report.json'],
    })
  })

  test('goes back over the last restore only, and then over none', async () => {
    await using at = await placeFor()
    await restoreInto(at.target)
    const first = shapeOf(at.dir)
    await restoreInto(at.target, { ...newTree, metadata: 'newer' })
    await rollbackRestore({ target: at.target, clock, random })
    expect(without(shapeOf(at.dir), '.rolled-back-')).toEqual(first)
    const error = await failureOf(rollbackRestore({ target: at.target, clock, random }))
    expect(error.code).toBe('restore.refused')
    expect(error.message).toContain('was taken back already, at 2026-11-20T02:00:00.000Z')
  })

  test('may be followed by a restore, and that one can be taken back again', async () => {
    await using at = await placeFor()
    for (const round of ['', '-2']) {
      await restoreInto(at.target)
      await rollbackRestore({ target: at.target, clock, random })
      const shape = shapeOf(at.dir)
      expect(without(shape, '.rolled-back-')).toEqual(at.old)
      expect(shape[`metadata.rolled-back-${stamp}${round}`]).toBe(newTree['metadata'])
    }
  })

  test('is refused where no restore was ever finished', async () => {
    await using at = await placeFor()
    const error = await failureOf(rollbackRestore({ target: at.target, clock, random }))
    expect(error.code).toBe('restore.refused')
    expect(error.message).toContain('nothing to go back to')
    expect(shapeOf(at.dir)).toEqual(at.old)
  })

  test('is refused where what stood before is no longer there', async () => {
    await using at = await placeFor()
    await restoreInto(at.target)
    rmSync(join(at.dir, `metadata.before-restore-${stamp}`))
    const shape = shapeOf(at.dir)
    const error = await failureOf(rollbackRestore({ target: at.target, clock, random }))
    expect(error.code).toBe('restore.refused')
    expect(error.message).toContain(`metadata.before-restore-${stamp}`)
    expect(shapeOf(at.dir)).toEqual(shape)
  })

  test('works in a target that was moved elsewhere as a whole', async () => {
    await using at = await placeFor()
    await restoreInto(at.target)
    const moved = `${at.dir}-moved`
    renameSync(at.dir, moved)
    const { openTarget } = await import('./fixture.ts')
    const target = await openTarget(moved)
    await rollbackRestore({ target, clock, random })
    await target.close()
    expect(without(shapeOf(moved), '.rolled-back-')).toEqual(at.old)
  })
})
