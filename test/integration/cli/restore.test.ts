import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { readSmall } from '../../../src/main/engine/transfer/read-small.ts'
import { openFolderStore } from '../../../src/main/adapters/folder/folder-store.ts'
import { changoFolder, keyFile, kiokFolder, storeSizes, type RepositoryFixture } from './fixture.ts'
import { canMount, fileSystem, whyNotMounted } from '../../support/small-file-system.ts'
import { runCli, temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
let kiok: RepositoryFixture
let chango: RepositoryFixture
let keys: readonly string[]

beforeAll(async () => {
  kiok = await kiokFolder(home, 'kiok')
  chango = await changoFolder(home, 'chango')
  keys = ['--master-key-file', keyFile(home)]
})

function target(name: string): string {
  return join(home, 'targets', name)
}

beforeAll(() => mkdirSync(join(home, 'targets')))

describe('A kiok backup', () => {
  test('becomes an export folder of five plain stores and a report', async () => {
    const dir = target('export')
    const { status, stdout } = await runCli(home, [
      'restore',
      '20261112',
      ...kiok.flags,
      ...keys,
      '--target',
      dir,
      '--confirm',
      'kiok-prod',
      '--json',
    ])
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ restored: true, backupId: kiok.ids[2], movedAside: [] })
    const manifest = JSON.parse(readFileSync(join(kiok.folder, kiok.ids[2] ?? '', 'manifest.json'), 'utf8'))
    for (const [name, sizeBytes] of Object.entries(storeSizes)) {
      const bytes = readFileSync(join(dir, name))
      expect(bytes.byteLength).toBe(sizeBytes)
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(manifest.stores[name].sha256)
    }
    const report = JSON.parse(readFileSync(join(dir, 'report.json'), 'utf8'))
    expect(report).toMatchObject({ backupId: kiok.ids[2], cluster: 'kiok-prod', verdict: 'good' })
    expect(
      readdirSync(dir)
        .filter((name) => !name.startsWith('.'))
        .sort(),
    ).toEqual([...Object.keys(storeSizes), 'report.json'].sort())
  })

  test('is not restored without its key: nothing unproved is put into place', async () => {
    const dir = target('unproved')
    const { status, stdout } = await runCli(home, [
      'restore',
      '20261112',
      ...kiok.flags,
      '--target',
      dir,
      '--confirm',
      'kiok-prod',
      '--json',
    ])
    expect([status, JSON.parse(stdout).error.code]).toEqual([2, 'restore.refused'])
    expect(existsSync(dir)).toBe(false)
  })

  test('is refused under another key with the advice to give the right one, as nothing is wrong with its bytes', async () => {
    const other = join(home, 'other.key')
    writeFileSync(other, 'another key', { mode: 0o600 })
    const given = [...kiok.flags, '--master-key-file', other, '--target', target('other-key')]
    const { status, stderr } = await runCli(home, ['plan', '20261112', ...given])
    expect(status).toBe(2)
    expect(stderr).toContain('Give the master key that it was made with')
  })

  test('whose envelope was taken off is not restored, although its manifest agrees', async () => {
    const plain = await kiokFolder(home, 'plain-source', { plain: true })
    const victim = join(home, 'downgraded')
    cpSync(kiok.folder, victim, { recursive: true })
    const id = kiok.ids[2] ?? ''
    const bytes = readFileSync(join(plain.folder, plain.ids[2] ?? '', 'metadata.bin'))
    writeFileSync(join(victim, id, 'metadata.enc'), bytes)
    const manifest = JSON.parse(readFileSync(join(victim, id, 'manifest.json'), 'utf8'))
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    manifest.stores.metadata = {
      sha256,
      size: bytes.byteLength,
      holder: id,
      object: 'metadata.enc',
      objectSize: bytes.byteLength,
      objectSha256: sha256,
    }
    writeFileSync(join(victim, id, 'manifest.json'), JSON.stringify(manifest))
    const flags = ['--repository', pathToFileURL(victim).href, '--system', 'kiok']
    expect((await runCli(home, ['verify', id, ...flags, ...keys])).status).toBe(1)
    const dir = target('downgraded')
    expect(
      (await runCli(home, ['restore', id, ...flags, ...keys, '--target', dir, '--confirm', 'kiok-prod']))
        .status,
    ).toBe(2)
    expect(existsSync(dir)).toBe(false)
  })
})

describe('A chango backup', () => {
  test('becomes a data folder; what stood there is kept, and a rollback brings it back', async () => {
    const dir = target('data')
    mkdirSync(join(dir, 'kms'), { recursive: true })
    mkdirSync(join(dir, 'zookeeper'))
    writeFileSync(join(dir, 'kms', 'CURRENT'), 'the old store')
    writeFileSync(join(dir, 'zookeeper', 'myid'), '1')
    const restored = await runCli(home, [
      'restore',
      chango.ids[1] ?? '',
      ...chango.flags,
      ...keys,
      '--target',
      dir,
      '--confirm',
      'data',
    ])
    expect(restored).toMatchObject({ status: 0 })
    expect(readFileSync(join(dir, 'kms', 'CURRENT'), 'utf8')).toBe('MANIFEST-000005\n')
    expect(readFileSync(join(dir, 'zookeeper', 'myid'), 'utf8')).toBe('1')
    const [aside] = readdirSync(dir).filter((name) => name.startsWith('kms.before-restore-'))
    expect(readFileSync(join(dir, aside ?? '', 'CURRENT'), 'utf8')).toBe('the old store')

    const back = await runCli(home, ['restore', '--rollback', '--target', dir, '--json'])
    expect(back.status).toBe(0)
    expect(JSON.parse(back.stdout)).toMatchObject({ rolledBack: true, returned: ['kms'] })
    expect(readFileSync(join(dir, 'kms', 'CURRENT'), 'utf8')).toBe('the old store')
    expect(existsSync(join(dir, 'iam'))).toBe(false)
    expect((await runCli(home, ['restore', '--rollback', '--target', dir])).status).toBe(2)
  })

  test('that is damaged is not restored', async () => {
    const folder = join(home, 'damaged-chango')
    cpSync(chango.folder, folder, { recursive: true })
    const file = join(folder, `${chango.ids[1]}.tar.gz`)
    writeFileSync(file, readFileSync(file).subarray(0, -100))
    const dir = target('damaged')
    const { status } = await runCli(home, [
      'restore',
      chango.ids[1] ?? '',
      '--repository',
      pathToFileURL(folder).href,
      '--system',
      'chango',
      ...keys,
      '--target',
      dir,
      '--confirm',
      'damaged',
    ])
    expect(status).toBe(2)
    expect(existsSync(dir)).toBe(false)
  })
})

describe('A plan', () => {
  test('changes nothing, is the same each time, and is what the restore runs', async () => {
    const dir = target('planned')
    const args = [chango.ids[0] ?? '', ...chango.flags, ...keys, '--target', dir]
    const first = JSON.parse((await runCli(home, ['plan', ...args, '--json'])).stdout)
    const second = JSON.parse((await runCli(home, ['plan', ...args, '--json'])).stdout)
    expect(existsSync(dir)).toBe(false)
    expect(second).toEqual(first)
    expect(first.planHash).toMatch(/^[0-9a-f]{64}$/)
    expect(first.plan.items.map((item: { name: string }) => item.name)).toEqual([
      'kms',
      'iam',
      'metadata',
      'patches',
    ])
    const run = await runCli(home, [
      'restore',
      ...args,
      '--confirm',
      'planned',
      '--plan',
      first.planHash,
      '--json',
    ])
    expect(JSON.parse(run.stdout)).toMatchObject({ restored: true, planHash: first.planHash })
  })

  test('says the command that runs it as a shell takes it, whatever the bucket calls its cluster', async () => {
    const cluster = 'kiok; echo ran $(echo ran)'
    const odd = await kiokFolder(home, 'odd', { cluster })
    const args = [odd.ids[2] ?? '', ...odd.flags, ...keys, '--target', target('odd')]
    const { status, stdout } = await runCli(home, ['plan', ...args])
    expect(status).toBe(0)
    const command = /Run it with: (.*)/.exec(stdout)?.[1] ?? ''
    const words = execFileSync('/bin/sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' })
    const [hash] = words.trimEnd().split('\n').slice(-1)
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
    expect(words).toBe(`holdfast\nrestore\n…\n${odd.ids[2]}\n--confirm\n${cluster}\n--plan\n${hash}\n`)
  })

  test('that is no longer the one confirmed is not run', async () => {
    const dir = target('changed')
    const args = [chango.ids[0] ?? '', ...chango.flags, ...keys, '--target', dir]
    const { planHash } = JSON.parse((await runCli(home, ['plan', ...args, '--json'])).stdout)
    mkdirSync(join(dir, 'kms'), { recursive: true })
    const { status, stdout } = await runCli(home, [
      'restore',
      ...args,
      '--confirm',
      'changed',
      '--plan',
      planHash,
      '--json',
    ])
    expect([status, JSON.parse(stdout).error.code]).toEqual([2, 'plan.changed'])
    expect(readdirSync(join(dir, 'kms'))).toEqual([])
  })
})

test.skipIf(!canMount)(
  `A disk with no room for the audit chain lets no restore and no rollback begin${whyNotMounted}`,
  async () => {
    using disk = fileSystem(1024 * 1024)
    const env = { HOLDFAST_STATE_DIR: join(disk.path, 'state') }
    const at = (name: string): readonly string[] => [
      chango.ids[0] ?? '',
      ...chango.flags,
      ...keys,
      '--target',
      target(name),
      '--confirm',
      name,
      '--json',
    ]
    const rollback = ['restore', '--rollback', '--target', target('had-room'), '--json']
    expect(await runCli(home, ['restore', ...at('had-room')], { env })).toMatchObject({ status: 0 })
    const before = readdirSync(target('had-room')).toSorted()
    fillUp(join(disk.path, 'ballast'))
    for (const args of [['restore', ...at('no-room')], rollback]) {
      const { status, stdout } = await runCli(home, args, { env })
      expect([status, JSON.parse(stdout).error]).toMatchObject([
        3,
        {
          code: 'audit.cannotWrite',
          message: expect.stringMatching(/There is no room left for it\. Nothing was changed/),
        },
      ])
    }
    expect(existsSync(target('no-room'))).toBe(false)
    expect(readdirSync(target('had-room')).toSorted()).toEqual(before)
    rmSync(join(disk.path, 'ballast'))
    expect(await runCli(home, rollback, { env })).toMatchObject({ status: 0 })
  },
)

/** To the last byte. */
function fillUp(file: string): void {
  for (const size of [64 * 1024, 1024, 1]) {
    try {
      for (;;) appendFileSync(file, Buffer.alloc(size))
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
    }
  }
}

describe('The confirmation', () => {
  test.each([
    ['nothing', []],
    ['another name', ['--confirm', 'kiok-test']],
    ['a name that only looks the same', ['--confirm', 'kiok-pr\u043ed']],
    ['the target instead of the cluster', ['--confirm', 'unconfirmed']],
  ])('refuses %s, with nothing done', async (_name, confirm) => {
    const dir = target('unconfirmed')
    const { status, stderr } = await runCli(home, [
      'restore',
      '20261112',
      ...kiok.flags,
      ...keys,
      '--target',
      dir,
      ...confirm,
    ])
    expect(status).toBe(2)
    expect(stderr).toContain('--confirm kiok-prod')
    expect(existsSync(dir)).toBe(false)
  })
})

test('A cluster whose name only looks like another is not confirmed by the other, and the difference shows', async () => {
  const disguised = await kiokFolder(home, 'disguised', { cluster: 'kiok-pr\u043ed' })
  const dir = target('disguised')
  const args = ['restore', '20261112', ...disguised.flags, ...keys, '--target', dir, '--confirm', 'kiok-prod']
  const { status, stderr } = await runCli(home, args)
  expect(status).toBe(2)
  expect(stderr).toContain('kiok-pr\\u043ed')
  expect(existsSync(dir)).toBe(false)
})

describe('holdfast copy', () => {
  test('makes a copy that verifies on its own, and again copies nothing', async () => {
    const to = join(home, 'offline')
    mkdirSync(to)
    const args = ['copy', '20261112', ...kiok.flags, ...keys, '--to', pathToFileURL(to).href, '--json']
    const first = JSON.parse((await runCli(home, args)).stdout)
    expect(first.objects.map((each: { outcome: string }) => each.outcome)).toEqual(Array(6).fill('copied'))
    const flags = ['--repository', pathToFileURL(to).href, '--system', 'kiok']
    const verified = JSON.parse((await runCli(home, ['verify', '--all', '--json', ...flags, ...keys])).stdout)
    expect(verified.summary).toMatchObject({ backups: 1, good: 1 })
    const second = JSON.parse((await runCli(home, args)).stdout)
    expect(second.objects.map((each: { outcome: string }) => each.outcome)).toEqual(
      Array(6).fill('alreadyThere'),
    )
  })

  test('replaces nothing that has other bytes', async () => {
    const to = join(home, 'offline-occupied')
    mkdirSync(join(to, kiok.ids[0] ?? ''), { recursive: true })
    const occupied = join(to, kiok.ids[0] ?? '', 'iam.enc')
    writeFileSync(occupied, 'something else')
    const { status } = await runCli(home, [
      'copy',
      '20261112',
      ...kiok.flags,
      ...keys,
      '--to',
      pathToFileURL(to).href,
    ])
    expect(status).toBe(4)
    expect(readFileSync(occupied, 'utf8')).toBe('something else')
    expect(existsSync(join(to, kiok.ids[2] ?? '', 'manifest.json'))).toBe(false)
  })

  test('does not copy a bad backup', async () => {
    const from = join(home, 'bad-source')
    cpSync(kiok.folder, from, { recursive: true })
    const store = await openFolderStore(from)
    await store.put(
      `${kiok.ids[0]}/iam.enc`,
      (await readSmall(store, `${kiok.ids[0]}/iam.enc`, 1e6)).subarray(0, 500),
    )
    const to = join(home, 'offline-bad')
    mkdirSync(to)
    const { status } = await runCli(home, [
      'copy',
      '20261112',
      '--repository',
      pathToFileURL(from).href,
      '--system',
      'kiok',
      ...keys,
      '--to',
      pathToFileURL(to).href,
    ])
    expect(status).toBe(1)
    expect(readdirSync(to)).toEqual([])
  })
})

test('The demonstration does the main job on both systems', async () => {
  const dir = join(home, 'demonstration')
  const { status, stdout } = await runCli(home, ['demo', '--dir', dir])
  expect(status).toBe(0)
  expect(stdout).toContain('14 backups: 14 good')
  expect(readdirSync(join(dir, 'kiok-restored'))).toContain('report.json')
  expect(readFileSync(join(dir, 'chango-restored', 'metadata', 'CURRENT'), 'utf8')).toBe('MANIFEST-000005\n')

  writeFileSync(join(dir, 'notes'), 'mine')
  const again = await runCli(home, ['demo', '--dir', dir])
  expect(again.status).toBe(0)
  expect(again.stdout).toContain('was a demonstration before: its repositories are made anew')
  expect(again.stdout).toContain('14 backups: 14 good')
  expect(readFileSync(join(dir, 'notes'), 'utf8')).toBe('mine')

  const other = temporaryFolder()
  writeFileSync(join(other, 'kiok-backups'), 'somebody else’s')
  const refused = await runCli(home, ['demo', '--dir', other])
  expect(refused.status).not.toBe(0)
  expect(refused.stderr).toContain('is no folder of a demonstration')
  expect(readdirSync(other)).toEqual(['kiok-backups'])
})
