import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { keyFile, kiokFolder, storeSizes, type RepositoryFixture } from './fixture.ts'
import { cliFile, runCli, temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
let kiok: RepositoryFixture
let keys: readonly string[]

beforeAll(async () => {
  kiok = await kiokFolder(home, 'kiok')
  keys = ['--master-key-file', keyFile(home)]
})

/** What a terminal could act on: escape sequences, carriage returns, C1 controls, changes of direction. */
const acting = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

describe('Names that were made to act on a terminal', () => {
  // Clipboard (OSC 52), a link (OSC 8), window title report (CSI 21 t), a style that hides what follows (SGR 8), an 8-bit
  // CSI, a carriage return, a turned direction.
  const evil =
    'kiok\u001b]52;c;cm0gLXJmIC8=\u0007\u001b]8;;mailto:evil\u001b\\\u001b[21t\u001b[8m\u009b31m\rgood\u202edoog'
  let hostile: RepositoryFixture

  beforeAll(async () => {
    hostile = await kiokFolder(home, 'hostile', { cluster: evil })
    const file = join(hostile.folder, hostile.ids[2] ?? '', 'manifest.json')
    const manifest = JSON.parse(readFileSync(file, 'utf8'))
    manifest.stores.iam.object = `${evil}.enc`
    writeFileSync(file, JSON.stringify(manifest))
    const folder = join(hostile.folder, `20261101T020000Z${evil}\n✔ good     forged`)
    mkdirSync(folder)
    writeFileSync(join(folder, 'manifest.json'), '{}')
  })

  test.each([
    ['backups', []],
    ['verify', ['--all']],
    ['verify', ['--all', '--json']],
    ['show', ['20261111', '--manifest']],
  ])('are printed as text by %s %s', async (command, args) => {
    const { stdout, stderr } = await runCli(home, [command, ...args, ...hostile.flags, ...keys])
    expect(acting.test(stdout)).toBe(false)
    expect(acting.test(stderr)).toBe(false)
    expect(stdout).toContain('\\u001b')
    // Nor does one pose as a line of its own.
    expect(stdout + stderr).not.toMatch(/^✔ good {5}forged/m)
  })

  test('are whole again for who reads the JSON', async () => {
    const { stdout } = await runCli(home, ['backups', '--json', ...hostile.flags])
    expect(JSON.parse(stdout).backups[1].cluster).toBe(evil)
  })

  test('are printed as text on a real terminal, too', async (context) => {
    if (spawnSync('script', ['--version']).status !== 0)
      return context.skip('no "script" here to make a terminal')
    const command = [process.execPath, cliFile, 'backups', ...hostile.flags]
      .map((part) => `'${part}'`)
      .join(' ')
    const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: home, HOLDFAST_STATE_DIR: join(home, 'state'), TERM: 'xterm' },
    })
    expect(stdout).toContain('20261112')
    // The terminal itself ends lines with a carriage return.
    expect(acting.test(stdout.replaceAll('\r\n', '\n'))).toBe(false)
    return undefined
  })
})

describe('A secret in the wrong place', () => {
  const secret = 'hunter2-correct-horse'

  test.each([
    ['an option that does not exist', ['verify', '--all', `--master-key=${secret}`]],
    ['an option that does not exist, and its value', ['verify', '--all', '--master-key', secret]],
    [
      'an address with a password',
      ['verify', '--all', '--system', 'kiok', '--repository', `s3://AKIA:${secret}@bucket/`],
    ],
    [
      'an endpoint with a password',
      ['verify', '--all', '--system', 'kiok', '--repository', `s3://b/?endpoint=https://k:${secret}@host`],
    ],
    ['a command that does not exist', [secret]],
  ])('is refused and not repeated: %s', async (_name, args) => {
    for (const json of [[], ['--json']]) {
      const { status, stdout, stderr } = await runCli(home, [...args, ...json])
      expect(status).toBe(2)
      expect(stdout + stderr).not.toContain(secret)
    }
  })

  test('does not reach an output or a file: the master key, through a whole run', async () => {
    const canary = 'canary-master-key-0123456789-abcdefgh'
    const own = temporaryFolder()
    const repository = await kiokFolder(own, 'kiok', { masterKey: canary })
    const env = { HOLDFAST_MASTER_KEY: canary }
    const target = join(own, 'export')
    const runs = [
      await runCli(own, ['verify', '--all', ...repository.flags], { env }),
      await runCli(own, ['key-check', '--json', ...repository.flags], { env }),
      await runCli(
        own,
        ['restore', '20261112', ...repository.flags, '--target', target, '--confirm', 'kiok-prod'],
        { env },
      ),
      await runCli(own, ['verify', '--all', ...repository.flags], {
        env: { HOLDFAST_MASTER_KEY: `${canary}x` },
      }),
    ]
    const forms = [canary, Buffer.from(canary).toString('base64'), Buffer.from(canary).toString('hex')]
    for (const form of forms) {
      expect(runs.some(({ stdout, stderr }) => (stdout + stderr).includes(form))).toBe(false)
      expect(spawnSync('grep', ['-rlF', form, own], { encoding: 'utf8' }).stdout).toBe('')
    }
  })
})

describe('An id that looks like an option', () => {
  test('is an id behind --', async () => {
    const { status, stdout } = await runCli(home, ['verify', '--json', ...kiok.flags, '--', '--apply'])
    expect([status, JSON.parse(stdout).error.code]).toEqual([2, 'backup.notFound'])
  })
})

describe('A run that does not come to its end', () => {
  const slowly = (): readonly string[] => [
    'verify',
    '--all',
    '--recheck',
    '--max-rate',
    '20k',
    ...kiok.flags,
    ...keys,
  ]
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    HOLDFAST_STATE_DIR: join(home, 'state-of-cancelled'),
  }

  test.each(['SIGTERM', 'SIGINT'] as const)('is cancelled by %s', async (signal) => {
    const child = spawn(process.execPath, [cliFile, ...slowly()], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    await once(child.stderr, 'data')
    child.kill(signal)
    const [status] = await once(child, 'close')
    expect(status).toBe(130)
  })

  test('opens no debugger to others', async () => {
    const child = spawn(process.execPath, [cliFile, ...slowly()], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let stderr = ''
    child.stderr.on('data', (part: Buffer) => (stderr += part.toString()))
    await once(child.stderr, 'data')
    child.kill('SIGUSR1')
    await once(child.stderr, 'data')
    child.kill('SIGTERM')
    await once(child, 'close')
    expect(stderr).not.toContain('Debugger')
  })

  test('is no success when nobody is there to read the result', async () => {
    const child = spawn(process.execPath, [cliFile, 'backups', ...kiok.flags], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.destroy()
    const [status] = await once(child, 'close')
    expect(status).not.toBe(0)
  })

  test('says so when the result cannot be written', async (context) => {
    if (!existsSync('/dev/full')) return context.skip('no /dev/full here')
    const run = `exec "$@" >/dev/full`
    const command = [process.execPath, cliFile, 'backups', ...kiok.flags]
    const { status, stderr } = spawnSync('sh', ['-c', run, 'sh', ...command], { env, encoding: 'utf8' })
    expect([status, stderr]).toEqual([4, 'holdfast: The result could not be written (ENOSPC).\n'])
    return undefined
  })

  test('is what it would be with nothing to read from: a result is one, a missing secret is none', () => {
    const closed = (...args: readonly string[]) =>
      spawnSync('sh', ['-c', 'exec "$@" <&-', 'sh', process.execPath, cliFile, ...args], {
        env,
        encoding: 'utf8',
      })
    expect(closed('backups', ...kiok.flags)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(kiok.ids[0] ?? 'no id'),
    })
    const secret = closed('credentials', 'add', 'x', '--kind', 'token', '--keep-in', 'sealed-file')
    expect([secret.status, secret.stdout]).toEqual([3, ''])
  })

  test('is taken back when nobody hears any more how a restore is going', async () => {
    const long = await kiokFolder(home, 'long', { storeSizes: { ...storeSizes, joblog: 8_000_000 } })
    await runCli(home, ['verify', '20261112', ...long.flags, ...keys], { env })
    const dir = join(home, 'unheard')
    const target = ['--target', dir, '--confirm', 'kiok-prod', '--max-rate', '1M']
    const child = spawn(
      process.execPath,
      [cliFile, 'restore', '20261112', ...long.flags, ...keys, ...target],
      {
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    let heard = ''
    child.stderr.on('data', (part: Buffer) => {
      heard += part.toString()
      // The next line of progress has no reader.
      if (heard.includes('stage: ')) child.stderr.destroy()
    })
    const [status] = await once(child, 'exit')
    expect(heard).toContain('stage: ')
    expect(status).toBe(4)
    expect(readdirSync(dir)).toEqual(['.holdfast'])
    expect(readdirSync(join(dir, '.holdfast/staging'))).toEqual([])
    expect(readFileSync(join(dir, '.holdfast/journal'), 'utf8')).toContain('"undone"')
  })

  test('is no success when the loop runs dry before the end', async () => {
    const hang = 'data:text/javascript,process.stdout.write = () => true'
    const { status } = await runCli(home, ['backups', ...kiok.flags], { nodeOptions: ['--import', hang] })
    expect(status).not.toBe(0)
  })
})

describe('What is loaded', () => {
  // Prints every module of the AWS SDK that is resolved.
  const watch =
    'data:text/javascript,import { registerHooks } from "node:module"; registerHooks({ resolve(name, context, next) { ' +
    'if (/aws-sdk|smithy|ssh2/.test(name)) process.stderr.write(`LOADED ${name}\\n`); return next(name, context) } })'

  test('for a folder is neither the AWS SDK nor SSH', async () => {
    const { status, stderr } = await runCli(home, ['verify', '--all', ...kiok.flags, ...keys], {
      nodeOptions: ['--import', watch],
    })
    expect(status).toBe(0)
    expect(stderr).not.toContain('LOADED')
  })

  test('for a bucket is the AWS SDK, so that the test above can fail', async () => {
    const args = [
      'verify',
      '--all',
      '--system',
      'kiok',
      '--repository',
      's3://bucket/?endpoint=http://127.0.0.1:1&style=path',
    ]
    const { stderr } = await runCli(home, args, { nodeOptions: ['--import', watch] })
    expect(stderr).toContain('LOADED @aws-sdk/client-s3')
  })
})

test('Help that was asked for is a success, help that was not is none', async () => {
  for (const args of [['--help'], ['help'], ['help', 'verify']]) {
    expect(await runCli(home, args)).toMatchObject({ status: 0, stderr: '' })
  }
  expect(await runCli(home, [])).toMatchObject({ status: 2, stdout: '' })
})

test('Help tells what every command does, and is a success', async () => {
  const { status, stdout } = await runCli(home, ['--help'])
  expect(status).toBe(0)
  for (const command of ['backups', 'show', 'verify', 'key-check', 'plan', 'restore', 'copy', 'demo']) {
    expect(stdout).toContain(command)
    expect((await runCli(home, [command, '--help'])).status).toBe(0)
  }
})
