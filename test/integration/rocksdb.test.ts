import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { walkArchive } from '../../src/main/systems/chango/walk.ts'
import { bytesEntry, makeChangoArchive, packed, type LabEntry } from '../lab/chango.ts'

const ldb = '/usr/bin/ldb'
const skip = existsSync(ldb) ? false : `${ldb} of RocksDB is not installed (rocksdb-tools).`

let above: string
let made: string

beforeAll(async () => {
  if (skip !== false) return
  above = await mkdtemp(join(tmpdir(), 'holdfast-rocksdb-'))
  const live = join(above, 'live')
  for (const key of ['a', 'b', 'c']) run(live, '--create_if_missing', 'put', key, `value of ${key}`)
  run(live, 'compact')
  run(live, 'create_column_family', 'audit')
  for (const key of ['d', 'e']) run(live, '--column_family=audit', 'put', key, 'x')
  run(live, 'delete', 'a')
  made = join(above, 'checkpoint')
  run(live, 'checkpoint', `--checkpoint_dir=${made}`)
})
afterAll(async () => {
  if (skip === false) await rm(above, { recursive: true, force: true })
})

function run(folder: string, ...argv: readonly string[]): void {
  execFileSync(ldb, [`--db=${folder}`, ...argv], { stdio: 'pipe' })
}

/** Whether RocksDB opens the folder. */
function opens(folder: string): boolean {
  const { status, stdout, stderr } = spawnSync(ldb, [`--db=${folder}`, 'scan'], { encoding: 'utf8' })
  return status === 0 && !/Failed|Corruption/.test(stdout + stderr)
}

/** What is said of an archive whose metadata store is that folder. */
async function saidOf(
  folder: string,
): Promise<{ readonly codes: readonly string[]; readonly tables: unknown }> {
  const archive = await makeChangoArchive({ dialect: 1, seed: 'rocksdb', when: '2026-05-30T02:00:00Z' })
  const others = archive.entries.filter(({ name }) => !name.startsWith('metadata/'))
  const store: LabEntry[] = []
  for (const name of await readdir(folder))
    store.push(bytesEntry(`metadata/${name}`, await readFile(join(folder, name))))
  const { findings, parts } = await walkArchive(packed([...others, ...store]))
  return {
    codes: findings.map(({ code, part }) => `${code} ${part ?? ''}`),
    tables: parts.find(({ part }) => part === 'metadata')?.tables,
  }
}

describe.skipIf(skip !== false)('a store that RocksDB has written', () => {
  const harmed = async (name: string, harm: (folder: string) => Promise<void>): Promise<string> => {
    const folder = join(above, name)
    await cp(made, folder, { recursive: true })
    await harm(folder)
    return folder
  }
  const tablesIn = async (folder: string): Promise<readonly string[]> =>
    (await readdir(folder)).filter((name) => name.endsWith('.sst')).sort()
  const firstTable = async (folder: string): Promise<string> =>
    join(folder, (await tablesIn(folder))[0] ?? 'none')
  const manifestOf = async (folder: string): Promise<string> =>
    join(folder, (await readFile(join(folder, 'CURRENT'), 'utf8')).trim())

  test('has all tables that its MANIFEST names', async () => {
    const tables = await tablesIn(made)
    expect(tables.length).toBeGreaterThan(3)
    expect(await saidOf(made)).toEqual({ codes: [], tables: tables.length })
    expect(opens(made)).toBe(true)
  })

  test.each([
    ['lacks a table', 'archive.missingPart metadata', async (folder) => rm(await firstTable(folder))],
    [
      'has a table that is cut',
      'archive.malformed metadata',
      async (folder) => truncate(await firstTable(folder), 100),
    ],
    [
      'has a MANIFEST that is damaged in its middle',
      'archive.malformed metadata',
      async (folder) => {
        const file = await manifestOf(folder)
        const bytes = await readFile(file)
        const middle = bytes.byteLength >> 1
        bytes[middle] = (bytes[middle] ?? 0) ^ 1
        await writeFile(file, bytes)
      },
    ],
  ] as const satisfies readonly (readonly [string, string, (folder: string) => Promise<void>])[])(
    'and that %s is not called sound, and RocksDB does not open it',
    async (what, code, harm) => {
      const folder = await harmed(what.replaceAll(' ', '-'), harm)
      expect((await saidOf(folder)).codes).toEqual([code])
      expect(opens(folder)).toBe(false)
    },
  )
})
