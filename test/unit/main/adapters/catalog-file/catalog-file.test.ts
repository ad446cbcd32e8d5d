import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openCatalog } from '../../../../../src/main/adapters/catalog-file/catalog-file.ts'
import { drillOf } from '../../../../support/drills.ts'
import type { ObjectFacts } from '../../../../../src/shared/domain/object-facts.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-catalog-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const repository = 'file:///srv/backups'
const hash = (sha256: string, at: string) => ({ sha256, at, source: 'seen' as const })
const facts = (readAt: string): ObjectFacts => ({
  version: { sizeBytes: 1, etag: null, modifiedAt: null, versionId: null },
  readAt,
  sizeBytes: 1,
  sha256: 'ab',
  beginning: 'other',
  envelope: null,
  content: null,
  walk: null,
})

function fileOf(): string {
  const [name] = readdirSync(join(folder, 'repositories'))
  return join(folder, 'repositories', name ?? '')
}

describe('Drills of a repository', () => {
  const at = (day: number) => `2026-11-${day}T03:00:00.000Z`

  test('are there for the next run, newest first, also beside those that another process saved meanwhile', async () => {
    const [ours, theirs] = await Promise.all([
      openCatalog(folder).openRepository(repository),
      openCatalog(folder).openRepository(repository),
    ])
    ours.rememberDrill(drillOf({ id: 'a', startedAt: at(18), folderStands: true }))
    await ours.save()
    theirs.rememberDrill(drillOf({ id: 'b', startedAt: at(19) }))
    await theirs.save()
    ours.rememberDrill(drillOf({ id: 'a', startedAt: at(18), folderStands: false }))
    await ours.save()
    const drills = (await openCatalog(folder).openRepository(repository)).drills()
    expect(drills.map(({ id, folderStands }) => `${id} ${folderStands}`)).toEqual(['b false', 'a false'])
  })

  test('are none in a file that was written before there were any', async () => {
    const memory = await openCatalog(folder).openRepository(repository)
    memory.sawHash('a', hash('h', at(18)))
    await memory.save()
    const { drills, ...before } = JSON.parse(readFileSync(fileOf(), 'utf8'))
    expect(drills).toEqual([])
    writeFileSync(fileOf(), JSON.stringify(before))
    const read = await openCatalog(folder).openRepository(repository)
    expect([read.drills(), read.firstHash('a')?.sha256]).toEqual([[], 'h'])
  })
})

describe('What is remembered of a repository', () => {
  test('holds when each object was last proved intact, the newer of two processes, and none from before that was kept', async () => {
    const open = async () => openCatalog(folder).openRepository(repository)
    const [ours, theirs] = await Promise.all([open(), open()])
    ours.sawIntact('a', '2026-11-20T00:00:00Z')
    ours.sawIntact('a', '2026-11-19T00:00:00Z')
    await ours.save()
    theirs.sawIntact('a', '2026-11-18T00:00:00Z')
    theirs.sawIntact('b', '2026-11-18T00:00:00Z')
    await theirs.save()
    const read = await open()
    expect(['a', 'b', 'c'].map((key) => read.intactAt(key))).toEqual([
      '2026-11-20T00:00:00Z',
      '2026-11-18T00:00:00Z',
      null,
    ])
    const { intact, ...before } = JSON.parse(readFileSync(fileOf(), 'utf8'))
    expect(intact).toHaveLength(2)
    writeFileSync(fileOf(), JSON.stringify(before))
    expect((await open()).intactAt('a')).toBeNull()
  })

  test('is there for the next run, under any key', async () => {
    const memory = await openCatalog(folder).openRepository(repository)
    for (const key of ['a/b', '__proto__', 'constructor', 'x\u0000y']) {
      memory.sawHash(key, hash(`hash of ${key}`, '2026-11-20T00:00:00Z'))
      memory.remember(key, facts('2026-11-20T00:00:00Z'))
    }
    memory.setPin({ since: '2026-11-20T00:00:00Z', cluster: 'c', seals: true, salts: [] })
    await memory.save()
    const next = await openCatalog(folder).openRepository(repository)
    expect(next.firstHash('__proto__')?.sha256).toBe('hash of __proto__')
    expect(next.facts('constructor')?.readAt).toBe('2026-11-20T00:00:00Z')
    expect(next.pin()?.cluster).toBe('c')
    expect(next.firstHash('toString')).toBeNull()
    expect((await openCatalog(folder).openRepository('file:///elsewhere')).firstHash('a/b')).toBeNull()
  })

  test('keeps the first sight of a key', async () => {
    const memory = await openCatalog(folder).openRepository(repository)
    memory.sawHash('k', hash('first', '2026-11-20T00:00:00Z'))
    memory.sawHash('k', hash('second', '2026-11-21T00:00:00Z'))
    expect(memory.firstHash('k')?.sha256).toBe('first')
  })

  test('of two runs at once is kept of both: the older sight, the newer facts', async () => {
    const one = await openCatalog(folder).openRepository(repository)
    const two = await openCatalog(folder).openRepository(repository)
    one.sawHash('k', hash('older', '2026-11-20T00:00:00Z'))
    one.remember('k', facts('2026-11-20T00:00:00Z'))
    one.sawHash('only one', hash('x', '2026-11-20T00:00:00Z'))
    two.sawHash('k', hash('newer', '2026-11-21T00:00:00Z'))
    two.remember('k', facts('2026-11-21T00:00:00Z'))
    await two.save()
    await one.save()
    const next = await openCatalog(folder).openRepository(repository)
    expect(next.firstHash('k')?.sha256).toBe('older')
    expect(next.facts('k')?.readAt).toBe('2026-11-21T00:00:00Z')
    expect(next.firstHash('only one')?.sha256).toBe('x')
  })

  test.each(['', '{', 'null', '{"schema":2,"hashes":[],"facts":[]}', '{"schema":1,"hashes":{},"facts":[]}'])(
    'that was damaged (%j) is reported and left as it is',
    async (text) => {
      const memory = await openCatalog(folder).openRepository(repository)
      memory.sawHash('k', hash('x', '2026-11-20T00:00:00Z'))
      await memory.save()
      writeFileSync(fileOf(), text)
      await expect(openCatalog(folder).openRepository(repository)).rejects.toMatchObject({
        code: 'state.broken',
      })
      memory.sawHash('l', hash('y', '2026-11-20T00:00:00Z'))
      await expect(memory.save()).rejects.toMatchObject({ code: 'state.broken' })
      expect(readFileSync(fileOf(), 'utf8')).toBe(text)
    },
  )

  test('is readable by its owner alone, and not written where nothing is new', async () => {
    const memory = await openCatalog(folder).openRepository(repository)
    await memory.save()
    expect(readdirSync(folder)).toEqual([])
    memory.sawHash('k', hash('x', '2026-11-20T00:00:00Z'))
    await memory.save()
    expect(statSync(fileOf()).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'repositories')).mode & 0o777).toBe(0o700)
  })
})

describe('The secret of an installation', () => {
  test('is made once, whoever asks at the same time, and is readable by its owner alone', async () => {
    const secrets = await Promise.all(
      Array.from({ length: 8 }, () => openCatalog(folder).installationSecret()),
    )
    expect(new Set(secrets.map((secret) => Buffer.from(secret).toString('hex'))).size).toBe(1)
    expect(secrets[0]?.byteLength).toBe(32)
    expect(statSync(join(folder, 'installation-secret')).mode & 0o777).toBe(0o600)
  })

  test('that was cut is reported', async () => {
    writeFileSync(join(folder, 'installation-secret'), 'short')
    await expect(openCatalog(folder).installationSecret()).rejects.toMatchObject({ code: 'state.broken' })
  })
})
