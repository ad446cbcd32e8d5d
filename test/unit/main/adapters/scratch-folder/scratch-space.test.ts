import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openScratchSpace } from '../../../../../src/main/adapters/scratch-folder/open-scratch-space.ts'

let dir: string
let folder: string
const clock = { now: () => Date.parse('2026-11-20T02:00:00Z') }
const of = { what: 'a drill of b1', apartFrom: [] }

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-scratch-'))
  folder = join(dir, 'state')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const alive = () => openScratchSpace(folder, { clock })
const afterDeath = (judged: 'dead' | 'unknown' = 'dead') =>
  openScratchSpace(folder, { clock, judge: async () => Promise.resolve(judged) })

test('A scratch folder is private, empty, and gone with its name once it is removed', async () => {
  const scratch = await alive().make(null, of)
  expect(statSync(scratch.dir).mode & 0o777).toBe(0o700)
  expect(readdirSync(scratch.dir)).toEqual([])
  writeFileSync(join(scratch.dir, 'store'), 'plain')
  await scratch.remove()
  await scratch.remove()
  expect(readdirSync(folder)).toEqual([])
})

describe('What a program left that was killed', () => {
  test('is removed and named at the next start, wherever it lies', async () => {
    const elsewhere = join(dir, 'elsewhere')
    mkdirSync(elsewhere)
    const { dir: left } = await alive().make(elsewhere, of)
    writeFileSync(join(left, 'store'), 'plain')
    expect(await afterDeath().sweep()).toEqual([
      { dir: left, what: 'a drill of b1', since: '2026-11-20T02:00:00.000Z', stands: null },
    ])
    expect(existsSync(left)).toBe(false)
    expect(await afterDeath().sweep()).toEqual([])
  })

  test('is no leftover while the program lives', async () => {
    const { dir: used } = await alive().make(null, of)
    expect(await alive().sweep()).toEqual([])
    expect(existsSync(used)).toBe(true)
  })

  test('stays, and is named with the reason, where nobody can tell from here', async () => {
    const { dir: left } = await alive().make(null, of)
    const [found] = await afterDeath('unknown').sweep()
    expect(found).toMatchObject({ dir: left, stands: expect.stringContaining('cannot be told from here') })
    expect(existsSync(left)).toBe(true)
  })

  test('is left alone where something else has its name now', async () => {
    const { dir: left } = await alive().make(null, of)
    const precious = join(dir, 'precious')
    mkdirSync(precious)
    rmSync(left, { recursive: true })
    symlinkSync(precious, left)
    expect(await afterDeath().sweep()).toMatchObject([{ stands: 'It is no folder any more.' }])
    expect(existsSync(precious)).toBe(true)
  })

  test('is never a folder that only its list names', async () => {
    const precious = join(dir, 'precious')
    mkdirSync(precious)
    await (await alive().make(null, of)).remove()
    const id = '00000000-0000-4000-8000-000000000001'
    const maker = { host: 'h', pid: 1, startTicks: null, bootId: null, pidNamespace: null }
    writeFileSync(join(folder, `${id}.json`), JSON.stringify({ dir: precious, what: 'x', since: 'y', maker }))
    expect(await afterDeath().sweep()).toEqual([])
    expect(existsSync(precious)).toBe(true)
  })
})

describe('No scratch folder is made', () => {
  const signs: readonly (readonly [string, readonly string[], string])[] = [
    ['into which a backup was restored', ['.holdfast/journal'], 'A backup was restored into it.'],
    ['with the stores of a master', ['kms/', 'iam/', 'metadata/'], 'It holds the stores of a master.'],
    ['that is an open store', ['CURRENT', 'LOCK'], 'It is a store that a program keeps open.'],
    ['of a PostgreSQL', ['PG_VERSION'], 'It is the data folder of a PostgreSQL.'],
    ['of a kiseki node', ['epochs.redb'], 'It is the data folder of a kiseki node.'],
  ]

  test.each(signs)('in a folder %s, nor anywhere below it', async (_what, names, why) => {
    const live = join(dir, 'live')
    const below = join(live, 'a', 'b')
    mkdirSync(below, { recursive: true })
    for (const name of names) {
      if (name.endsWith('/')) mkdirSync(join(live, name))
      else {
        mkdirSync(join(live, name, '..'), { recursive: true })
        writeFileSync(join(live, name), '')
      }
    }
    await expect(alive().make(live, of)).rejects.toMatchObject({ code: 'target.refused', text: { why } })
    await expect(alive().refuse(below, [])).rejects.toMatchObject({
      text: { why: expect.stringContaining(`It lies in ${live}`) },
    })
    expect(readdirSync(folder)).toEqual([])
  })

  test('in a repository, by whatever link it is reached', async () => {
    const repository = join(dir, 'repository')
    mkdirSync(join(repository, 'below'), { recursive: true })
    symlinkSync(repository, join(dir, 'link'))
    const apart = { ...of, apartFrom: [repository] }
    for (const above of [repository, join(repository, 'below'), join(dir, 'link', 'below')]) {
      await expect(alive().make(above, apart)).rejects.toMatchObject({ code: 'target.refused' })
    }
    expect(readdirSync(join(repository, 'below'))).toEqual([])
  })

  test.each(['relative', '/no/such/folder'])('in %j', async (above) => {
    await expect(alive().make(above, of)).rejects.toMatchObject({ code: 'target.refused' })
  })
})
