import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  openLocalTarget,
  type LocalTargetOptions,
} from '../../../../../src/main/adapters/local-target/open-local-target.ts'

const isRoot = process.geteuid?.() === 0

function scratch(): Disposable & { readonly path: string } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-')))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}

/** Null where the place may be a target, else why not. */
async function refusal(dir: string, options: Partial<LocalTargetOptions> = {}): Promise<string | null> {
  try {
    const target = await openLocalTarget(dir, { repositoryFolder: null, clock: { now: () => 0 }, ...options })
    try {
      await target.survey()
    } finally {
      await target.close()
    }
    return null
  } catch (error) {
    expect(error).toHaveProperty('code', 'target.refused')
    return error instanceof Error ? error.message : ''
  }
}

describe('a target is never', () => {
  test.each([
    '/',
    '//',
    '/.',
    '/etc',
    '/etc/',
    '/usr',
    '/usr/../etc',
    '/var',
    '/var/lib',
    '/bin',
    '/sbin',
    '/lib',
    '/tmp',
    '/proc',
    '/sys',
    '/dev',
    '/home',
    '/root',
    '/opt',
    '/boot',
    '/run',
  ])('the system folder %s', async (dir) => {
    expect(await refusal(dir)).toMatch(/folder of the system|is a link/)
  })

  test('the home of the account, by whatever name', async () => {
    expect(await refusal(homedir(), { homes: [homedir()] })).not.toBeNull()
    using above = scratch()
    mkdirSync(join(above.path, 'home'))
    mkdirSync(join(above.path, 'home/data'))
    const homes = [join(above.path, 'home')]
    expect(await refusal(join(above.path, 'home'), { homes })).toContain('home folder')
    expect(await refusal(join(above.path, 'home/../home/.'), { homes })).toContain('home folder')
    expect(await refusal(join(above.path, 'home/data'), { homes })).toBeNull()
  })

  test('a relative path, a link, a file, or a folder whose parent is missing', async () => {
    using above = scratch()
    mkdirSync(join(above.path, 'real'))
    symlinkSync(join(above.path, 'real'), join(above.path, 'link'))
    writeFileSync(join(above.path, 'file'), '')
    expect(await refusal('data')).toContain('absolute')
    expect(await refusal(join(above.path, 'link'))).toContain('It is a link')
    expect(await refusal(join(above.path, 'file'))).toContain('not a folder')
    expect(await refusal(join(above.path, 'file', 'below'))).toContain('link or a file')
    expect(await refusal(join(above.path, 'none', 'data'))).toContain('does not exist')
    // A link above is resolved once; what it leads to is the target's path.
    expect(await refusal(join(above.path, 'link', 'data'))).toBeNull()
  })

  test('in the repository, above it, or the repository itself', async () => {
    using above = scratch()
    const repositoryFolder = join(above.path, 'a/repo')
    mkdirSync(join(repositoryFolder, 'inner'), { recursive: true })
    symlinkSync(repositoryFolder, join(above.path, 'way-in'))
    for (const dir of [
      repositoryFolder,
      join(repositoryFolder, 'x'),
      join(repositoryFolder, 'inner/x'),
      join(above.path, 'a'),
      above.path,
      join(above.path, 'way-in/x'),
    ]) {
      expect(await refusal(dir, { repositoryFolder }), dir).toContain('repository')
      expect(await refusal(dir, { repositoryFolder: join(above.path, 'way-in') }), dir).toContain(
        'repository',
      )
    }
    expect(await refusal(join(above.path, 'a/repo2'), { repositoryFolder })).toBeNull()
    expect(await refusal(join(above.path, 'b'), { repositoryFolder })).toBeNull()
  })

  test('a folder that every user may write to, or one below such a folder', async () => {
    using above = scratch()
    const open = join(above.path, 'open')
    mkdirSync(join(open, 'a/b'), { recursive: true })
    chmodSync(open, 0o777)
    expect(await refusal(join(open, 'new'))).toContain('Every user')
    expect(await refusal(join(open, 'a'))).toContain('Every user')
    expect(await refusal(join(open, 'a/b/c'))).toContain('Every user')
    expect(await refusal(open)).toContain('Every user')
    // The sticky bit keeps others from renaming what is ours: that is how /tmp works.
    chmodSync(open, 0o1777)
    expect(await refusal(join(open, 'new'))).toBeNull()
    expect(await refusal(join(open, 'a/b/c'))).toBeNull()
  })

  test.skipIf(!isRoot)('a folder that another user put where every user can', async () => {
    using above = scratch()
    chmodSync(above.path, 0o1777)
    mkdirSync(join(above.path, 'trap'))
    chownSync(join(above.path, 'trap'), 12345, 12345)
    expect(await refusal(join(above.path, 'trap'))).toContain('Another user')
    chmodSync(above.path, 0o755)
    expect(await refusal(join(above.path, 'trap'))).toBeNull()
  })
})

describe('the bookkeeping of a target is refused', () => {
  async function afterPlanting(plant: (dir: string, outside: string) => void): Promise<unknown> {
    using above = scratch()
    const dir = join(above.path, 'data')
    const outside = join(above.path, 'outside')
    mkdirSync(dir)
    writeFileSync(outside, 'kept')
    plant(dir, outside)
    const target = await openLocalTarget(dir, { repositoryFolder: null, clock: { now: () => 0 } })
    try {
      const locked = await target.lock()
      await locked.writeJournal('x\n', 0)
      return null
    } catch (error) {
      return error
    } finally {
      await target.close()
    }
  }
  const refused = expect.objectContaining({ code: 'target.refused' }) as unknown

  test('where it is a link', async () => {
    const error = await afterPlanting((dir) => symlinkSync('..', join(dir, '.holdfast')))
    expect(error).toEqual(refused)
  })

  test('where others may write to it', async () => {
    const error = await afterPlanting((dir) => {
      mkdirSync(join(dir, '.holdfast'))
      chmodSync(join(dir, '.holdfast'), 0o770)
    })
    expect(error).toEqual(refused)
  })

  test.skipIf(!isRoot)('where it belongs to another user', async () => {
    const error = await afterPlanting((dir) => {
      mkdirSync(join(dir, '.holdfast'), { mode: 0o700 })
      chownSync(join(dir, '.holdfast'), 12345, 12345)
    })
    expect(error).toEqual(refused)
  })

  test('where the journal is a link', async () => {
    const error = await afterPlanting((dir, outside) => {
      mkdirSync(join(dir, '.holdfast'), { mode: 0o700 })
      symlinkSync(outside, join(dir, '.holdfast/journal'))
    })
    expect(error).toEqual(refused)
  })

  test('where the journal is a second name of another file', async () => {
    const error = await afterPlanting((dir, outside) => {
      mkdirSync(join(dir, '.holdfast'), { mode: 0o700 })
      linkSync(outside, join(dir, '.holdfast/journal'))
    })
    expect(error).toEqual(refused)
  })
})
