import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { armadaFolder, type RepositoryFixture } from './fixture.ts'
import { runCli, temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
const vectors = join(import.meta.dirname, '../../vectors/armada')
let armada: RepositoryFixture

beforeAll(async () => {
  armada = await armadaFolder(home, 'armada')
})

const notProvable = [
  { level: 'decrypts', reason: 'armada does not seal its backups: there is nothing to decrypt' },
  { level: 'matches', reason: 'the manifest records no hash of what the file holds' },
]
const verifiedAt = expect.stringMatching(/^20\d\d-\d\d-\d\dT.*Z$/)

async function json(
  args: readonly string[],
): Promise<{ status: number | null; document: unknown; stderr: string }> {
  const { status, stdout, stderr } = await runCli(home, [...args, '--json'])
  return { status, document: JSON.parse(stdout), stderr }
}

describe('holdfast and the backups of armada', () => {
  test('verify reads the system’s own test data as it is meant', async () => {
    const repository = pathToFileURL(vectors).href
    const { status, document } = await json([
      'verify',
      '--all',
      '--repository',
      repository,
      '--system',
      'armada',
    ])
    const store = (
      backupId: string,
      name: string,
      levelReached: string,
      findings: readonly unknown[] = [],
    ) => ({
      store: name,
      holder: backupId,
      object: `${name}.bak`,
      levelReached,
      findings,
      notProvable: levelReached === 'wellFormed' ? notProvable : [],
      verifiedAt: levelReached === 'listed' ? null : verifiedAt,
    })
    const backup = (
      backupId: string,
      verdict: string,
      stores: readonly unknown[],
      findings: readonly unknown[] = [],
    ) => ({
      backupId,
      createdAt: '2021-09-10T12:37:54.026Z',
      verdict,
      stores,
      findings,
    })
    expect(document).toMatchObject({
      repository,
      system: 'armada',
      level: 'wellFormed',
      backups: [
        backup('backup-missing-file', 'bad', [
          store('backup-missing-file', 'regatta-test', 'listed', [
            {
              code: 'chain.objectMissing',
              severity: 'error',
              message: '"regatta-test.bak" is not in the backup\'s folder.',
            },
          ]),
        ]),
        backup(
          'backup-empty',
          'warning',
          [store('backup-empty', 'regatta-test', 'wellFormed')],
          [expect.objectContaining({ code: 'backup.empty', severity: 'warning' })],
        ),
        backup('backup-corrupted', 'bad', [
          store('backup-corrupted', 'regatta-test', 'present', [
            {
              code: 'object.hashMismatch',
              severity: 'error',
              message:
                'The MD5 of the stored bytes of "regatta-test" is 897ed6bacc954b35a6501f23dace1f1c; ' +
                'the manifest records "897ed6bacc954b35a6501f23iach1f1c".',
            },
          ]),
        ]),
        backup('backup', 'good', [
          store('backup', 'applicable-device-secure-policy', 'wellFormed'),
          store('backup', 'regatta-test', 'wellFormed'),
        ]),
      ],
      findings: [],
      // Four manifests, four files.
      summary: { backups: 4, good: 1, warning: 1, bad: 2, unknown: 0, objectsRead: 8 },
    })
    expect(status).toBe(1)
  })

  test('backups lists them by the time of their manifests, newest first', async () => {
    const { status, document } = await json(['backups', ...armada.flags])
    expect(document).toMatchObject({
      system: 'armada',
      backups: [
        { backupId: '26-11-20-02-00', createdAt: '2026-11-20T02:00:07Z', cluster: null },
        { backupId: '20261119T020000Z', createdAt: '2026-11-19T02:00:00Z', cluster: null },
        { backupId: '20261118T020000Z', createdAt: '2026-11-18T02:00:00Z', sizeBytes: 0, newBytes: 0 },
        { backupId: '20261117T020000Z', createdAt: '2026-11-17T02:00:00Z', cluster: null },
      ],
    })
    expect(status).toBe(0)
  })

  test('show tells the tables of one of them, named by its beginning', async () => {
    await runCli(home, ['verify', '--all', ...armada.flags])
    const { document } = await json(['show', '20261119', ...armada.flags])
    expect(document).toMatchObject({ backup: { backupId: '20261119T020000Z', verdict: 'bad' } })
    const { stdout } = await runCli(home, ['show', '26-11-20', ...armada.flags])
    for (const table of ['accounts', 'limits', 'sessions'])
      expect(stdout).toContain(`26-11-20-02-00/${table}.bak`)
    expect(stdout).toContain('wellFormed')
  })

  test('verify --latest is good without any key; key-check says that nothing is sealed', async () => {
    expect((await runCli(home, ['verify', '--latest', ...armada.flags])).status).toBe(0)
    const env = { HOLDFAST_MASTER_KEY: 'any key at all will do for this' }
    const { status, stdout } = await runCli(home, ['key-check', ...armada.flags], { env })
    expect(stdout.match(/- not sealed/g)).toHaveLength(4)
    expect(status).toBe(0)
  })

  test('restore puts the files and the untouched manifest into a folder that the system restores from', async () => {
    const target = join(home, 'restored')
    const { document } = await json(['plan', '26-11-20-02-00', ...armada.flags, '--target', target])
    const run = ['restore', '26-11-20-02-00', ...armada.flags, '--target', target, '--confirm', 'restored']
    expect((await runCli(home, run)).status).toBe(0)
    expect(document).toMatchObject({ plan: { confirm: 'restored' } })
    const names = ['accounts.bak', 'limits.bak', 'manifest.json', 'sessions.bak']
    expect(readdirSync(target).sort()).toEqual(['.holdfast', ...names, 'report.json'].sort())
    for (const name of names) {
      const stored = readFileSync(join(armada.folder, '26-11-20-02-00', name))
      expect(readFileSync(join(target, name)).equals(stored)).toBe(true)
    }
    const manifest: unknown = JSON.parse(readFileSync(join(target, 'manifest.json'), 'utf8'))
    const md5 = (name: string): string =>
      createHash('md5')
        .update(readFileSync(join(target, name)))
        .digest('hex')
    expect(manifest).toMatchObject({
      tables: ['accounts', 'limits', 'sessions'].map((name) => ({ name, md5: md5(`${name}.bak`) })),
    })
    expect(JSON.parse(readFileSync(join(target, 'report.json'), 'utf8'))).toMatchObject({
      system: 'armada',
      note: expect.stringContaining('armada restore --dir'),
    })
  })

  test('a damaged one is not restored', async () => {
    const target = join(home, 'never')
    const run = ['restore', '20261119T020000Z', ...armada.flags, '--target', target, '--confirm', 'never']
    const { status, stderr } = await runCli(home, run)
    expect(status).toBe(2)
    expect(stderr).toContain('is bad, so it is not restored')
  })

  test('copy takes a backup with its sidecar, the manifest last, and the copy is as good', async () => {
    const folder = join(home, 'copy')
    mkdirSync(folder)
    const to = pathToFileURL(folder).href
    expect((await runCli(home, ['copy', '20261117T020000Z', ...armada.flags, '--to', to])).status).toBe(0)
    expect(readdirSync(join(folder, '20261117T020000Z')).sort()).toEqual(
      ['accounts.bak', 'holdfast.json', 'limits.bak', 'manifest.json', 'sessions.bak'].sort(),
    )
    const verified = await runCli(home, ['verify', '--all', '--repository', to, '--system', 'armada'])
    expect(verified.status).toBe(0)
  })
})
