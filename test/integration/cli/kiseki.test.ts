import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { kisekiFolder, type RepositoryFixture } from './fixture.ts'
import { runCli, temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
let kiseki: RepositoryFixture
let filled: string
let empty: string

beforeAll(async () => {
  kiseki = await kisekiFolder(home, 'kiseki')
  filled = kiseki.ids[0] ?? ''
  empty = kiseki.ids[1] ?? ''
  mkdirSync(join(home, 'targets'))
})

describe('The snapshots of kiseki', () => {
  test('are listed newest first; a tar without a manifest is none', async () => {
    const { status, stdout } = await runCli(home, ['backups', '--json', ...kiseki.flags])
    expect([status, JSON.parse(stdout)]).toEqual([
      0,
      {
        repository: kiseki.address,
        system: 'kiseki',
        backups: [
          {
            backupId: empty,
            createdAt: '2026-11-11T06:00:00Z',
            cluster: null,
            sizeBytes: 1024,
            newBytes: 1024,
          },
          {
            backupId: filled,
            createdAt: '2026-11-10T06:00:00Z',
            cluster: null,
            sizeBytes: 1024 + 3 * 1024 + 3 * 1536,
            newBytes: 1024 + 3 * 1024 + 3 * 1536,
          },
        ],
      },
    ])
  })

  test('are proved in workers: one good, one empty, which is a warning and no error', async () => {
    const { status, stdout } = await runCli(home, ['verify', '--all', '--json', ...kiseki.flags])
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      level: 'wellFormed',
      backups: [
        { backupId: empty, verdict: 'warning', findings: [{ code: 'backup.empty' }] },
        { backupId: filled, verdict: 'good', stores: [{ store: 'shards', levelReached: 'wellFormed' }] },
      ],
      summary: { good: 1, warning: 1, objectsRead: 4 },
    })
  })

  test('that are damaged are bad, with status 1', async () => {
    const folder = join(home, 'damaged')
    cpSync(kiseki.folder, folder, { recursive: true })
    const tar = join(folder, filled, 'snapshot.tar')
    writeFileSync(tar, readFileSync(tar).subarray(0, 5000))
    const flags = ['--repository', pathToFileURL(folder).href, '--system', 'kiseki']
    const { status, stdout } = await runCli(home, ['verify', '2026-11-10', '--json', ...flags])
    expect([status, JSON.parse(stdout).backups[0].stores[0].findings[0].code]).toEqual([
      1,
      'archive.truncated',
    ])
  })

  test('are shown with their manifest, and with what kiseki cannot do', async () => {
    const { status, stdout } = await runCli(home, ['show', '2026-11-10', '--manifest', ...kiseki.flags])
    expect(status).toBe(0)
    expect(stdout).toContain(`{"snapshot_id":"${filled}","shard_count":3,`)
    expect(stdout).toContain('kiseki has no restore that puts data back')
  })

  test('are copied with their manifest last, and are good there', async () => {
    const folder = join(home, 'copy')
    mkdirSync(folder)
    const to = pathToFileURL(folder).href
    const { status, stdout } = await runCli(home, [
      'copy',
      '2026-11-10',
      '--to',
      to,
      '--json',
      ...kiseki.flags,
    ])
    expect([status, JSON.parse(stdout).objects.map(({ key }: { key: string }) => key)]).toEqual([
      0,
      [`${filled}/snapshot.tar`, `${filled}/manifest.json`],
    ])
    const there = await runCli(home, ['verify', '--all', '--repository', to, '--system', 'kiseki', '--json'])
    expect(JSON.parse(there.stdout).summary).toMatchObject({ good: 1, backups: 1 })
  })

  test('are exported as they are; nothing else in the folder is touched', async () => {
    const dir = join(home, 'targets', 'export')
    mkdirSync(dir)
    writeFileSync(join(dir, 'shards'), 'mine')
    const flags = [filled, ...kiseki.flags, '--target', dir]
    const plan = await runCli(home, ['plan', ...flags])
    expect(plan.stdout).toContain('kiseki has no restore that puts data back')
    const { status } = await runCli(home, ['restore', ...flags, '--confirm', 'export'])
    expect(status).toBe(0)
    for (const name of ['snapshot.tar', 'manifest.json'])
      expect(readFileSync(join(dir, name)).equals(readFileSync(join(kiseki.folder, filled, name)))).toBe(true)
    expect(
      readdirSync(dir)
        .filter((name) => !name.startsWith('.'))
        .sort(),
    ).toEqual(['manifest.json', 'report.json', 'shards', 'snapshot.tar'])
    expect(JSON.parse(readFileSync(join(dir, 'report.json'), 'utf8')).note).toMatch(
      /writes nothing into any store/,
    )
  })

  test('are not restored where they are empty: nothing is written', async () => {
    const dir = join(home, 'targets', 'nothing')
    const flags = [empty, ...kiseki.flags, '--target', dir, '--confirm', 'nothing', '--json']
    const { status, stdout } = await runCli(home, ['restore', ...flags])
    expect([status, JSON.parse(stdout).error]).toMatchObject([
      2,
      { code: 'restore.refused', message: expect.stringMatching(/holds nothing to restore/) },
    ])
    expect(existsSync(dir)).toBe(false)
  })
})
