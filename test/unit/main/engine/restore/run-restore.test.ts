import { lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inspectTarget } from '../../../../../src/main/engine/restore/inspect-target.ts'
import { managedNames, planHash, planRestore } from '../../../../../src/main/engine/restore/plan-restore.ts'
import { runRestore, type RestoreParts } from '../../../../../src/main/engine/restore/run-restore.ts'
import type { StagedEntry } from '../../../../../src/main/ports/staged-entry.ts'
import type { RestorePlan } from '../../../../../src/shared/domain/restore-plan.ts'
import { failureOf, placeFor, restoreInto } from './fixture-place.ts'
import {
  clock,
  countingRandom,
  entriesOf,
  generate,
  manages,
  newTree,
  oldTree,
  openTarget,
  piecesOf,
  planFor,
  requestOf,
  scratch,
  shapeOf,
} from './fixture.ts'

const stamp = '20261120T020000Z'

describe('a restore', () => {
  test('ends with the backup in place, nothing of the old among it, and the old whole beside it', async () => {
    await using at = await placeFor()
    const result = await restoreInto(at.target)
    const aside = `.before-restore-${stamp}`
    expect(shapeOf(at.dir)).toEqual({
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
    expect([...result.items.keys()]).toEqual(['kms', 'iam', 'metadata', 'report.json'])
    expect(await at.target.listStaging()).toEqual([])
    expect(await at.target.lockHolder()).toBeNull()
  })

  test('into a folder that does not exist yet makes it for its own account only', async () => {
    using folder = scratch()
    const dir = join(folder.path, 'fresh')
    const target = await openTarget(dir)
    await restoreInto(target)
    await target.close()
    expect(lstatSync(dir).mode & 0o777).toBe(0o700)
    expect(Object.keys(shapeOf(dir))).toContain('iam/CURRENT')
  })

  test('gives files 0640 and folders 0750 whatever the umask, and the owner of what they replace', async () => {
    await using at = await placeFor()
    const before = process.umask(0o077)
    try {
      await restoreInto(at.target)
    } finally {
      process.umask(before)
    }
    expect(lstatSync(join(at.dir, 'kms/CURRENT')).mode & 0o7777).toBe(0o640)
    expect(lstatSync(join(at.dir, 'kms')).mode & 0o7777).toBe(0o750)
  })

  test('under a stamp that is taken counts up instead of touching what stands there', async () => {
    await using at = await placeFor({ ...oldTree, [`metadata.before-restore-${stamp}`]: 'of another day' })
    const { movedAside } = await restoreInto(at.target)
    expect(movedAside[0]?.to).toBe(`kms.before-restore-${stamp}-2`)
    expect(readFileSync(join(at.dir, `metadata.before-restore-${stamp}`), 'utf8')).toBe('of another day')
  })

  test('moves aside what an earlier restore put there and this backup does not know', async () => {
    await using at = await placeFor()
    await restoreInto(at.target, { ...newTree, extra: 'only in the first backup' })
    const { movedAside } = await restoreInto(at.target)
    expect(movedAside.map(({ name }) => name)).toContain('extra')
    expect(shapeOf(at.dir)['extra']).toBeUndefined()
  })

  test('tells how far it is in the bytes of the plan', async () => {
    await using at = await placeFor()
    const seen: string[] = []
    await restoreInto(at.target, newTree, {
      onProgress: ({ phase, bytesDone, bytesTotal }) => seen.push(`${phase} ${bytesDone}/${bytesTotal}`),
    })
    expect(seen).toContain('stage 56/56')
    expect(seen.at(-1)).toBe('verify 83/83')
  })

  test('names the process and the time where another run is at work', async () => {
    await using at = await placeFor()
    const plan = await planFor(at.target)
    const other = await openTarget(at.dir)
    const locked = await other.lock()
    const parts = { target: at.target, clock, random: countingRandom(), generate }
    const error = await failureOf(runRestore(plan, entriesOf(newTree), parts))
    expect(error.code).toBe('target.busy')
    expect(error.message).toContain(`Process ${process.pid}`)
    expect(error.message).toContain('2026-11-20T02:00:00.000Z')
    await locked.release()
    await other.close()
    await runRestore(plan, entriesOf(newTree), parts)
    expect(shapeOf(at.dir)['metadata']).toBe(newTree['metadata'])
  })
})

describe('a plan', () => {
  test('is the same for the same backup and target, and its hash with it', async () => {
    await using at = await placeFor()
    const [first, second] = [await planFor(at.target), await planFor(at.target)]
    expect(planHash(first)).toBe(planHash(second))
    expect(planHash(first)).toMatch(/^[0-9a-f]{64}$/)
    expect(planHash({ ...first, confirm: 'x' })).not.toBe(planHash(first))
  })

  test('names what it replaces, also what the backup lacks, and changes nothing', async () => {
    await using at = await placeFor()
    const plan = await planFor(at.target)
    expect(plan.replaces).toEqual([
      { name: 'kms', kind: 'folder' },
      { name: 'metadata', kind: 'file' },
      { name: 'patches', kind: 'folder' },
    ])
    expect(plan.manages).toEqual([...manages, 'report.json'].sort())
    expect(plan.confirm).toBe('chango-prod')
    expect(shapeOf(at.dir)).toEqual(at.old)
    expect(lstatSync(join(at.dir, '.holdfast'), { throwIfNoEntry: false })).toBeUndefined()
  })

  test('asks for the last part of the path where no cluster is known', async () => {
    await using at = await placeFor()
    expect((await planFor(at.target, { ...requestOf(newTree), cluster: null })).confirm).toBe('data')
  })

  test('needs room for every byte and keeps a tenth of what is free', async () => {
    await using at = await placeFor()
    const request = requestOf(newTree)
    const state = await inspectTarget(managedNames(request), { target: at.target, clock })
    const { spaceBytes } = planRestore(request, state)
    const short = Math.floor(spaceBytes / 0.9) - 1
    expect(() => planRestore(request, { ...state, freeBytes: short })).toThrow('not enough room')
    expect(() => planRestore(request, { ...state, freeBytes: short + 2 })).not.toThrow()
  })

  test.each(['../x', 'a/b', '', '.', '.holdfast', 'x'.repeat(201)])(
    'refuses the item name %j',
    async (name) => {
      await using at = await placeFor()
      const [item] = requestOf({ good: '' }).items
      if (item === undefined) throw new Error('no item')
      const request = { ...requestOf(newTree), items: [{ ...item, name }] }
      const error = await failureOf(planFor(at.target, request))
      expect(error.code).toBe('restore.refused')
    },
  )

  test('refuses a managed name that is a link, and says so', async () => {
    await using at = await placeFor()
    rmSync(join(at.dir, 'patches'), { recursive: true })
    symlinkSync('/etc', join(at.dir, 'patches'))
    const error = await failureOf(planFor(at.target))
    expect(error.code).toBe('target.refused')
    expect(error.message).toContain('link')
  })

  test.each([
    ['something new stands under a managed name', (dir: string) => mkdirSync(join(dir, 'iam'))],
    ['something that it replaces is gone', (dir: string) => rmSync(join(dir, 'metadata'))],
  ])('no longer runs once %s', async (_, change) => {
    await using at = await placeFor()
    const plan = await planFor(at.target)
    change(at.dir)
    const old = shapeOf(at.dir)
    const error = await failureOf(
      runRestore(plan, entriesOf(newTree), { target: at.target, clock, random: countingRandom(), generate }),
    )
    expect(error.code).toBe('plan.changed')
    expect(error.text.unchanged).toBe('Nothing was restored.')
    expect(shapeOf(at.dir)).toEqual(old)
    expect((await at.target.readJournal()).byteLength).toBe(0)
  })

  test.each<[string, (plan: RestorePlan) => RestorePlan, string, string]>([
    ['is for another folder', (plan) => ({ ...plan, targetDir: '/other' }), 'plan.changed', 'is for /other'],
    [
      'gives a name to another account than what stands there',
      ({ items: [first, ...rest], ...plan }) => {
        if (first === undefined) throw new Error('no item')
        return { ...plan, items: [{ ...first, owner: { uid: 4321, gid: 4321 } }, ...rest] }
      },
      'plan.changed',
      'their owners changed',
    ],
    ['needs more room than there is now', (plan) => ({ ...plan, spaceBytes: 2 ** 52 }), 'target.full', ''],
  ])('does not begin where it %s', async (_, change, code, why) => {
    await using at = await placeFor()
    const plan = change(await planFor(at.target))
    const parts = { target: at.target, clock, random: countingRandom(), generate }
    const error = await failureOf(runRestore(plan, entriesOf(newTree), parts))
    expect(error.code).toBe(code)
    expect(error.message).toContain(why)
    expect(shapeOf(at.dir)).toEqual(at.old)
    expect((await at.target.readJournal()).byteLength).toBe(0)
  })

  test('that no longer fits what stands there once everything is staged replaces nothing', async () => {
    await using at = await placeFor()
    let isMade = false
    const onProgress: RestoreParts['onProgress'] = ({ phase }) => {
      if (phase !== 'sync' || isMade) return
      isMade = true
      writeFileSync(join(at.dir, 'iam'), 'made meanwhile')
    }
    const error = await failureOf(restoreInto(at.target, newTree, { onProgress }))
    expect(error.code).toBe('plan.changed')
    expect(shapeOf(at.dir)).toEqual({ ...at.old, iam: 'made meanwhile' })
  })
})

describe('what a backup delivers', () => {
  const file = (item: string, path: string, content: string, sizeBytes = content.length): StagedEntry => ({
    item,
    path,
    kind: 'file',
    sizeBytes,
    pieces: piecesOf(content),
  })
  const folder = (item: string, path: string): StagedEntry => ({
    item,
    path,
    kind: 'folder',
    sizeBytes: 0,
    pieces: piecesOf(''),
  })

  test.each<[string, StagedEntry[]]>([
    ['a path with ..', [file('kms', '../x', 'new sst')]],
    ['a path with .. further down', [file('kms', 'a/../../x', 'new sst')]],
    ['an absolute path', [file('kms', '/x', 'new sst')]],
    ['an empty part', [file('kms', 'a//x', 'new sst')]],
    ['a dot', [file('kms', './x', 'new sst')]],
    ['a NUL', [file('kms', 'a\0', 'new sst')]],
    ['a backslash', [file('kms', 'a\\b', 'new sst')]],
    ['a part of 256 bytes', [file('kms', 'x'.repeat(256), 'new sst')]],
    ['a path deeper than any store', [file('kms', 'x/'.repeat(70) + 'x', 'new sst')]],
    ['an item that is not in the plan', [file('patches', 'p', 'x')]],
    ['an item that is a path', [file('../kms', 'p', 'x')]],
    ['the name of a generated file', [file('report.json', '', 'x')]],
    ['the same path twice', [file('kms', 'a', 'new'), file('kms', 'a', 'sst')]],
    ['a file where a folder is', [file('kms', 'a/b', 'new'), file('kms', 'a', 'sst')]],
    ['a folder where a file is', [file('kms', 'a', 'new'), folder('kms', 'a')]],
    ['a file below a file', [file('kms', 'a', 'new'), file('kms', 'a/b', 'sst')]],
    ['a folder where the item is a file', [folder('metadata', '')]],
    ['a path below an item that is a file', [file('metadata', 'x', 'new')]],
    ['a file where the item is a folder', [file('kms', '', 'new')]],
    ['more bytes than announced', [file('kms', 'CURRENT', 'new current', 3)]],
    ['fewer bytes than announced', [file('kms', 'CURRENT', 'new', 11)]],
    ['a negative size', [file('kms', 'CURRENT', '', -1)]],
    ['more bytes than planned', [file('metadata', '', 'x'.repeat(100))]],
    ['more files than planned', ['a', 'b', 'c'].map((name) => file('kms', name, 'x'))],
    ['other bytes than planned', [file('metadata', '', 'NEW metadata, of several pieces')]],
    ['nothing at all', []],
  ])('is refused with everything taken back: %s', async (_, entries) => {
    await using at = await placeFor()
    const plan = await planFor(at.target)
    const delivered = (async function* () {
      yield* entries
    })()
    const error = await failureOf(
      runRestore(plan, delivered, { target: at.target, clock, random: countingRandom(), generate }),
    )
    expect(error.code).toBe('restore.failed')
    expect(error.text.unchanged).toBe('The target stands as it was before, whole.')
    expect(shapeOf(at.dir)).toEqual(at.old)
    expect(await at.target.listStaging()).toEqual([])
  })

  test('may leave out folders, or name them first, also empty ones', async () => {
    await using at = await placeFor()
    const plan = await planFor(at.target)
    const delivered = (async function* () {
      yield folder('kms', '')
      yield folder('kms', 'empty')
      yield folder('kms', 'empty')
      yield* entriesOf(newTree)
    })()
    await runRestore(plan, delivered, { target: at.target, clock, random: countingRandom(), generate })
    expect(shapeOf(at.dir)['kms/empty/']).toBe('')
  })
})

describe('a generated file', () => {
  test('is written after the items, knows what was staged, and is verified like them', async () => {
    await using at = await placeFor()
    await restoreInto(at.target, newTree, {
      generate: (_, staged) => Buffer.from(JSON.stringify(Object.fromEntries(staged))),
    })
    const report: unknown = JSON.parse(readFileSync(join(at.dir, 'report.json'), 'utf8'))
    expect(report).toMatchObject({ kms: { files: 2, sizeBytes: 18 }, metadata: { kind: 'file' } })
  })

  test('that is larger than planned fails the restore', async () => {
    await using at = await placeFor()
    const error = await failureOf(restoreInto(at.target, newTree, { generate: () => Buffer.alloc(4097) }))
    expect(error.code).toBe('restore.failed')
    expect(shapeOf(at.dir)).toEqual(at.old)
  })
})
