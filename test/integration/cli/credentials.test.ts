import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { installation, passphrase, type Installation } from './desk-commands.ts'
import { cliFile, temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
let next = 0
let here: Installation
const secret = 'a secret +/= that is "never" shown'

function newInstallation(): Installation {
  const folder = join(home, `home-${(next += 1)}`)
  mkdirSync(folder)
  return installation(folder)
}

const chosen = ['--keep-in', 'sealed-file']

beforeAll(async () => {
  here = newInstallation()
  const added = await here.run(
    ['credentials', 'add', 'first', '--kind', 'token', ...chosen, ...here.passphraseFile],
    { input: secret },
  )
  expect(added).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^Kept first as token-[0-9a-f]{16} /),
  })
})

test('A secret is put in from standard input, from a file, and with its fellow on a second line', async () => {
  const own = newInstallation()
  const add = ['credentials', 'add']
  const open = own.passphraseFile
  const keyFile = join(own.home, 'key')
  writeFileSync(keyFile, `${secret}\n`, { mode: 0o600 })
  expect(
    (await own.run([...add, 'key', '--kind', 'master-key', '--file', keyFile, ...chosen, ...open])).status,
  ).toBe(0)
  const s3 = ['--kind', 's3', '--access-key-id', 'AKIAIOSFODNN7EXA7Q2M']
  expect((await own.run([...add, 'pair', ...s3, ...open], { input: `${secret}\n` })).status).toBe(0)
  const both = { input: `${secret}\nand a token\n` }
  expect((await own.run([...add, 'session', ...s3, '--session-token', ...open], both)).status).toBe(0)
  const login = ['--kind', 'login', '--user', 'operator']
  const { value } = await own.json([...add, 'login', ...login, '--file', keyFile, ...open])
  expect(value.credential).toMatchObject({ kind: 'login', label: 'login', hint: 'operator', isThere: true })
  const listed = await own.json(['credentials', 'list'])
  expect(listed.value.credentials.map(({ kind, label }: Record<string, string>) => [kind, label])).toEqual([
    ['masterKey', 'key'],
    ['s3', 'pair'],
    ['s3', 'session'],
    ['login', 'login'],
  ])
  expect(listed.value.vault.state).toBe('locked')
  const { stdout, stderr } = await own.run(['credentials', 'list'])
  expect(stdout).toContain('AKIA…7Q2M')
  expect(stdout + stderr + JSON.stringify(value)).not.toContain(secret)
})

test.each([
  ['a kind that there is not', ['x', '--kind', 'pgp'], secret, 2],
  ['S3 keys without an id', ['x', '--kind', 's3'], secret, 2],
  ['a login without a name', ['x', '--kind', 'login'], secret, 2],
  [
    'S3 keys whose second line is missing',
    ['x', '--kind', 's3', '--access-key-id', 'A', '--session-token'],
    secret,
    2,
  ],
  ['nothing', ['x', '--kind', 'token'], '', 2],
  ['a secret that is no text', ['x', '--kind', 'token'], Buffer.from([0x61, 0xff, 0x62]), 2],
  ['more than a secret may have', ['x', '--kind', 'token'], 'a'.repeat(70_000), 2],
  ['a label that is too long', ['x'.repeat(200), '--kind', 'token'], secret, 2],
  ['a place for secrets where there is one', ['x', '--kind', 'token', ...chosen], secret, 2],
])('%s is refused, and nothing is stored', async (_what, args, input, status) => {
  const before = (await here.json(['credentials', 'list'])).value.credentials
  const run = await here.run(['credentials', 'add', ...args, ...here.passphraseFile], { input })
  expect(run.status).toBe(status)
  expect(run.stdout + run.stderr).not.toContain(secret)
  expect((await here.json(['credentials', 'list'])).value.credentials).toEqual(before)
})

test('Without a choice of the place, with a wrong passphrase or without one, nothing is stored', async () => {
  const own = newInstallation()
  const add = ['credentials', 'add', 'x', '--kind', 'token']
  const unchosen = await own.json(add, { input: secret })
  expect(unchosen).toMatchObject({ status: 3, value: { error: { code: 'vault.none' } } })
  const silent = await here.json(add, { input: secret })
  expect(silent).toMatchObject({ status: 3, value: { error: { code: 'vault.locked' } } })
  const wrong = join(own.home, 'wrong')
  writeFileSync(wrong, 'another passphrase', { mode: 0o600 })
  const refused = await here.json([...add, '--passphrase-file', wrong], { input: secret })
  expect(refused).toMatchObject({ status: 3, value: { error: { code: 'vault.wrongPassphrase' } } })
  chmodSync(wrong, 0o644)
  const open = await here.json([...add, '--passphrase-file', wrong], { input: secret })
  expect(open).toMatchObject({ status: 2, value: { error: { code: 'usage' } } })
})

test('A secret is no argument: the parser takes none', async () => {
  for (const args of [
    ['credentials', 'add', 'x', '--kind', 'token', '--token', secret],
    ['credentials', 'add', 'x', secret, '--kind', 'token'],
  ]) {
    const { status, stdout, stderr } = await here.run(args)
    expect(status).toBe(2)
    expect(stdout + stderr).not.toContain(secret)
  }
})

test('A credential is removed by its label or id, and is gone from the vault', async () => {
  const own = newInstallation()
  const open = own.passphraseFile
  const add = async (label: string): Promise<string> => {
    const place = label === 'one' ? chosen : []
    const { value } = await own.json(['credentials', 'add', label, '--kind', 'token', ...place, ...open], {
      input: secret,
    })
    return value.credential.id
  }
  await add('one')
  const twice = await add('two')
  await add('two')
  expect((await own.run(['credentials', 'remove', 'one', ...open])).status).toBe(0)
  const either = await own.json(['credentials', 'remove', 'two', ...open])
  expect(either).toMatchObject({ status: 2, value: { error: { code: 'credential.notFound' } } })
  expect((await own.json(['credentials', 'remove', twice, ...open])).value.removed.id).toBe(twice)
  expect((await own.json(['credentials', 'list'])).value.credentials).toHaveLength(1)
})

test('At a terminal the secret is asked for, and what is typed is not shown', async (context) => {
  if (spawnSync('script', ['--version']).status !== 0) {
    return context.skip('no "script" here to make a terminal')
  }
  const own = newInstallation()
  const command = `'${process.execPath}' '${cliFile}' credentials add typed --kind token --keep-in sealed-file`
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    env: {
      PATH: process.env['PATH'],
      HOME: own.home,
      HOLDFAST_STATE_DIR: join(own.home, 'state'),
      TERM: 'xterm',
    },
  })
  const answers = new Map([
    ['New passphrase of the vault: ', passphrase],
    ['The same again: ', passphrase],
    // Typed wrong, and mended.
    ['Token: ', `${secret.slice(0, 5)}X\u007f${secret.slice(5)}`],
  ])
  let shown = ''
  child.stdout.on('data', (piece: Buffer) => {
    shown += piece.toString()
    for (const [question, answer] of answers) {
      if (!shown.includes(question)) continue
      answers.delete(question)
      child.stdin.write(`${answer}\r`)
    }
  })
  const [status] = await once(child, 'close')
  expect(shown).toContain('Kept typed as token-')
  expect(status).toBe(0)
  expect(shown).not.toContain(secret.slice(5))
  expect(shown).not.toContain(passphrase)
  return undefined
})

test('A secret is exchanged and called something else, and what it was is gone', async () => {
  const own = newInstallation()
  const open = own.passphraseFile
  const s3 = ['--kind', 's3', '--access-key-id', 'AKIAIOSFODNN7EXA7Q2M']
  await own.run(['credentials', 'add', 'pair', ...s3, ...chosen, ...open], { input: secret })
  const replace = ['credentials', 'replace', 'pair', '--access-key-id', 'AKIAIOSFODNN7EXAMPLE', ...open]
  const { status, stdout, stderr } = await own.run(replace, { input: `another ${secret}` })
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^Replaced pair \(s3-[0-9a-f]{16}\): now AKIA…MPLE\n$/)
  expect((await own.json(['credentials', 'replace', 'pair', ...open], { input: secret })).status).toBe(2)
  const { value } = await own.json(['credentials', 'rename', 'pair', 'reader of the vault'])
  expect(value.credential).toMatchObject({ label: 'reader of the vault', hint: 'AKIA…MPLE' })
  expect((await own.json(['credentials', 'rename', 'pair', 'x'])).value.error.code).toBe(
    'credential.notFound',
  )
  expect(stdout + JSON.stringify(value)).not.toContain(secret)
})
