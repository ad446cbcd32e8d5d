import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { LockedTarget, RestoreTarget, StagingPlace } from '../../src/main/ports/restore-target.ts'

/** A place on a file system that the test can see, and targets that are opened on it. */
export interface TargetBench extends AsyncDisposable {
  /** As this machine sees the folder; it does not exist at first. */
  readonly dir: string
  open(): Promise<RestoreTarget>
}

const run = 'r1'
const staged = (name: string): StagingPlace => ({ area: 'staging', run, name })
const placed = (name: string): { readonly area: 'target'; readonly name: string } => ({
  area: 'target',
  name,
})

async function* bytesOf(...pieces: string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece)
}

/** What every implementation of the port promises. */
export function restoreTargetConformance(name: string, openBench: () => Promise<TargetBench>): void {
  async function locked(
    work: (target: LockedTarget, dir: string) => Promise<void>,
    before?: (dir: string) => void,
  ): Promise<void> {
    await using bench = await openBench()
    before?.(bench.dir)
    const target = await bench.open()
    try {
      await work(await target.lock(), bench.dir)
    } finally {
      await target.close()
    }
  }

  describe(`a restore target (${name})`, () => {
    test('that is missing is surveyed as missing, and made for its account only when it is locked', async () => {
      await using bench = await openBench()
      const target = await bench.open()
      expect(await target.survey()).toMatchObject({ folder: null, entries: [] })
      expect(await target.readJournal()).toHaveLength(0)
      expect(await target.listStaging()).toEqual([])
      expect(await target.hash(placed('kms'))).toBeNull()
      expect(await target.lockHolder()).toBeNull()
      expect(lstatSync(bench.dir, { throwIfNoEntry: false })).toBeUndefined()
      await target.lock()
      expect(lstatSync(bench.dir).mode & 0o777).toBe(0o700)
      expect((await target.survey()).folder).not.toBeNull()
      await target.close()
    })

    test('shows what stands in it by its own kind, and never its bookkeeping', async () => {
      await locked(
        async (target) => {
          const { entries, freeBytes } = await target.survey()
          expect(entries.map((entry) => [entry.name, entry.kind, entry.holdsMount])).toEqual([
            ['a-file', 'file', false],
            ['a-folder', 'folder', false],
            ['a-link', 'link', false],
          ])
          expect(new Set(entries.map((entry) => entry.identity)).size).toBe(3)
          expect(freeBytes).toBeGreaterThan(0)
        },
        (dir) => {
          mkdirSync(join(dir, 'a-folder'), { recursive: true })
          writeFileSync(join(dir, 'a-file'), '')
          symlinkSync('/etc', join(dir, 'a-link'))
        },
      )
    })

    test('has one holder of its lock at a time and gives it back', async () => {
      await using bench = await openBench()
      const [first, second] = [await bench.open(), await bench.open()]
      const held = await first.lock()
      expect((await second.lockHolder())?.pid).toBe((await first.lockHolder())?.pid)
      await expect(second.lock()).rejects.toMatchObject({ code: 'target.busy' })
      await held.release()
      expect(await second.lockHolder()).toBeNull()
      await (await second.lock()).release()
      await first.close()
      await second.close()
    })

    test('of many that want its lock at once lets in at most one', async () => {
      await using bench = await openBench()
      const targets = await Promise.all(Array.from({ length: 8 }, async () => bench.open()))
      const results = await Promise.allSettled(targets.map(async (target) => target.lock()))
      expect(results.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1)
      for (const target of targets) await target.close()
    })

    test('keeps a journal that is written at a byte and cut behind it', async () => {
      await locked(async (target) => {
        await target.writeJournal('one\n', 0)
        await target.writeJournal('two\n', 4)
        await target.writeJournal('2\n', 4)
        await target.writeJournal('2\n', 4)
        expect(Buffer.from(await target.readJournal()).toString()).toBe('one\n2\n')
        await expect(target.writeJournal('x', 99)).rejects.toMatchObject({ code: 'target.refused' })
      })
    })

    test('writes staged files with 0640 and folders with 0750, and gives their hashes back', async () => {
      await locked(async (target, dir) => {
        await target.createStaging(run)
        await target.createStaging(run)
        await target.makeFolder(staged('kms'), '', null)
        await target.makeFolder(staged('kms'), 'empty', null)
        await target.writeFile(staged('kms'), 'deep/er/a', bytesOf('on', 'e'), { owner: null, sizeBytes: 3 })
        await target.writeFile(staged('metadata'), '', bytesOf(), { owner: null, sizeBytes: 0 })
        await target.syncStaging(run)
        const sha256 = createHash('sha256').update('one').digest('hex')
        const hashed = await target.hash(staged('kms'))
        expect(hashed).toEqual({ kind: 'folder', files: [{ path: 'deep/er/a', sizeBytes: 3, sha256 }] })
        const empty = createHash('sha256').digest('hex')
        expect(await target.hash(staged('metadata'))).toEqual({ kind: 'file', sizeBytes: 0, sha256: empty })
        await target.move(staged('kms'), placed('kms'))
        expect(lstatSync(join(dir, 'kms/deep/er')).mode & 0o7777).toBe(0o750)
        expect(lstatSync(join(dir, 'kms/deep/er/a')).mode & 0o7777).toBe(0o640)
        const [staging] = await target.listStaging()
        expect(staging?.entries.map((entry) => entry.name)).toEqual(['metadata'])
      })
    })

    test('never opens a file that is there already, and never takes a file for a folder', async () => {
      await locked(async (target) => {
        await target.createStaging(run)
        await target.writeFile(staged('a'), 'x', bytesOf('first'), { owner: null, sizeBytes: 5 })
        const refused = { code: 'target.refused' }
        await expect(
          target.writeFile(staged('a'), 'x', bytesOf('2'), { owner: null, sizeBytes: 1 }),
        ).rejects.toMatchObject(refused)
        await expect(
          target.writeFile(staged('a'), 'x/y', bytesOf('2'), { owner: null, sizeBytes: 1 }),
        ).rejects.toMatchObject(refused)
        await expect(target.makeFolder(staged('a'), 'x', null)).rejects.toMatchObject(refused)
        expect(await target.hash(staged('a'))).toMatchObject({ files: [{ path: 'x', sizeBytes: 5 }] })
      })
    })

    test('moves, never replacing, and counts a move that was made as made', async () => {
      await locked(
        async (target, dir) => {
          await target.createStaging(run)
          await target.writeFile(staged('new'), '', bytesOf('new'), { owner: null, sizeBytes: 3 })
          await expect(target.move(staged('new'), placed('old'))).rejects.toMatchObject({
            code: 'target.refused',
          })
          await expect(target.move(staged('new'), placed('folder'))).rejects.toMatchObject({
            code: 'target.refused',
          })
          await expect(target.move(placed('folder'), placed('empty'))).rejects.toMatchObject({
            code: 'target.refused',
          })
          await target.move(placed('old'), placed('old.aside'))
          await target.move(placed('old'), placed('old.aside'))
          await target.move(staged('new'), placed('old'))
          await target.move(placed('folder'), placed('folder.aside'))
          await expect(target.move(placed('none'), placed('none.aside'))).rejects.toMatchObject({
            code: 'target.refused',
          })
          expect(readFileSync(join(dir, 'old'), 'utf8')).toBe('new')
          expect(readFileSync(join(dir, 'old.aside'), 'utf8')).toBe('old')
          expect(readFileSync(join(dir, 'folder.aside/file'), 'utf8')).toBe('in')
        },
        (dir) => {
          mkdirSync(join(dir, 'folder'), { recursive: true })
          mkdirSync(join(dir, 'empty'))
          writeFileSync(join(dir, 'folder/file'), 'in')
          writeFileSync(join(dir, 'old'), 'old')
        },
      )
    })

    test('reads nothing through a link and removes a link as a link', async () => {
      await locked(
        async (target, dir) => {
          expect(await target.hash(placed('link'))).toEqual({ kind: 'other', path: '' })
          expect(await target.hash(placed('folder'))).toEqual({ kind: 'other', path: 'inner' })
          await expect(target.move(placed('link'), placed('moved'))).rejects.toMatchObject({
            code: 'target.refused',
          })
          await target.createStaging(run)
          await target.makeFolder(staged('kms'), '', null)
          await target.syncStaging(run)
          const outside = join(dir, '..', 'outside')
          mkdirSync(outside)
          writeFileSync(join(outside, 'kept'), 'kept')
          symlinkSync(outside, join(dir, '.holdfast/staging', run, 'kms', 'out'))
          await target.removeStaging(run)
          await target.removeStaging(run)
          expect(await target.listStaging()).toEqual([])
          expect(readFileSync(join(outside, 'kept'), 'utf8')).toBe('kept')
        },
        (dir) => {
          mkdirSync(join(dir, 'folder'), { recursive: true })
          symlinkSync('/etc/hostname', join(dir, 'link'))
          symlinkSync('/etc/hostname', join(dir, 'folder/inner'))
        },
      )
    })

    test('stops reading and writing when it is cancelled', async () => {
      await locked(async (target) => {
        await target.createStaging(run)
        await target.writeFile(staged('a'), '', bytesOf('a'), { owner: null, sizeBytes: 1 })
        const signal = AbortSignal.abort()
        const cancelled = { code: 'cancelled' }
        await expect(target.hash(staged('a'), { signal })).rejects.toMatchObject(cancelled)
        await expect(target.syncStaging(run, signal)).rejects.toMatchObject(cancelled)
        const writing = target.writeFile(staged('b'), '', bytesOf('b'), { owner: null, sizeBytes: 1, signal })
        await expect(writing).rejects.toMatchObject(cancelled)
      })
    })

    test.each([2, 4])(
      'takes no file of 3 bytes whose source has %i, and nothing beside it',
      async (length) => {
        await locked(async (target, dir) => {
          await target.createStaging(run)
          const bytes = bytesOf('ab'.repeat(2).slice(0, length))
          const writing = (async () => {
            await target.writeFile(staged('a'), '', bytes, { owner: null, sizeBytes: 3 })
            await target.syncStaging(run)
          })()
          await expect(writing).rejects.toMatchObject({
            code: 'restore.failed',
            text: { why: expect.stringContaining('3 bytes') },
          })
          await target.removeStaging(run)
          expect(await target.listStaging()).toEqual([])
          expect(readdirSync(dir)).toEqual(['.holdfast'])
        })
      },
    )

    test('hands on what the source of a file throws as it is', async () => {
      await locked(async (target) => {
        await target.createStaging(run)
        const torn = (async function* () {
          yield Buffer.from('a')
          throw new RangeError('torn')
        })()
        await expect(target.writeFile(staged('a'), '', torn, { owner: null, sizeBytes: 2 })).rejects.toThrow(
          RangeError,
        )
      })
    })
  })
}
