import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inspectTarget } from '../../../../../src/main/engine/restore/inspect-target.ts'
import { recoverRestore } from '../../../../../src/main/engine/restore/recover-restore.ts'
import { rollbackRestore } from '../../../../../src/main/engine/restore/rollback-restore.ts'
import { HoldfastError } from '../../../../../src/shared/domain/error.ts'
import { failureOf, placeFor, restoreInto } from './fixture-place.ts'
import {
  clock,
  countingRandom,
  fakeProcesses,
  manages,
  newTree,
  openTarget,
  planFor,
  plant,
  scratch,
  shapeOf,
  oldTree,
} from './fixture.ts'
import { hooked } from './hooked.ts'
import { killSwitch } from './killable.ts'

const full = new HoldfastError('target.full', { what: 'A test wrote.', why: 'The file system is full.' })
/** What needs room; moving and removing do not. */
const writing = new Set(['writeJournal', 'createStaging', 'makeFolder', 'writeFile', 'syncStaging'])

describe('a restore that fails', () => {
  test('on a disk that is full from any operation on leaves the old state at once', async () => {
    for (let first = 1, isDone = false; !isDone; first += 1) {
      using folder = scratch()
      const dir = join(folder.path, 'data')
      plant(dir, oldTree)
      const target = await openTarget(dir, { processes: fakeProcesses().born() })
      let count = 0
      const before = (operation: string): void => {
        if (writing.has(operation) && (count += 1) >= first) throw full
      }
      const error = await restoreInto(hooked(target, { before })).then(
        () => null,
        (reason: unknown) => reason,
      )
      isDone = count < first
      if (isDone) {
        expect(error).toBeNull()
        expect(first).toBeGreaterThan(15)
      } else {
        expect(error, `full from operation ${first}`).toMatchObject({ code: 'target.full' })
        expect(shapeOf(dir), `full from operation ${first}`).toEqual(oldShape)
        // The end may not have been written; with room again it is, and nothing else changes.
        await recoverRestore({ target, clock })
        expect(shapeOf(dir)).toEqual(oldShape)
        expect((await restoreInto(target)).recovered).toBeNull()
      }
      await target.close()
    }
  })

  test('at any single operation leaves the old state at once and the next restore succeeds', async () => {
    for (let at = 1, isDone = false; !isDone; at += 1) {
      using folder = scratch()
      const dir = join(folder.path, 'data')
      plant(dir, oldTree)
      const target = await openTarget(dir, { processes: fakeProcesses().born() })
      let count = 0
      const before = (operation: string): void => {
        // An operation that never ran, and giving back the lock, is the business of the kill tests.
        if (operation !== 'lock' && operation !== 'release' && (count += 1) === at) throw new Error('a test')
      }
      const error = await restoreInto(hooked(target, { before })).then(
        () => null,
        (reason: unknown) => reason,
      )
      isDone = count < at
      const isNew = shapeOf(dir)['metadata'] === newTree['metadata']
      expect(error === null, `failure at operation ${at}`).toBe(isNew)
      if (!isNew) expect(shapeOf(dir), `failure at operation ${at}`).toEqual(oldShape)
      await target.close()
    }
  })

  test('while nothing can be done at the target any more says so, and the next run ends it', async () => {
    await using at = await placeFor()
    const moved = killSwitch(0)
    const before = (operation: string): void => {
      if (operation === 'move') moved.tick()
      if (moved.passed >= 3) throw new Error('The disk is gone.')
    }
    const error = await failureOf(restoreInto(hooked(at.target, { before })))
    expect(error.code).toBe('restore.failed')
    expect(error.message).toContain('could not be taken back now')
    expect(error.message).toContain('Nothing was deleted')
    const target = await openTarget(at.dir, { processes: laterProcesses })
    const recovery = await recoverRestore({ target, clock })
    await target.close()
    expect(recovery).toMatchObject({ job: 'restore', outcome: 'done' })
    expect(shapeOf(at.dir)['metadata']).toBe(newTree['metadata'])
  })

  test('before the first move of its swap is taken back by the next run, though it could be finished', async () => {
    await using at = await placeFor()
    let isDead = false
    const before = (operation: string): void => {
      isDead ||= operation === 'move'
      if (isDead) throw new Error('The disk is gone.')
    }
    await failureOf(restoreInto(hooked(at.target, { before })))
    const target = await openTarget(at.dir, { processes: laterProcesses })
    const recovery = await recoverRestore({ target, clock })
    await target.close()
    expect(recovery).toMatchObject({ job: 'restore', outcome: 'undone' })
    expect(shapeOf(at.dir)).toEqual(at.old)
  })

  test('because what is read back is not what was written goes back to the old state', async () => {
    await using at = await placeFor()
    const after = (operation: string, [from]: readonly unknown[]): void => {
      if (operation === 'move' && JSON.stringify(from).includes('report.json'))
        writeFileSync(join(at.dir, 'metadata'), 'somebody else wrote this')
    }
    const error = await failureOf(restoreInto(hooked(at.target, { after })))
    expect(error.code).toBe('restore.failed')
    expect(error.message).toContain('metadata')
    expect(error.message).toContain('metadata.set-aside-20261120T020000Z')
    // What another program wrote is nobody's to delete.
    const kept = { 'metadata.set-aside-20261120T020000Z': 'somebody else wrote this' }
    expect(shapeOf(at.dir)).toEqual({ ...at.old, ...kept })
  })

  test('because a live process took to the stores while they were staged touches none of them', async () => {
    await using at = await placeFor()
    let isBusy = false
    const processes = {
      ...fakeProcesses().born(),
      using: async () => (isBusy ? [{ pid: 7, command: 'java', path: `${at.dir}/kms/LOCK` }] : []),
    }
    const target = await openTarget(at.dir, { processes })
    const after = (operation: string): void => void (isBusy ||= operation === 'syncStaging')
    const error = await failureOf(restoreInto(hooked(target, { after })))
    expect(error.code).toBe('target.refused')
    expect(error.message).toContain('Process 7 (java)')
    expect(shapeOf(at.dir)).toEqual(at.old)
    await target.close()
  })

  test('because a service started in the middle of the swap keeps what that service has opened', async () => {
    await using at = await placeFor()
    const started: ChildProcess[] = []
    const after = (operation: string, [, to]: readonly unknown[]): void => {
      if (operation === 'move' && started.length === 0 && JSON.stringify(to).includes('"kms"'))
        started.push(spawn('sleep', ['600'], { cwd: join(at.dir, 'kms'), stdio: 'ignore' }))
    }
    try {
      const error = await failureOf(restoreInto(hooked(at.target, { after })))
      expect(error.code).toBe('target.refused')
      expect(error.message).toContain(`Process ${started[0]?.pid} (sleep) is using ${at.dir}/kms`)
      expect(error.text.unchanged).toContain('kms.set-aside-20261120T020000Z')
      const shape = shapeOf(at.dir)
      expect(shape['kms.set-aside-20261120T020000Z/CURRENT']).toBe('new current')
      const besides = Object.entries(shape).filter(([path]) => !path.includes('.set-aside-'))
      expect(Object.fromEntries(besides)).toEqual(at.old)
    } finally {
      for (const child of started) child.kill()
    }
  })
})

describe('a restore that is cancelled', () => {
  test.each(['stage', 'sync', 'swap', 'verify'])(
    'in its phase %s ends as cancelled with the old state',
    async (phase) => {
      await using at = await placeFor()
      const controller = new AbortController()
      const work = restoreInto(at.target, newTree, {
        signal: controller.signal,
        onProgress: (progress) => progress.phase === phase && controller.abort(),
      })
      const error = await failureOf(work)
      expect(error.code).toBe('cancelled')
      expect(error.text.unchanged).toBe('The target stands as it was before, whole.')
      expect(shapeOf(at.dir)).toEqual(at.old)
      expect(await at.target.listStaging()).toEqual([])
    },
  )
})

describe('a restore that was cut short', () => {
  /** Dies at the n-th operation of a kind. */
  async function cutAt(dir: string, operation: string, nth: number): Promise<void> {
    const processes = fakeProcesses()
    const target = await openTarget(dir, { processes: processes.born() })
    const kill = killSwitch(nth)
    const dying = killSwitch(1)
    const before = (name: string): void => {
      if (dying.passed > 0) dying.check()
      if (name === operation && kill.passed + 1 === nth) dying.tick()
      if (name === operation) kill.tick()
    }
    await restoreInto(hooked(target, { before })).catch(() => undefined)
    await target.close()
  }

  test('within its swap is finished by the next one by the same plan, and its safety copy stays that of the old state', async () => {
    await using at = await placeFor()
    await restoreInto(at.target)
    // All of it stands there by now, so that this one and the next have the same plan.
    writeFileSync(join(at.dir, 'metadata'), 'before the cut')
    const plan = await planFor(at.target)
    await cutAt(at.dir, 'move', 3)
    const target = await openTarget(at.dir, { processes: laterProcesses })
    expect(await planFor(target)).toEqual(plan)
    const result = await restoreInto(target)
    expect(result.recovered?.outcome).toBe('done')
    expect(shapeOf(at.dir)['metadata']).toBe(newTree['metadata'])
    await rollbackRestore({ target, clock, random: countingRandom(200) })
    expect(shapeOf(at.dir)['metadata']).toBe('before the cut')
    await target.close()
  })

  test('before its swap shows in the next plan, which is made for the old state', async () => {
    await using at = await placeFor()
    await cutAt(at.dir, 'syncStaging', 1)
    const target = await openTarget(at.dir, { processes: laterProcesses })
    const state = await inspectTarget(manages, { target, clock })
    expect(state.unfinished).toMatchObject({ job: 'restore', willBe: 'undone' })
    const { recovered } = await restoreInto(target)
    expect(recovered).toMatchObject({ outcome: 'undone', setAside: [] })
    expect(shapeOf(at.dir)['metadata']).toBe(newTree['metadata'])
    await target.close()
  })

  test('within its swap shows in the next plan, which is made for the state once it is finished', async () => {
    await using at = await placeFor()
    await cutAt(at.dir, 'move', 4)
    const target = await openTarget(at.dir, { processes: laterProcesses })
    const state = await inspectTarget(manages, { target, clock })
    expect(state.unfinished?.willBe).toBe('done')
    expect(state.standing.map(({ name }) => name)).toEqual(['iam', 'kms', 'metadata', 'report.json'])
    const result = await restoreInto(target, { ...newTree, metadata: 'newer' })
    expect(result.recovered?.outcome).toBe('done')
    expect(result.movedAside.map(({ name }) => name)).toEqual(['kms', 'iam', 'metadata', 'report.json'])
    await target.close()
  })

  test('and found what another program has made meanwhile keeps that beside the new state', async () => {
    await using at = await placeFor()
    await cutAt(at.dir, 'move', 2)
    plant(at.dir, { 'kms/CURRENT': 'a service made itself a new store' })
    const target = await openTarget(at.dir, { processes: laterProcesses })
    const recovery = await recoverRestore({ target, clock })
    expect(recovery).toMatchObject({ outcome: 'done', setAside: ['kms.set-aside-20261120T020000Z'] })
    expect(shapeOf(at.dir)['kms/CURRENT']).toBe('new current')
    expect(readFileSync(join(at.dir, 'kms.set-aside-20261120T020000Z/CURRENT'), 'utf8')).toContain('service')
    await target.close()
  })

  test('and whose staged bytes were damaged since goes back to the old state', async () => {
    await using at = await placeFor()
    await cutAt(at.dir, 'move', 2)
    const [staging] = await at.target.listStaging()
    writeFileSync(join(at.dir, '.holdfast/staging', staging?.run ?? '', 'metadata'), 'rot')
    const target = await openTarget(at.dir, { processes: laterProcesses })
    expect(await recoverRestore({ target, clock })).toMatchObject({ outcome: 'undone' })
    expect(shapeOf(at.dir)).toEqual(at.old)
    await target.close()
  })

  test('on its way back goes on back, though it could still be finished', async () => {
    await using at = await placeFor()
    const controller = new AbortController()
    let movesBack = 0
    const before = (operation: string): void => {
      if (controller.signal.aborted && operation === 'move') movesBack += 1
      if (movesBack > 1) throw new Error('dead')
    }
    const processes = fakeProcesses()
    const dying = await openTarget(at.dir, { processes: processes.born() })
    const work = restoreInto(hooked(dying, { before }), newTree, {
      signal: controller.signal,
      onProgress: ({ phase }) => phase === 'verify' && controller.abort(),
    })
    expect((await failureOf(work)).code).toBe('restore.failed')
    await dying.close()
    const target = await openTarget(at.dir, { processes: laterProcesses })
    expect((await inspectTarget(manages, { target, clock })).unfinished?.willBe).toBe('undone')
    expect(await recoverRestore({ target, clock })).toMatchObject({ outcome: 'undone', setAside: [] })
    expect(shapeOf(at.dir)).toEqual(at.old)
    await target.close()
  })

  test('is not touched while a live process uses the stores', async () => {
    await using at = await placeFor()
    await cutAt(at.dir, 'move', 4)
    const half = shapeOf(at.dir)
    const processes = {
      ...laterProcesses,
      using: async () => [{ pid: 7, command: 'java', path: `${at.dir}/kms` }],
    }
    const target = await openTarget(at.dir, { processes })
    expect((await failureOf(recoverRestore({ target, clock }))).code).toBe('target.refused')
    expect(shapeOf(at.dir)).toEqual(half)
    await target.close()
  })

  test('and lost both the old and its copy to somebody since is left alone', async () => {
    await using at = await placeFor()
    await cutAt(at.dir, 'move', 2)
    rmSync(join(at.dir, 'kms.before-restore-20261120T020000Z'), { recursive: true })
    const half = shapeOf(at.dir)
    const target = await openTarget(at.dir, { processes: laterProcesses })
    const error = await failureOf(recoverRestore({ target, clock }))
    expect(error.code).toBe('state.broken')
    expect(error.message).toContain('kms.before-restore-20261120T020000Z')
    expect(shapeOf(at.dir)).toEqual(half)
    await target.close()
  })
})

/** A later process, for which every earlier one is dead. */
const laterProcesses = {
  ...fakeProcesses().born(),
  self: async () => ({ host: 'h', pid: 99, startTicks: '1', bootId: 'b', pidNamespace: 'n' }),
  judge: async () => 'dead' as const,
}

const oldShape = (() => {
  using folder = scratch()
  plant(join(folder.path, 'data'), oldTree)
  return shapeOf(join(folder.path, 'data'))
})()
