import { spawnSync } from 'node:child_process'
import {
  chownSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inspectTarget } from '../../src/main/engine/restore/inspect-target.ts'
import { runRestore } from '../../src/main/engine/restore/run-restore.ts'
import type { StagedEntry } from '../../src/main/ports/staged-entry.ts'
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
  shapeOf,
} from '../unit/main/engine/restore/fixture.ts'
import { asideFolder, moveAside } from '../../src/main/engine/runbook/aside.ts'
import type { StepContext } from '../../src/main/ports/runbook.ts'
import { shellHost } from '../lab/shell-host.ts'
import { targetOn } from '../lab/ssh-target.ts'
import {
  canMount,
  canOverlay,
  fileSystem,
  isRoot,
  mount,
  overlayOn,
  unmount,
  whyNotMounted,
  whyNotOverlaid,
} from '../support/small-file-system.ts'
import { failureOf, restoreInto } from '../unit/main/engine/restore/fixture-place.ts'

/** To the last block, whatever else is being written meanwhile. */
function fillWith(ballast: string): void {
  try {
    writeFileSync(ballast, Buffer.alloc(statfsSync(dirname(ballast)).bavail * 4096))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  }
}

const places = [
  ['on this machine', async (dir: string) => openTarget(dir)],
  ['on a host', async (dir: string) => targetOn(shellHost(), dir)],
] as const

describe.skipIf(!canMount)(`on a real file system${whyNotMounted}`, () => {
  test('that becomes full while a restore writes, the old state stands and the next one succeeds', async () => {
    using disk = fileSystem(8 * 1024 * 1024)
    const dir = join(disk.path, 'data')
    plant(dir, oldTree)
    const old = shapeOf(dir)
    const target = await openTarget(dir)
    const plan = await planFor(target)
    const ballast = join(disk.path, 'ballast')
    async function* whileItFills(): AsyncGenerator<StagedEntry> {
      let count = 0
      for await (const entry of entriesOf(newTree)) {
        if ((count += 1) === 3) fillWith(ballast)
        yield entry
      }
    }
    const parts = { target, clock, random: countingRandom(), generate }
    const error = await failureOf(runRestore(plan, whileItFills(), parts))
    expect(error.code).toBe('target.full')
    expect(error.text.unchanged).toBe('The target stands as it was before, whole.')
    expect(error.text.next).toBe('Make room, then try again.')
    expect(shapeOf(dir)).toEqual(old)
    expect(await target.listStaging()).toEqual([])
    rmSync(ballast)
    await restoreInto(target)
    expect(shapeOf(dir)['metadata']).toBe(newTree['metadata'])
    await target.close()
  })

  test.each(places)('that has too little room %s is refused before anything is written', async (_, open) => {
    using disk = fileSystem(512 * 1024)
    const dir = join(disk.path, 'data')
    plant(dir, oldTree)
    const target = await open(dir)
    expect((await failureOf(planFor(target))).code).toBe('target.full')
    await target.close()
  })

  test.each(places)(
    'that is mounted read-only %s is refused by the plan, whether the target is there or not',
    async (_, open) => {
      using disk = fileSystem(8 * 1024 * 1024)
      plant(join(disk.path, 'data'), oldTree)
      expect(spawnSync('mount', ['-o', 'remount,ro', disk.path]).status).toBe(0)
      for (const name of ['data', 'missing']) {
        const target = await open(join(disk.path, name))
        const error = await failureOf(inspectTarget(manages, { target, clock }))
        expect(error.code).toBe('target.refused')
        expect(error.message).toContain('read-only')
        await target.close()
      }
    },
  )

  test('that is itself the target is as good as any folder', async () => {
    using disk = fileSystem(8 * 1024 * 1024)
    plant(disk.path, oldTree)
    const target = await openTarget(disk.path)
    await restoreInto(target)
    expect(shapeOf(disk.path)['metadata']).toBe(newTree['metadata'])
    await target.close()
  })

  test.each(places.flatMap((place) => ['kms', 'kms/deep'].map((name) => [name, ...place] as const)))(
    'that is mounted at %s %s is not moved aside',
    async (name, _, open) => {
      using disk = fileSystem(8 * 1024 * 1024)
      const dir = join(disk.path, 'data with space')
      plant(dir, oldTree)
      expect(mount(join(dir, name), 'size=64k')).toBe(true)
      const target = await open(dir)
      const error = await failureOf(planFor(target))
      expect(error.code).toBe('target.refused')
      expect(error.message).toContain('mounted')
      await target.close()
      unmount(join(dir, name))
    },
  )

  test.each(places)(
    'of which another folder %s is bound to a managed name is not moved aside',
    async (_, open) => {
      using disk = fileSystem(8 * 1024 * 1024)
      const dir = join(disk.path, 'data')
      plant(dir, oldTree)
      mkdirSync(join(disk.path, 'elsewhere'))
      const kms = join(dir, 'kms')
      expect(spawnSync('mount', ['--bind', join(disk.path, 'elsewhere'), kms]).status).toBe(0)
      const target = await open(dir)
      expect((await failureOf(planFor(target))).message).toContain('mounted')
      await target.close()
      unmount(kms)
    },
  )
})

describe.skipIf(!canOverlay)(
  `on an overlay, which renames no folder of its lower layer${whyNotOverlaid}`,
  () => {
    test.each(places)(
      'a store %s is refused and stays, and nothing is copied in its place',
      async (_, open) => {
        using disk = overlayOn((lower) => plant(join(lower, 'data'), oldTree))
        const dir = join(disk.path, 'data')
        const target = await open(dir)
        const error = await failureOf(restoreInto(target))
        expect(error.code).toBe('target.refused')
        expect(error.text.why).toContain('would have to copy it')
        expect(error.text.unchanged).toBe('The target stands as it was before, whole.')
        const held = await target.lock()
        const moving = held.move({ area: 'target', name: 'kms' }, { area: 'target', name: 'kms.aside' })
        expect((await failureOf(moving)).text.why).toContain('would have to copy it')
        await held.release()
        await target.close()
        expect(shapeOf(dir)).toEqual(shapeOf(join(disk.lower, 'data')))
      },
    )

    test('what a runbook moves aside is refused and stays, too', async () => {
      using disk = overlayOn((lower) => plant(join(lower, 'data'), oldTree))
      const folder = join(disk.path, 'data')
      const session = { signal: new AbortController().signal, host: async () => shellHost() }
      const context = { session, runId: 'run-1' } as unknown as StepContext
      const ssh = { keyFiles: [], keyCredential: null, sudoCredential: null, hostKeys: [] }
      const aside = { host: { address: 'host-1', ssh }, folder, names: ['kms'] }
      await expect(moveAside(aside, context)).rejects.toMatchObject({ code: 'host.commandFailed' })
      expect(existsSync(join(folder, 'kms/deep/er/000001.sst'))).toBe(true)
      expect(readdirSync(asideFolder(aside, context))).toEqual([])
    })
  },
)

describe.skipIf(!isRoot)(`as root${isRoot ? '' : ' (skipped: only root may give files away)'}`, () => {
  test.each(places)(
    'a restore %s gives each item the owner of what it replaces, else of the target, and never its special bits',
    async (_, open) => {
      const above = mkdtempSync(join(tmpdir(), 'holdfast-'))
      const dir = join(above, 'data')
      plant(dir, oldTree)
      chownSync(dir, 1234, 1235)
      chownSync(join(dir, 'kms'), 2001, 2002)
      chownSync(join(dir, 'metadata'), 3001, 3002)
      chmodSync(join(dir, 'metadata'), 0o4755)
      const target = await open(dir)
      await restoreInto(target)
      await target.close()
      const facts = (name: string): (number | string)[] => {
        const { uid, gid, mode } = lstatSync(join(dir, name))
        return [uid, gid, (mode & 0o7777).toString(8)]
      }
      expect(facts('kms')).toEqual([2001, 2002, '750'])
      expect(facts('kms/CURRENT')).toEqual([2001, 2002, '640'])
      expect(facts('metadata')).toEqual([3001, 3002, '640'])
      expect(facts('iam/CURRENT')).toEqual([1234, 1235, '640'])
      expect(facts('report.json')).toEqual([1234, 1235, '640'])
      // What was moved aside is as it was.
      expect(facts('metadata.before-restore-20261120T020000Z')).toEqual([3001, 3002, '4755'])
      rmSync(above, { recursive: true })
    },
  )

  test('and as another user it writes what belongs to that user', async () => {
    const above = mkdtempSync(join(tmpdir(), 'holdfast-'))
    chmodSync(above, 0o755)
    const dir = join(above, 'data')
    plant(dir, oldTree)
    spawnSync('chown', ['-R', '1234:1235', dir])
    process.setegid?.(1235)
    process.seteuid?.(1234)
    try {
      const target = await openTarget(dir)
      const plan = await planFor(target)
      expect(plan.items.map(({ owner }) => owner)).toEqual([null, null, null])
      await restoreInto(target)
      await target.close()
      expect(lstatSync(join(dir, 'iam/CURRENT'))).toMatchObject({ uid: 1234, gid: 1235 })
    } finally {
      process.seteuid?.(0)
      process.setegid?.(0)
      rmSync(above, { recursive: true })
    }
  })
})
