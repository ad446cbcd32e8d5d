import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readlinkSync } from 'node:fs'
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openFolderStore } from '../../../../../src/main/adapters/folder/folder-store.ts'
import type { ObjectStore } from '../../../../../src/main/ports/object-store.ts'
import { collect, failure, names, read, utf8 } from '../../../../conformance/store-helpers.ts'

let top: string
let folder: string
let store: ObjectStore

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'holdfast-unit-'))
  folder = join(top, 'repository')
  await mkdir(folder)
  store = await openFolderStore(folder)
})
afterEach(async () => {
  process.seteuid?.(0)
  await rm(top, { recursive: true })
})

async function file(path: string, text = path): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), text)
}

async function text(key: string): Promise<string> {
  return new TextDecoder().decode(await read(store, key))
}

describe('the folder itself', () => {
  test('a folder that is not there, or is a file, is repository.notFound', async () => {
    await writeFile(join(top, 'file'), '')
    await failure(openFolderStore(join(top, 'none')), 'repository.notFound')
    await failure(openFolderStore(join(top, 'file')), 'repository.notFound')
    await rm(folder, { recursive: true })
    await failure(names(store), 'repository.notFound')
    await failure(store.get('x'), 'repository.notFound')
  })

  test('that goes while it is listed is told, and the part that was seen is not taken for all of it', async () => {
    for (const [again, code] of [
      [async () => undefined, 'repository.notFound'],
      [async () => mkdir(folder), 'repository.unreachable'],
    ] as const) {
      await rm(folder, { recursive: true, force: true })
      await mkdir(folder)
      for (const key of ['a/1', 'b/1', 'c/1']) await file(key)
      const gone = await openFolderStore(folder)
      const listed = gone.list({ prefix: '' })[Symbol.asyncIterator]()
      expect((await listed.next()).value).toMatchObject({ key: 'a/1' })
      await rename(folder, join(top, `away as ${code}`))
      await again()
      const rest = async (): Promise<void> => {
        while ((await listed.next()).done !== true);
      }
      await failure(rest(), code)
      await gone.close()
    }
  })

  test('another folder in its place is repository.unreachable, not an empty repository', async () => {
    await rename(folder, join(top, 'unmounted'))
    await mkdir(folder)
    await failure(names(store), 'repository.unreachable')
    await failure(store.put('x', utf8('x')), 'repository.unreachable')
    expect(await readdir(folder)).toEqual([])
  })

  test('an address may be a link to a folder', async () => {
    await file('a/x', 'linked')
    await symlink(folder, join(top, 'link'))
    expect(await names(await openFolderStore(join(top, 'link')))).toEqual(['a/x'])
  })
})

describe('a colon in a key', () => {
  test('may stand as %3A on the disk', async () => {
    await file('2026%3A11/a%3Ab', 'escaped')
    expect(await names(store)).toEqual(['2026:11/a:b'])
    expect(await names(store, { prefix: '2026:11/' })).toEqual(['2026:11/a:b'])
    expect(await names(store, { prefix: '2026:', delimiter: '/' })).toEqual(['2026:11/'])
    expect(await text('2026:11/a:b')).toBe('escaped')
    expect(await store.head('2026:11/a:b')).toMatchObject({ key: '2026:11/a:b', sizeBytes: 7 })
    await failure(store.get('2026%3A11/a%3Ab'), 'object.missing')
  })

  test('counts where both ways of writing exist', async () => {
    await file('a%3Ab', 'escaped')
    await file('a:b', 'literal')
    await file('f%3A/x', 'escaped')
    await file('f:/x', 'literal')
    expect(await names(store)).toEqual(['a:b', 'f:/x'])
    expect(await text('a:b')).toBe('literal')
    expect(await text('f:/x')).toBe('literal')
  })

  test('does not count where its name leads outside', async () => {
    await file('a%3Ab', 'escaped')
    await writeFile(join(top, 'outside'), 'outside')
    await symlink(join(top, 'outside'), join(folder, 'a:b'))
    expect(await names(store)).toEqual(['a:b'])
    expect(await text('a:b')).toBe('escaped')
  })

  test('is written under the name that is there, and deleted under both', async () => {
    await file('d%3A/a%3Ab', 'old')
    await failure(store.put('d:/a:b', utf8('new'), { ifAbsent: true }), 'object.changed')
    await store.put('d:/a:b', utf8('new'))
    expect(await readdir(join(folder, 'd%3A'))).toEqual(['a%3Ab'])
    await file('d%3A/a:b', 'both')
    await store.delete('d:/a:b')
    expect(await names(store)).toEqual([])
  })
})

describe('links', () => {
  beforeEach(async () => {
    await mkdir(join(top, 'outside/deep'), { recursive: true })
    await writeFile(join(top, 'outside/secret'), 'secret')
    await writeFile(join(top, 'outside/deep/secret'), 'secret')
    await mkdir(join(top, 'repository-2'))
    await writeFile(join(top, 'repository-2/secret'), 'secret')
  })

  test('a name that leads outside does not exist', async () => {
    await symlink(join(top, 'outside/secret'), join(folder, 'file'))
    await symlink('../outside', join(folder, 'folder'))
    await symlink(join(top, 'repository-2'), join(folder, 'neighbour'))
    await symlink('/proc/self/root', join(folder, 'root'))
    await symlink('nowhere', join(folder, 'broken'))
    await symlink('itself', join(folder, 'itself'))
    expect(await names(store)).toEqual([])
    expect(await names(store, { delimiter: '/' })).toEqual([])
    expect(await names(store, { prefix: 'folder/' })).toEqual([])
    for (const key of [
      'file',
      'folder/secret',
      'folder/deep/secret',
      'neighbour/secret',
      'root/etc/passwd',
      'broken',
      'itself',
    ]) {
      expect(await store.head(key), key).toBeNull()
      await failure(store.get(key), 'object.missing')
      await store.delete(key)
    }
    expect((await readdir(join(top, 'outside'))).sort()).toEqual(['deep', 'secret'])
  })

  test('nothing is written through a link that leads outside', async () => {
    await symlink('../outside', join(folder, 'folder'))
    await symlink(join(top, 'outside/secret'), join(folder, 'file'))
    await failure(store.put('folder/new', utf8('x')), 'object.badKey')
    await failure(store.put('folder/deep/new', utf8('x')), 'object.badKey')
    await store.put('file', utf8('replaces the link'))
    expect(await text('file')).toBe('replaces the link')
    expect((await stat(join(top, 'outside/secret'))).size).toBe(6)
    expect(await readdir(join(top, 'outside/deep'))).toEqual(['secret'])
  })

  test('a link that stays inside is followed', async () => {
    await file('real/x', 'inside')
    await symlink('real', join(folder, 'alias'))
    await symlink('real/x', join(folder, 'y'))
    expect(await names(store)).toEqual(['alias/x', 'real/x', 'y'])
    expect(await text('alias/x')).toBe('inside')
    expect(await text('y')).toBe('inside')
    await store.put('alias/new', utf8('through the link'))
    expect(await text('real/new')).toBe('through the link')
  })

  test('a link to a folder above it does not repeat the listing', async () => {
    await file('a/b/x')
    await symlink('..', join(folder, 'a/b/up'))
    await symlink('.', join(folder, 'again'))
    expect(await names(store)).toEqual(['a/b/x'])
    await failure(store.get('again/a/b/x'), 'object.missing')
    await failure(store.get('a/b/up/b/x'), 'object.missing')
  })

  /** Swaps a folder for a link that leads outside, to and fro, while the work goes on. */
  async function whileSwapping(work: () => Promise<void>): Promise<void> {
    const aside = join(top, 'aside')
    const name = join(folder, 'swapped')
    let stop = false
    const swapping = (async () => {
      while (!stop) {
        // A step may lose against a write that makes the folder anew; the next round goes on from there.
        const steps = [
          () => rename(name, aside),
          () => symlink('../outside', name),
          () => rm(name, { recursive: true }),
          () => rename(aside, name),
        ]
        for (const step of steps) await step().catch(() => undefined)
      }
    })()
    await work().finally(() => {
      stop = true
    })
    await swapping
  }

  test('a folder that is swapped for a link while it is read never shows what is outside', async () => {
    await file('swapped/secret', 'inside')
    await whileSwapping(async () => {
      for (let round = 0; round < 150; round += 1) {
        const got = await text('swapped/secret').catch(() => 'inside')
        expect(got).toBe('inside')
        for (const name of await names(store)) {
          expect(name).toBe('swapped/secret')
        }
      }
    })
  })

  test('a folder that is swapped for a link while it is written to never lets anything outside', async () => {
    await whileSwapping(async () => {
      for (let round = 0; round < 150; round += 1) {
        await store.put('swapped/new', utf8('new')).catch(() => undefined)
        await store.delete('swapped/secret').catch(() => undefined)
      }
    })
    expect((await readdir(join(top, 'outside'))).sort()).toEqual(['deep', 'secret'])
  })
})

describe('what is no object', () => {
  test('pipes, sockets, folders and names that are no UTF-8 are not listed and not opened', async () => {
    await file('x')
    await mkdir(join(folder, 'empty/deep'), { recursive: true })
    execFileSync('mkfifo', [join(folder, 'pipe')])
    await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x66, 0xff])]), '')
    expect(await names(store)).toEqual(['x'])
    expect(await names(store, { delimiter: '/' })).toEqual(['x'])
    await failure(store.get('pipe'), 'object.missing')
    await failure(store.get('empty'), 'object.missing')
    expect(await store.head('pipe')).toBeNull()
  })

  test('folders nested deeper than a key can be long hold no objects', async () => {
    await file(`${'nested/'.repeat(146)}x`, 'the last that fits')
    await file(`${'nested/'.repeat(147)}x`, 'too deep')
    expect(await names(store)).toEqual([`${'nested/'.repeat(146)}x`])
  })

  test('keys that no folder can hold are object.badKey to write and missing to read', async () => {
    await file('obj')
    await file('dir/x')
    const keys = [
      '',
      '/a',
      'a/',
      'a//b',
      '.',
      '..',
      '../x',
      'a/../b',
      'a\0b',
      'a%3Ab',
      '\ud800',
      'y'.repeat(256),
    ]
    for (const key of keys) {
      expect(await store.head(key), key).toBeNull()
      await failure(store.get(key), 'object.missing')
      await store.delete(key)
      await failure(store.put(key, utf8('x')), 'object.badKey')
    }
    for (const key of ['dir', 'obj/x', 'obj/x/y']) {
      await failure(store.put(key, utf8('x')), 'object.badKey')
      await failure(store.putStream(key, collectable('x'), { ifAbsent: true }), 'object.badKey')
    }
    await failure(store.put(`${'deep/'.repeat(300)}x`, utf8('x')), 'object.badKey')
    expect(await names(store)).toEqual(['dir/x', 'obj'])
  })
})

async function* collectable(body: string): AsyncGenerator<Uint8Array> {
  yield utf8(body)
}

describe('reading', () => {
  test('a file that is written to while it is read is object.changed', async () => {
    await file('grows', 'x'.repeat(2_000_000))
    const growing = (await store.get('grows')).pieces
    await appendFile(join(folder, 'grows'), 'more')
    await failure(collect(growing), 'object.changed')
    await file('shrinks', 'x'.repeat(2_000_000))
    const shrinking = (await store.get('shrinks')).pieces
    await truncate(join(folder, 'shrinks'), 1_000)
    await failure(collect(shrinking), 'object.changed')
  })

  test('an object that is replaced while it is read is delivered as it was opened', async () => {
    await store.put('x', utf8('a'.repeat(2_000_000)))
    const { pieces } = await store.get('x')
    await store.put('x', utf8('b'))
    expect(new TextDecoder().decode(await collect(pieces))).toBe('a'.repeat(2_000_000))
  })

  test('two files of one size are told apart by their time of change, to the nanosecond', async () => {
    await file('x', 'same')
    const before = await store.head('x')
    expect(before?.modifiedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/)
    await utimes(join(folder, 'x'), 1_000_000_000, 1_000_000_000.5)
    expect((await store.head('x'))?.modifiedAt).toBe('2001-09-09T01:46:40.500000000Z')
    if (before !== null) await failure(store.get('x', { expect: before }), 'object.changed')
  })

  test('a file that this user may not read is object.unreadable; a folder is repository.accessDenied', async () => {
    if (process.getuid?.() !== 0) return
    await file('locked/x')
    await file('open/x')
    execFileSync('chmod', ['755', top, folder])
    execFileSync('chmod', ['700', join(folder, 'locked')])
    execFileSync('chmod', ['600', join(folder, 'open/x')])
    process.seteuid?.(65_534)
    await failure(store.get('open/x'), 'object.unreadable')
    expect(await store.head('open/x')).toMatchObject({ sizeBytes: 6 })
    await failure(store.get('locked/x'), 'repository.accessDenied')
    await failure(names(store), 'repository.accessDenied')
    await failure(store.put('new', utf8('x')), 'repository.accessDenied')
    await failure(store.delete('open/x'), 'repository.accessDenied')
  })
})

describe('writing', () => {
  test('an unfinished write is never listed, and one abandoned for a day is swept by the next write', async () => {
    const old = `.holdfast-${'1'.repeat(32)}.part`
    const fresh = `.holdfast-${'2'.repeat(32)}.part`
    await file(`d/${old}`)
    await file(`d/${fresh}`)
    await utimes(join(folder, 'd', old), 1_000_000_000, 1_000_000_000)
    expect(await names(store)).toEqual([])
    await failure(store.get(`d/${old}`), 'object.missing')
    await store.put('d/x', utf8('x'))
    expect((await readdir(join(folder, 'd'))).sort()).toEqual([fresh, 'x'])
  })

  test.skipIf(!existsSync('/proc/self/fd'))(
    'leaves no file open that was being opened when it was aborted',
    async () => {
      await store.put('a/x', utf8('x'))
      const stop = new AbortController()
      const reading = store.get('a/x', { signal: stop.signal })
      stop.abort()
      await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
      const open = readdirSync('/proc/self/fd').flatMap((each) => {
        try {
          return [readlinkSync(`/proc/self/fd/${each}`)]
        } catch {
          return []
        }
      })
      expect(open.filter((path) => path.startsWith(folder))).toEqual([])
    },
  )

  test('a failed or cancelled write leaves no file behind', async () => {
    const stop = new AbortController()
    async function* aborting(): AsyncGenerator<Uint8Array> {
      yield utf8('first')
      stop.abort()
      yield utf8('second')
    }
    await failure(store.putStream('a/x', aborting(), { signal: stop.signal }), 'cancelled')
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield utf8('first')
      throw Object.assign(new Error('no space at the source'), { code: 'ENOSPC' })
    }
    // The source's own failure: it says nothing of this repository.
    await expect(store.putStream('a/x', failing())).rejects.toThrow('no space at the source')
    expect(await readdir(join(folder, 'a'))).toEqual([])
  })

  test('a full disk is repository.full and keeps the old state', async () => {
    const small = join(top, 'small')
    await mkdir(small)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', small], { stdio: 'ignore' })
    } catch {
      return
    }
    try {
      const full = await openFolderStore(small)
      await full.put('x', utf8('old'))
      await failure(full.put('x', new Uint8Array(1_000_000)), 'repository.full')
      expect(await read(full, 'x')).toEqual(utf8('old'))
      expect(await readdir(small)).toEqual(['x'])
      execFileSync('mount', ['-o', 'remount,ro', small])
      await failure(full.put('y', utf8('y')), 'repository.readOnly')
    } finally {
      execFileSync('umount', [small])
    }
  })

  test('writers and deleters of neighbours do not take each other’s folder away', async () => {
    await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        for (let round = 0; round < 20; round += 1) {
          await store.put(`shared/deep/${index}`, utf8('x'))
          await store.delete(`shared/deep/${index}`)
        }
      }),
    )
    expect(await readdir(folder)).toEqual([])
  })
})
