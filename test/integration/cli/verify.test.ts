import { chmodSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { openFolderStore } from '../../../src/main/adapters/folder/folder-store.ts'
import { makeChangoArchive } from '../../lab/chango.ts'
import { changoFolder, keyFile, kiokFolder, masterKey, type RepositoryFixture } from './fixture.ts'
import { runCli, temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
const env = { HOLDFAST_MASTER_KEY: masterKey }
let kiok: RepositoryFixture
let chango: RepositoryFixture

beforeAll(async () => {
  kiok = await kiokFolder(home, 'kiok')
  chango = await changoFolder(home, 'chango')
})

describe('holdfast verify --json', () => {
  test('prints the document that scripts rely on, and nothing else', async () => {
    const { status, stdout } = await runCli(home, ['verify', '--all', '--json', ...kiok.flags], { env })
    const document: unknown = JSON.parse(stdout)
    const store = (name: string, holder: string | undefined) => ({
      store: name,
      holder,
      object: `${name}.enc`,
      levelReached: 'matches',
      findings: [],
      notProvable: [],
      verifiedAt: expect.stringMatching(/^20\d\d-\d\d-\d\dT.*Z$/),
    })
    const [first, second, third] = kiok.ids
    const held = ['kms', 'iam', 'connections', 'joblog'].map((name) => store(name, first))
    expect(document).toEqual({
      repository: kiok.address,
      system: 'kiok',
      level: 'matches',
      backups: [
        {
          backupId: third,
          createdAt: '2026-11-12T02:00:00Z',
          verdict: 'good',
          stores: [store('metadata', third), ...held],
          findings: [],
        },
        {
          backupId: second,
          createdAt: '2026-11-11T02:00:00Z',
          verdict: 'good',
          stores: [store('metadata', second), ...held],
          findings: [],
        },
        {
          backupId: first,
          createdAt: '2026-11-10T02:00:00Z',
          verdict: 'good',
          stores: [store('metadata', first), ...held],
          findings: [],
        },
      ],
      findings: [],
      summary: {
        backups: 3,
        good: 3,
        warning: 0,
        bad: 0,
        unknown: 0,
        // Three manifests; five objects in the first night, one in each other.
        objectsRead: 3 + 5 + 1 + 1,
        bytesRead: expect.any(Number),
        seconds: expect.any(Number),
      },
    })
    expect(status).toBe(0)
  })

  test('remembers: the second run reads manifests only and says when the rest was read', async () => {
    const own = temporaryFolder()
    const args = ['verify', '--all', '--json', ...kiok.flags]
    const first = JSON.parse((await runCli(own, args, { env })).stdout)
    const second = JSON.parse((await runCli(own, args, { env })).stdout)
    expect(second.summary).toMatchObject({ good: 3, objectsRead: 3 })
    expect(second.backups[0].stores[0].verifiedAt).toBe(first.backups[0].stores[0].verifiedAt)
    const again = JSON.parse((await runCli(own, [...args, '--recheck'], { env })).stdout)
    expect(again.summary.objectsRead).toBe(10)
  })

  test('does not take a file for the one it read because its size and its time were kept', async () => {
    const own = temporaryFolder()
    const touched = await kiokFolder(own, 'touched')
    const args = ['verify', '--all', '--json', ...touched.flags]
    await runCli(own, args, { env })
    const file = join(touched.folder, touched.ids[0] ?? '', 'iam.enc')
    const { atime, mtime } = statSync(file)
    const bytes = readFileSync(file)
    bytes.writeUInt8(bytes.readUInt8(600) ^ 1, 600)
    writeFileSync(file, bytes)
    utimesSync(file, atime, mtime)
    expect(JSON.parse((await runCli(own, args, { env })).stdout).summary.bad).toBe(3)
  })

  test('judges both dialects of chango, with the parts as stores', async () => {
    const { status, stdout } = await runCli(home, ['verify', '--all', '--json', ...chango.flags], { env })
    const { backups, level } = JSON.parse(stdout)
    expect(level).toBe('wellFormed')
    expect(
      backups.map((each: { backupId: string; verdict: string }) => [each.backupId, each.verdict]),
    ).toEqual(chango.ids.toReversed().map((id) => [id, 'good']))
    expect(backups[0].stores.map((each: { store: string }) => each.store)).toEqual([
      'kms',
      'iam',
      'metadata',
      'patches',
    ])
    expect(status).toBe(0)
  })

  test('orders chango backups by the time in their manifests, once that is known', async () => {
    const own = temporaryFolder()
    const parts = await Promise.all(
      [
        { when: '2026-08-01T02:48:59Z', seed: 'renamed' },
        { when: '2026-08-02T02:48:59Z', seed: 'other' },
      ].map(async (lab) => makeChangoArchive({ dialect: 2, ...lab })),
    )
    const folder = join(own, 'chango')
    mkdirSync(folder)
    const store = await openFolderStore(folder)
    const late = await makeChangoArchive({ dialect: 2, seed: 'late', when: '2026-12-01T00:00:00Z' })
    // An archive of December under a name of August: the manifest is believed, and the name is a finding.
    await store.putStream(parts[0]?.key ?? '', late.pieces())
    await store.putStream(parts[1]?.key ?? '', parts[1]?.pieces() ?? late.pieces())
    await store.close()
    const flags = ['--repository', pathToFileURL(folder).href, '--system', 'chango', '--json']
    const order = (stdout: string): readonly string[] =>
      JSON.parse(stdout).backups.map((each: { backupId: string }) => each.backupId)
    const expected = [parts[0]?.backupId, parts[1]?.backupId]
    expect(order((await runCli(own, ['backups', ...flags])).stdout)).toEqual(expected.toReversed())
    expect(order((await runCli(own, ['verify', '--all', ...flags])).stdout)).toEqual(expected)
    expect(order((await runCli(own, ['backups', ...flags])).stdout)).toEqual(expected)
    expect(order((await runCli(own, ['verify', '--latest', ...flags])).stdout)).toEqual(expected.slice(0, 1))
  })

  test('finds a chango backup by its name, with or without what its prefix put before it', async () => {
    const own = temporaryFolder()
    const prefixed = await changoFolder(own, 'prefixed', { prefix: 'prod-' })
    const id = prefixed.ids[1] ?? ''
    for (const name of [id, `prod-${id}`, id.slice(0, 10)]) {
      const { status, stdout } = await runCli(own, ['verify', name, '--json', ...prefixed.flags], { env })
      expect([status, JSON.parse(stdout).backups[0].backupId]).toEqual([0, id])
    }
  })

  test('says of an empty repository that it holds no backup, as an error', async () => {
    const empty = await kiokFolder(home, 'empty', { nights: [] })
    const { status, stdout } = await runCli(home, ['verify', '--latest', '--json', ...empty.flags], { env })
    const { backups, findings } = JSON.parse(stdout)
    expect(backups).toEqual([])
    expect(findings).toMatchObject([{ code: 'backup.none', severity: 'error' }])
    expect(status).toBe(1)
  })
})

describe('holdfast verify for people', () => {
  test('names the object where it lies, and says where nothing records the bytes of a good backup', async () => {
    const own = temporaryFolder()
    const args = ['verify', '--latest', ...chango.flags]
    const first = await runCli(own, args, { env })
    const id = chango.ids[1] ?? ''
    expect(first.stdout).toContain(`  ${id}.tar.gz  `)
    expect(first.stdout).not.toContain(`${id}/`)
    expect(first.stdout).toContain('Nothing records the bytes of 1 of the good ones')
    // What this console read first is a record from the second reading on.
    expect((await runCli(own, [...args, '--recheck'], { env })).stdout).not.toContain('Nothing records')
    expect((await runCli(own, ['verify', '--all', ...kiok.flags], { env })).stdout).not.toContain(
      'Nothing records',
    )
  })
})

describe('The exit status', () => {
  test('is 1 for an error finding', async () => {
    const damaged = await kiokFolder(home, 'damaged')
    const file = join(damaged.folder, damaged.ids[0] ?? '', 'iam.enc')
    const bytes = readFileSync(file)
    bytes.writeUInt8(bytes.readUInt8(600) ^ 1, 600)
    writeFileSync(file, bytes)
    const { status, stdout } = await runCli(home, ['verify', '--all', ...damaged.flags], { env })
    expect(status).toBe(1)
    expect(stdout).toContain('iam: error envelope.tampered')
    expect(stdout).toContain('3 backups: 3 bad')
    expect(stdout).toContain(`3 of these backups need ${damaged.ids[0]}/iam.enc.`)
  })

  test('is 0 for a verdict that stays open, with its reason', async () => {
    const { status, stdout } = await runCli(home, ['verify', '--latest', ...kiok.flags])
    expect(status).toBe(0)
    expect(stdout).toContain('? unknown')
    expect(stdout).toContain('key.missing')
  })

  test('is 1 where a level was asked for that needs the missing key', async () => {
    expect((await runCli(home, ['verify', '--latest', '--level', 'decrypts', ...kiok.flags])).status).toBe(1)
  })

  test.each([
    ['a wrong option', ['verify', '--nonsense']],
    ['a missing option', ['verify', '--all']],
    ['no selection', ['verify', '--repository', 'file:///', '--system', 'kiok']],
    ['an unknown system', ['verify', '--all', '--repository', 'file:///', '--system', 'nonsense']],
    [
      'an unknown level',
      ['verify', '--all', '--repository', 'file:///', '--system', 'kiok', '--level', 'nonsense'],
    ],
    [
      'no number of workers',
      ['verify', '--all', '--repository', 'file:///', '--system', 'kiok', '--workers', '0'],
    ],
    ['an address that is none', ['verify', '--all', '--repository', 'nonsense', '--system', 'kiok']],
    ['no command', []],
  ])('is 2 for %s', async (_name, args) => {
    const { status, stdout } = await runCli(home, [...args, '--json'])
    expect(status).toBe(2)
    if (args.length > 0)
      expect(JSON.parse(stdout)).toEqual({ error: { code: expect.any(String), message: expect.any(String) } })
  })

  test('is 2 for the beginning of several ids, and for none', async () => {
    const ambiguous = await runCli(home, ['verify', '2026', '--json', ...kiok.flags], { env })
    expect([ambiguous.status, JSON.parse(ambiguous.stdout).error.code]).toEqual([2, 'backup.ambiguous'])
    const none = await runCli(home, ['verify', '1999', '--json', ...kiok.flags], { env })
    expect([none.status, JSON.parse(none.stdout).error.code]).toEqual([2, 'backup.notFound'])
    const one = await runCli(home, ['verify', '20261112', '--json', ...kiok.flags], { env })
    expect([one.status, JSON.parse(one.stdout).backups.length]).toEqual([0, 1])
  })

  test('is 3 for a repository that does not exist, never "no backups"', async () => {
    const { status, stdout } = await runCli(home, [
      'verify',
      '--all',
      '--json',
      '--system',
      'kiok',
      '--repository',
      'file:///nowhere/at/all',
    ])
    expect([status, JSON.parse(stdout).error.code]).toEqual([3, 'repository.notFound'])
  })

  // Root reads whatever the mode says.
  test.skipIf(process.getuid?.() === 0)(
    'is 3 for an object that cannot be read (skipped for root)',
    async () => {
      const locked = await kiokFolder(home, 'locked')
      chmodSync(join(locked.folder, locked.ids[0] ?? '', 'iam.enc'), 0o000)
      const { status, stdout } = await runCli(home, ['verify', '--latest', '--json', ...locked.flags], {
        env,
      })
      expect([status, JSON.parse(stdout).backups[0].verdict]).toEqual([3, 'unknown'])
    },
  )
})

describe('The master key', () => {
  test.each([
    ['as it stands', masterKey],
    ['with one line feed', `${masterKey}\n`],
    ['with a carriage return and a line feed', `${masterKey}\r\n`],
  ])('comes from a file %s', async (name, text) => {
    const file = keyFile(home, text, `${name}.key`)
    const { stdout } = await runCli(home, [
      'verify',
      '--latest',
      '--recheck',
      '--json',
      '--master-key-file',
      file,
      ...kiok.flags,
    ])
    expect(JSON.parse(stdout).summary.good).toBe(1)
  })

  test.each([
    ['a second line feed', `${masterKey}\n\n`],
    ['a space', `${masterKey} `],
  ])('is another one with %s', async (name, text) => {
    const file = keyFile(home, text, `${name}.key`)
    const { status, stdout } = await runCli(home, [
      'verify',
      '--latest',
      '--recheck',
      '--json',
      '--master-key-file',
      file,
      ...kiok.flags,
    ])
    expect([status, JSON.parse(stdout).summary.bad]).toEqual([1, 1])
  })

  test('that is an empty file is refused', async () => {
    const file = keyFile(home, '\n', 'empty.key')
    expect(
      (await runCli(home, ['verify', '--latest', '--master-key-file', file, ...kiok.flags])).status,
    ).toBe(2)
  })

  test('may be given more than once', async () => {
    const files = [keyFile(home, 'an older key', 'older.key'), keyFile(home)]
    const flags = files.flatMap((file) => ['--master-key-file', file])
    const { stdout } = await runCli(home, ['key-check', '--json', ...flags, ...kiok.flags])
    expect(JSON.parse(stdout).backups.map((each: { opens: string }) => each.opens)).toEqual([
      'opens',
      'opens',
      'opens',
    ])
  })

  test('that does not fit is told by key-check from the first bytes', async () => {
    const { status, stdout } = await runCli(home, ['key-check', ...kiok.flags], {
      env: { HOLDFAST_MASTER_KEY: 'another key' },
    })
    expect(status).toBe(1)
    expect(stdout).toContain('✘ another key')
    expect(stdout).toContain('0 of 3 backups')
    // Five objects of each backup have the same reason.
    expect(stdout.match(/ and 4 more: none of the given keys opens it/g)).toHaveLength(3)
  })

  test('that does not fit is told once for all stores of a backup', async () => {
    const { status, stdout } = await runCli(home, ['verify', '--latest', '--recheck', ...kiok.flags], {
      env: { HOLDFAST_MASTER_KEY: 'another key' },
    })
    expect(status).toBe(1)
    expect(stdout.match(/envelope\.wrongKey/g)).toHaveLength(1)
    expect(stdout).toContain(
      'metadata: error envelope.wrongKey: None of the given master keys opens metadata,',
    )
    expect(stdout).toContain('kms, iam, connections, joblog: the same.')
  })

  test('is held against the fingerprint in a chango archive, where its dialect records one', async () => {
    const proofs = async (key: string) => {
      const { status, stdout } = await runCli(home, ['key-check', '--json', ...chango.flags], {
        env: { HOLDFAST_MASTER_KEY: key },
      })
      return [status, ...JSON.parse(stdout).backups.map((each: { opens: string }) => each.opens)]
    }
    expect(await proofs(masterKey)).toEqual([0, 'opens', 'unknown'])
    expect(await proofs('another key')).toEqual([1, 'refused', 'unknown'])
  })

  test('is asked for where there is none', async () => {
    const { status, stdout } = await runCli(home, ['key-check', '--json', ...kiok.flags], {
      env: { HOLDFAST_MASTER_KEY: '' },
    })
    expect([status, JSON.parse(stdout).error.code]).toEqual([2, 'key.missing'])
  })

  test('in the environment is warned about: other programs can read it', async () => {
    const { stderr } = await runCli(home, ['backups', ...kiok.flags], { env })
    expect(stderr).toContain('--master-key-file')
  })

  test('in a file that other users can reach is taken, and said to be open to them', async () => {
    const file = join(home, 'open.key')
    writeFileSync(file, masterKey, { mode: 0o600 })
    const opened = ['key-check', ...kiok.flags, '--master-key-file', file]
    const kept = await runCli(home, opened)
    expect([kept.status, kept.stderr]).toEqual([0, expect.not.stringContaining('other users')])
    for (const mode of [0o640, 0o604]) {
      chmodSync(file, mode)
      const { status, stderr } = await runCli(home, opened)
      expect(status).toBe(0)
      expect(stderr).toContain(`is open to other users (mode 0${mode.toString(8)})`)
    }
  })
})

describe('holdfast backups and show', () => {
  test('list what is there, newest first', async () => {
    const { stdout } = await runCli(home, ['backups', '--json', ...kiok.flags])
    const { backups } = JSON.parse(stdout)
    expect(backups.map((each: { backupId: string }) => each.backupId)).toEqual(kiok.ids.toReversed())
    expect(backups[0]).toEqual({
      backupId: kiok.ids[2],
      createdAt: '2026-11-12T02:00:00Z',
      cluster: 'kiok-prod',
      sizeBytes: expect.any(Number),
      newBytes: expect.any(Number),
    })
    expect(backups[0].newBytes).toBeLessThan(backups[0].sizeBytes)
  })

  test('say with their exit status that an error is known', async () => {
    const own = temporaryFolder()
    const cut = await kiokFolder(own, 'cut')
    const object = join(cut.folder, cut.ids[0] ?? '', 'iam.enc')
    writeFileSync(object, readFileSync(object).subarray(1))
    const { status, stdout } = await runCli(own, ['show', '20261112', '--json', ...cut.flags])
    const findings = JSON.parse(stdout).backup.stores.flatMap((each: { findings: unknown }) => each.findings)
    expect([status, findings]).toEqual([
      1,
      [expect.objectContaining({ code: 'object.sizeMismatch', severity: 'error' })],
    ])
  })

  test('show what is known without reading an object', async () => {
    const own = temporaryFolder()
    const args = ['show', '20261112', '--json', ...kiok.flags]
    const before = JSON.parse((await runCli(own, args, { env })).stdout)
    expect(before.backup.stores.map((each: { levelReached: string }) => each.levelReached)).toEqual(
      Array(5).fill('present'),
    )
    expect(JSON.parse(before.backup.manifest).cluster).toBe('kiok-prod')
    await runCli(own, ['verify', '--latest', ...kiok.flags], { env })
    const after = JSON.parse((await runCli(own, args, { env })).stdout)
    expect(after.backup.stores.map((each: { levelReached: string }) => each.levelReached)).toEqual(
      Array(5).fill('matches'),
    )
  })
})
