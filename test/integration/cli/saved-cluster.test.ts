import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { openCliDesk } from '../../../src/main/hosts/cli-desk.ts'
import { installation, type Installation, type Json } from './desk-commands.ts'
import { keyFile, kiokFolder, masterKey, type RepositoryFixture } from './fixture.ts'
import { temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
let here: Installation
let kiok: RepositoryFixture
let saved: readonly string[] = []

beforeAll(async () => {
  here = installation(home)
  kiok = await kiokFolder(home, 'kiok')
  mkdirSync(join(home, 'targets'))
  const add = ['credentials', 'add', 'the key', '--kind', 'master-key', '--file', keyFile(home)]
  await here.json([...add, '--keep-in', 'sealed-file', ...here.passphraseFile])
  await here.json(['clusters', 'add', 'prod', ...kiok.flags, '--master-key', 'the key'])
  await here.json([
    'clusters',
    'add',
    'guarded',
    ...kiok.flags,
    '--master-key',
    'the key',
    '--mode',
    'protected',
  ])
  saved = ['--cluster', 'prod', ...here.passphraseFile]
})

/** What the audit chain has, newest first. */
const entries = async (): Promise<Json[]> => (await here.json(['audit', 'list'])).value.entries

describe('The repository of a saved cluster', () => {
  test('is opened with the keys of the vault, and its document is that of its address', async () => {
    const { status, value } = await here.json(['verify', '--all', ...saved])
    expect([status, value.summary.good]).toEqual([0, 3])
    const byAddress = await here.json(['verify', '--all', ...kiok.flags, '--master-key-file', keyFile(home)])
    const without = ({ summary, ...document }: Json): Json => ({
      ...document,
      summary: { ...summary, seconds: 0 },
    })
    // What was read for the saved cluster is known of its repository: only the manifests are read again.
    expect(byAddress.value.summary.objectsRead).toBeLessThan(value.summary.objectsRead)
    expect(without(byAddress.value).backups).toEqual(without(value).backups)
    expect(await entries()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: 'secret.used', subject: 'the key' }),
        expect.objectContaining({ action: 'verify.finished', subject: kiok.address }),
      ]),
    )
  })

  test.each([
    [['backups'], (value: Json) => value.backups.length],
    [['show', '20261112'], (value: Json) => value.backup.stores.length - 2],
    [['key-check'], (value: Json) => value.backups.filter(({ opens }: Json) => opens === 'opens').length],
  ])('answers to %j', async (command, three) => {
    const { status, value } = await here.json([...command, ...saved])
    expect([status, three(value)]).toEqual([0, 3])
  })

  test('is listed without the passphrase, and nobody is asked for one where no secret is kept for it', async () => {
    const listed = await here.json(['backups', '--cluster', 'prod'])
    expect([listed.status, listed.value.backups?.length]).toEqual([0, 3])
    const opened = await here.json(['key-check', '--cluster', 'prod'])
    expect(opened).toMatchObject({ status: 3, value: { error: { code: 'vault.locked' } } })
    await here.json(['clusters', 'add', 'keyless', ...kiok.flags])
    expect((await here.json(['show', '20261112', '--cluster', 'keyless'])).value.error).toBeUndefined()
  })

  test('is opened while a window of this installation is open', async () => {
    const out = new URL('../../../out/', import.meta.url)
    const window = await openCliDesk({
      stateFolder: join(home, 'state'),
      shell: 'browser',
      version: 'test',
      workerUrl: new URL('main/worker.js', out),
      pagesUrl: new URL('renderer/', out),
    })
    try {
      const { status, value } = await here.json(['verify', '--latest', '--recheck', ...saved])
      expect([status, value.summary.good]).toEqual([0, 1])
    } finally {
      await window.close()
    }
  })

  test('is restored as it was planned; the cluster’s name confirms it', async () => {
    const target = join(home, 'targets', 'prod')
    const { value } = await here.json(['plan', '20261112', '--target', target, ...saved])
    const restore = ['restore', '20261112', '--target', target, '--plan', value.planHash, ...saved]
    expect(await here.json([...restore, '--confirm', 'guarded'])).toMatchObject({ status: 2 })
    const restored = await here.json([...restore, '--confirm', 'prod'])
    expect(restored).toMatchObject({ status: 0, value: { restored: true, verdict: 'good' } })
  })

  test('of a protected cluster is restored with a reason alone, which stands in the chain', async () => {
    const target = join(home, 'targets', 'guarded')
    const restore = [
      'restore',
      '20261112',
      '--target',
      target,
      '--confirm',
      'guarded',
      '--cluster',
      'guarded',
    ]
    const refused = await here.json([...restore, ...here.passphraseFile])
    expect(refused).toMatchObject({ status: 2, value: { error: { code: 'cluster.protected' } } })
    const done = await here.json([...restore, '--reason', 'the disk is gone', ...here.passphraseFile])
    expect(done).toMatchObject({ status: 0, value: { restored: true } })
    expect(await entries()).toContainEqual(expect.objectContaining({ reason: 'the disk is gone' }))
  })
})

describe('A copy of a saved cluster’s backup', () => {
  const copy = async (...to: string[]) => here.json(['copy', '20261112', ...saved, ...to])

  test('goes into a saved repository as that is saved, or to an address', async () => {
    for (const name of ['copies', 'disk']) mkdirSync(join(home, name))
    const address = pathToFileURL(join(home, 'copies')).href
    await here.run(['repositories', 'add', 'copies', '--system', 'kiok', '--repository', address])
    const disk = pathToFileURL(join(home, 'disk')).href
    for (const [to, place] of [
      [['--into', 'copies'], address],
      [['--to', disk], disk],
    ] as const) {
      expect(await copy(...to)).toMatchObject({ status: 0, value: { copied: true, to: place } })
      const flags = ['--repository', place, '--system', 'kiok', '--master-key-file', keyFile(home)]
      expect((await here.json(['verify', '--all', ...flags])).value.summary).toMatchObject({ good: 1 })
    }
  })

  test('goes nowhere where that is not clear, not known, or of another system', async () => {
    const elsewhere = ['--system', 'armada', '--repository', pathToFileURL(join(home, 'targets')).href]
    await here.run(['repositories', 'add', 'others', ...elsewhere])
    const codeOf = async (...to: string[]): Promise<unknown> => (await copy(...to)).value.error.code
    expect(await codeOf()).toBe('usage')
    expect(await codeOf('--into', 'copies', '--to', 'file:///tmp')).toBe('usage')
    expect(await codeOf('--into', 'nobody')).toBe('repository.unsaved')
    expect((await copy('--into', 'others')).value.error.message).toContain('is for backups of armada')
  })
})

test('The posture of a saved cluster’s repository is judged with what its backups need', async () => {
  const { status, value } = await here.json(['posture', ...saved])
  expect([status, value.repository]).toEqual([0, kiok.address])
  expect(value.checks).toContainEqual(expect.objectContaining({ id: 'encryption', state: 'good' }))
})

test.each([
  ['neither', [], 'It is not clear which repository is meant.'],
  [
    'the address without the system',
    ['--repository', 'file:///tmp'],
    'It is not clear which repository is meant.',
  ],
  ['both', ['--cluster', 'prod', '--repository', 'file:///tmp'], 'A saved cluster has its repository'],
  ['another way to it', ['--cluster', 'prod', '--allow-http'], 'A saved cluster has its repository'],
])('A repository is named by its address or by its cluster: %s is wrong usage', async (_, flags, what) => {
  const { status, value } = await here.json(['backups', ...flags])
  expect([status, value.error.code]).toEqual([2, 'usage'])
  expect(value.error.message).toContain(what)
})

test('A vault that stays locked is told, and so is a cluster that is none', async () => {
  const locked = await here.json(['verify', '--latest', '--cluster', 'prod'])
  expect(locked).toMatchObject({ status: 3, value: { error: { code: 'vault.locked' } } })
  const other = await here.json(['verify', '--latest', '--cluster', 'another'])
  expect(other).toMatchObject({ status: 2, value: { error: { code: 'cluster.notFound' } } })
})

test('No key of the vault is in what these commands say', async () => {
  for (const command of [['verify', '--all'], ['key-check']]) {
    const { stdout, stderr } = await here.run([...command, ...saved])
    expect(stdout + stderr).not.toContain(masterKey)
  }
})
