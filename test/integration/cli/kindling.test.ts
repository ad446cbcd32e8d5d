import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { kindlingFolder, type RepositoryFixture } from './fixture.ts'
import { runCli, temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
let kindling: RepositoryFixture
let full: string
let next: string
let disk: string

beforeAll(async () => {
  kindling = await kindlingFolder(home, 'kindling')
  ;[full = '', next = '', disk = ''] = kindling.ids
  mkdirSync(join(home, 'targets'))
})

describe('What kindling has in its bucket', () => {
  test('is listed: labels of pgBackRest, and disks of projects', async () => {
    const { status, stdout } = await runCli(home, ['backups', '--json', ...kindling.flags])
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      system: 'kindling',
      backups: [
        { backupId: disk },
        { backupId: next, createdAt: '2026-11-02T02:00:09.000Z' },
        { backupId: full },
      ],
    })
  })

  test('is proved in workers, file by file of each bundle; the newest is the database’s', async () => {
    const latest = await runCli(home, ['verify', '--latest', '--json', ...kindling.flags])
    expect([latest.status, JSON.parse(latest.stdout)]).toMatchObject([
      0,
      {
        backups: [
          {
            backupId: next,
            verdict: 'good',
            stores: [
              { store: 'full', holder: full, levelReached: 'matches' },
              { store: 'incremental', holder: next, levelReached: 'matches' },
              { store: 'WAL', levelReached: 'matches' },
            ],
          },
        ],
      },
    ])
    const all = await runCli(home, ['verify', '--all', '--json', ...kindling.flags])
    expect([all.status, JSON.parse(all.stdout)]).toMatchObject([0, { summary: { good: 3 } }])
  })

  test('is shown with what its manifest says of it, and without the line for each file', async () => {
    const { status, stdout } = await runCli(home, ['show', next, ...kindling.flags])
    expect(status).toBe(0)
    expect(stdout).toContain('incremental')
  })

  test('is not restored as files, copied or thinned out; a disk is exported as one file', async () => {
    const target = join(home, 'targets', 'one')
    mkdirSync(target)
    const label = await runCli(home, ['plan', full, '--target', target, ...kindling.flags])
    expect([label.status, label.stderr.includes('pgbackrest restore')]).toEqual([2, true])
    const copy = await runCli(home, ['copy', full, '--to', `file://${join(home, 'copy')}`, ...kindling.flags])
    expect([copy.status, copy.stderr.includes('repo2')]).toEqual([2, true])
    const prune = await runCli(home, ['prune', '--keep-last', '1', ...kindling.flags])
    expect([prune.status, prune.stderr.includes('pgbackrest expire')]).toEqual([2, true])
    const restored = await runCli(home, [
      'restore',
      disk,
      '--target',
      target,
      '--confirm',
      'one',
      ...kindling.flags,
    ])
    expect(restored.status, restored.stderr).toBe(0)
    const name = `${disk}.qcow2`
    expect(readdirSync(target)).toContain(name)
    const hash = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')
    const [stored = ''] = readdirSync(kindling.folder, { recursive: true, encoding: 'utf8' }).filter((each) =>
      each.endsWith(name),
    )
    expect(hash(join(target, name))).toBe(hash(join(kindling.folder, stored)))
  })

  test('is bad where one byte of a bundle is another one, for each label that needs it', async () => {
    const bundle = join(kindling.folder, 'backup', 'kindling', full, 'bundle', '1')
    const bytes = readFileSync(bundle)
    bytes[40] = (bytes[40] ?? 0) ^ 1
    writeFileSync(bundle, bytes)
    const { status, stdout } = await runCli(home, ['verify', full, next, '--json', ...kindling.flags])
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      summary: { bad: 2 },
      backups: [{ stores: [{ store: 'full', findings: [{ code: 'object.hashMismatch' }] }, {}, {}] }, {}],
    })
  })
})
