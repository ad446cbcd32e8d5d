import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { AuditEntry } from '../../../src/shared/contract/audit.ts'
import { keyFile, kiokFolder, masterKey, type RepositoryFixture } from './fixture.ts'
import { cliFile, runCli, temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
let kiok: RepositoryFixture
let keys: readonly string[]

beforeAll(async () => {
  kiok = await kiokFolder(home, 'kiok')
  keys = ['--master-key-file', keyFile(home)]
  mkdirSync(join(home, 'targets'))
})

/** Nobody listens there. */
const bucket = 's3://bucket/?endpoint=http%3A%2F%2F127.0.0.1%3A1'
const sftp = 'sftp://ops@127.0.0.1:1/backups'

let next = 0
/** A home of its own, with an empty state folder. */
function newHome(): string {
  const folder = join(home, `home-${(next += 1)}`)
  mkdirSync(folder)
  return folder
}

async function entriesOf(own: string): Promise<readonly AuditEntry[]> {
  const { stdout } = await runCli(own, ['audit', 'list', '--limit', '500', '--json'])
  const { entries }: { readonly entries: readonly AuditEntry[] } = JSON.parse(stdout)
  return entries.toReversed()
}

const actionsOf = (entries: readonly AuditEntry[]): readonly string[] => entries.map(({ action }) => action)

function factsOf(entry: AuditEntry | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((entry?.facts ?? []).map(({ name, value }) => [name, value]))
}

const restoreArgs = (dir: string): readonly string[] => [
  'restore',
  '20261112',
  ...kiok.flags,
  ...keys,
  '--target',
  dir,
  '--confirm',
  'kiok-prod',
]

describe('What the command line does is an entry', () => {
  test('a key that is given, and a verdict for each backup that was read, none where all is as it was', async () => {
    const own = newHome()
    expect((await runCli(own, ['verify', '--all', ...kiok.flags, ...keys])).status).toBe(0)
    const first = await entriesOf(own)
    expect(actionsOf(first)).toEqual([
      'chain.started',
      'secret.used',
      ...Array.from({ length: 3 }, () => 'backup.judged'),
      'verify.finished',
    ])
    expect(first[1]?.subject).toBe(keys[1])
    expect(factsOf(first[1])).toEqual({ kind: 'masterKey', for: kiok.address, purpose: 'verify' })
    expect(factsOf(first[2])).toMatchObject({ repository: kiok.address, verdict: 'good', findings: '' })
    await runCli(own, ['verify', '--all', ...kiok.flags, ...keys])
    const again = (await entriesOf(own)).slice(6)
    expect(actionsOf(again)).toEqual(['secret.used', 'verify.finished'])
    expect(factsOf(again[1])).toMatchObject({ backups: '3', verdicts: 'good 3' })
    // Without the key the level is another one, though nothing was read anew.
    await runCli(own, ['verify', '--all', '--level', 'intact', ...kiok.flags])
    expect(actionsOf(await entriesOf(own)).slice(8)).toEqual([
      ...Array.from({ length: 3 }, () => 'backup.judged'),
      'verify.finished',
    ])
  })

  test('a check of keys, a copy, a restore and its rollback, in their order', async () => {
    const own = newHome()
    const dir = join(home, 'targets', 'audited')
    const copyTo = join(home, 'copy')
    mkdirSync(copyTo)
    await runCli(own, ['key-check', ...kiok.flags, ...keys])
    await runCli(own, ['copy', '20261112', ...kiok.flags, ...keys, '--to', `file://${copyTo}`])
    expect((await runCli(own, restoreArgs(dir))).status).toBe(0)
    expect((await runCli(own, ['restore', '--rollback', '--target', dir])).status).toBe(0)
    const entries = await entriesOf(own)
    expect(actionsOf(entries)).toEqual([
      'chain.started',
      'secret.used',
      'keys.checked',
      'secret.used',
      'backup.judged',
      'copy.started',
      'copy.finished',
      'secret.used',
      'restore.started',
      'restore.finished',
      'rollback.started',
      'rollback.finished',
    ])
    expect(factsOf(entries[8])).toMatchObject({ backup: kiok.ids[2], target: dir, verdict: 'good' })
    expect(entries[8]).toMatchObject({ subject: 'kiok-prod' })
    expect(entries[8]?.actor).toMatch(/@.*, command line$/)
    const chain = readFileSync(join(own, 'state/audit/chain.jsonl'), 'utf8')
    expect(chain).not.toContain(masterKey)
    expect((await runCli(own, ['audit', 'verify'])).status).toBe(0)
  })

  test.for([
    [
      'the keys of the environment',
      ['--repository', bucket],
      'AWS environment',
      { kind: 's3', for: bucket, purpose: 'list' },
    ],
    [
      'a profile',
      ['--repository', bucket, '--profile', 'backup'],
      'AWS profile backup',
      { kind: 's3', for: bucket, purpose: 'list' },
    ],
    [
      'a key for SSH',
      ['--repository', sftp, '--ssh-key', '/no/key'],
      'SSH key /no/key',
      { kind: 'sshKey', for: sftp, purpose: 'list' },
    ],
    [
      'whatever SSH finds',
      ['--repository', sftp],
      'SSH agent and the keys of ~/.ssh',
      { kind: 'sshKey', for: sftp, purpose: 'list' },
    ],
  ] as const)('so is the use of %s', async ([, flags, subject, facts]) => {
    const own = newHome()
    expect((await runCli(own, ['backups', '--system', 'kiok', ...flags])).status).toBe(3)
    const [, used] = await entriesOf(own)
    expect(used).toMatchObject({ action: 'secret.used', subject })
    expect(factsOf(used)).toEqual(facts)
  })

  test('and where the entry cannot be written, nothing is restored, rolled back or copied; a verification goes on', async () => {
    const own = newHome()
    mkdirSync(join(own, 'state'))
    writeFileSync(join(own, 'state/audit'), 'in the way')
    const dir = join(home, 'targets', 'refused')
    const { status, stderr } = await runCli(own, restoreArgs(dir))
    expect(status).toBe(3)
    expect(stderr).toContain('cannot be written')
    expect(existsSync(join(dir, 'iam'))).toBe(false)
    const copyTo = join(home, 'no-copy')
    mkdirSync(copyTo)
    const copied = await runCli(own, ['copy', '20261112', ...kiok.flags, ...keys, '--to', `file://${copyTo}`])
    expect(copied.status).toBe(3)
    expect(existsSync(join(copyTo, kiok.ids[2] ?? ''))).toBe(false)
    const verified = await runCli(own, ['verify', '--latest', ...kiok.flags, ...keys])
    expect(verified.status).toBe(0)
    expect(verified.stderr).toContain('Note: this run is not in the audit chain.')
    expect(readFileSync(join(own, 'state/audit'), 'utf8')).toBe('in the way')
  })
})

describe('holdfast audit', () => {
  let own: string
  beforeAll(async () => {
    own = newHome()
    await runCli(own, ['verify', '--all', ...kiok.flags, ...keys])
  })

  test('verify says that the chain is whole, and makes nothing where there is none', async () => {
    const { status, stdout } = await runCli(own, ['audit', 'verify', '--json'])
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ whole: true, entries: 6, broken: null })
    const empty = newHome()
    expect((await runCli(empty, ['audit', 'verify'])).status).toBe(0)
    expect(existsSync(join(empty, 'state'))).toBe(false)
  })

  test('export writes a new file that both checkers call whole, and overwrites nothing', async () => {
    const file = join(home, 'export.jsonl')
    const { status, stdout } = await runCli(own, ['audit', 'export', '--to', file, '--json'])
    expect(status).toBe(0)
    const { checker, head }: { readonly checker: string; readonly head: string } = JSON.parse(stdout)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toBe(readFileSync(join(own, 'state/audit/chain.jsonl'), 'utf8'))
    expect((await runCli(newHome(), ['audit', 'verify', '--file', file])).status).toBe(0)
    if (existsSync('/usr/bin/python3')) {
      const check = spawnSync('/usr/bin/python3', [checker, file, head], { encoding: 'utf8' })
      expect(check.stdout).toBe(`whole: 6 entries, head ${head}\n`)
    }
    writeFileSync(file, 'mine')
    const again = await runCli(own, ['audit', 'export', '--to', file])
    expect(again.status).toBe(2)
    expect(again.stderr).toContain('There is such a file already.')
    expect(readFileSync(file, 'utf8')).toBe('mine')
    const spaced = await runCli(own, ['audit', 'export', '--to', join(home, 'an export.jsonl')])
    expect(spaced.stdout).toContain(` '${join(home, 'an export.jsonl')}'\n`)
    const nowhere = await runCli(own, ['audit', 'export', '--to', join(home, 'no-folder', 'export.jsonl')])
    expect([nowhere.status, nowhere.stderr]).toEqual([2, expect.stringContaining('There is no such folder.')])
  })

  test('verify ends with 1 for a chain that was changed, and names the entry', async () => {
    const file = join(home, 'changed.jsonl')
    rmSync(file, { force: true })
    await runCli(own, ['audit', 'export', '--to', file])
    writeFileSync(file, readFileSync(file, 'utf8').replace('"good"', '"bad"'))
    const { status, stdout } = await runCli(own, ['audit', 'verify', '--file', file])
    expect(status).toBe(1)
    expect(stdout).toContain('at entry 3')
  })

  test('verify ends with 3 for a file that cannot be read', async () => {
    expect((await runCli(own, ['audit', 'verify', '--file', join(home, 'none')])).status).toBe(3)
    expect((await runCli(own, ['audit', 'verify', '--file', home])).status).toBe(3)
  })

  test('verify whose verdict nobody reads has not succeeded', async () => {
    const child = spawn(process.execPath, [cliFile, 'audit', 'verify'], {
      env: { PATH: process.env['PATH'] ?? '', HOME: own, HOLDFAST_STATE_DIR: join(own, 'state') },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    child.stdout.destroy()
    const status = await new Promise<number | null>((resolve) => child.on('close', resolve))
    expect(status).toBe(4)
  })

  test('list shows the newest first, one line each, whatever an entry holds', async () => {
    const { stdout } = await runCli(own, ['audit', 'list', '--limit', '2'])
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(3)
    expect(lines[0]).toContain('verify.finished')
    expect(lines[2]).toBe('There are older ones.')
    expect((await runCli(own, ['audit', 'list', '--limit', '0'])).status).toBe(2)
  })

  test('without a command of its own it explains itself and ends with 2', async () => {
    const { status, stderr } = await runCli(own, ['audit'])
    expect(status).toBe(2)
    expect(stderr).toContain('audit')
  })
})
