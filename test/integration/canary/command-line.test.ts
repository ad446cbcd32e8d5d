import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cliFile } from '../cli/run-cli.ts'
import { openScene, type Scene } from './scene.ts'
import { hitsBelow, hitsIn, hitsInProcesses } from './search.ts'

let scene: Scene
beforeAll(async () => {
  scene = await openScene()
  await mkdir(join(scene.home, '.aws'))
  const { secretAccessKey, sessionToken, secretOfTheBucket } = scene.canaries
  const profile = (name: string, id: string, secret: string, more = ''): string =>
    `[${name}]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n${more}`
  await writeFile(
    join(scene.home, '.aws/credentials'),
    [
      profile('wrong', 'AKIACANARY', secretAccessKey ?? ''),
      profile('session', 'AKIACANARY', secretAccessKey ?? '', `aws_session_token = ${sessionToken ?? ''}\n`),
      profile('right', scene.bucket?.accessKeyId ?? 'none', secretOfTheBucket ?? 'none'),
    ].join('\n'),
  )
})
afterAll(async () => {
  await scene.close()
})

let said = ''

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [cliFile, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // The text of an unexpected error is shown as well.
    env: { ...scene.environment, HOLDFAST_DEBUG: '1', ...env },
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (piece: Buffer) => (said += piece.toString('latin1')))
  }
  return child
}

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = '',
): Promise<unknown> {
  const child = start(args, env)
  child.stdin.end(input)
  const [status] = await once(child, 'close')
  return status
}

const key = (name: string): readonly string[] => ['--master-key-file', join(scene.dir, `${name}.key`)]
const folder = (name: string): readonly string[] => [
  '--repository',
  pathToFileURL(scene.folderOf(name)).href,
  '--system',
  'kiok',
]
const at = (address: string, profile: string): readonly string[] => [
  '--repository',
  address,
  '--system',
  'kiok',
  '--profile',
  profile,
  '--allow-http',
]

async function nothingIsFound(): Promise<void> {
  expect((await hitsBelow(scene.dir, scene.canaries, scene.given)).hits).toEqual([])
  expect(hitsIn('what it said', said, scene.canaries)).toEqual([])
}

test('Commands that use, refuse and misplace secrets leave none behind', async () => {
  const statuses: unknown[] = []
  for (const command of [
    [...folder('typed'), ...key('typed')],
    [...folder('file'), ...key('file')],
    [...folder('typed'), ...key('wrong')],
    [...folder('damaged'), ...key('typed')],
    [...at(`s3://bucket/?endpoint=${scene.echo.url}&style=path`, 'wrong'), ...key('typed')],
    [...at(`s3://bucket/?endpoint=${scene.echo.url}&style=path`, 'session'), ...key('typed')],
  ]) {
    statuses.push(await run(['verify', '--all', '--json', ...command]))
    await run(['key-check', ...command])
  }
  expect(statuses).toEqual([0, 0, 1, 1, 3, 3])
  const environment = { HOLDFAST_MASTER_KEY: scene.secretOf('typedMasterKey') }
  expect(await run(['verify', '--latest', '--recheck', ...folder('typed')], environment)).toBe(0)
  if (scene.bucket !== null) {
    const { address } = scene.bucket
    expect(await run(['verify', '--latest', ...at(address, 'right'), ...key('typed')])).toBe(0)
    expect(await run(['verify', '--latest', ...at(address, 'wrong'), ...key('typed')])).toBe(3)
  }
  const open = ['--passphrase-file', join(scene.dir, 'passphrase.key')]
  const keep = ['credentials', 'add', 'kept', ...open]
  const { secretAccessKey, sessionToken, token, password } = scene.canaries
  const s3 = ['--kind', 's3', '--access-key-id', 'AKIACANARY', '--session-token']
  expect(await run([...keep, '--keep-in', 'sealed-file', '--kind', 'token'], {}, token)).toBe(0)
  expect(await run([...keep, ...s3], {}, `${secretAccessKey}\n${sessionToken}\n`)).toBe(0)
  expect(await run([...keep, '--kind', 'master-key', '--file', join(scene.dir, 'typed.key')])).toBe(0)
  expect(await run([...keep, '--kind', 'pgp'], {}, password)).toBe(2)
  const wrong = ['--passphrase-file', join(scene.dir, 'wrong.key')]
  expect(await run(['credentials', 'add', 'refused', ...wrong, '--kind', 'token'], {}, password)).toBe(3)
  // Typed where it does not belong, it is in the arguments; more than there it must not be.
  const misplaced = scene.secretOf('secretAccessKey')
  for (const args of [
    [
      'verify',
      '--all',
      '--repository',
      `s3://AKIA:${encodeURIComponent(misplaced)}@bucket/`,
      '--system',
      'kiok',
    ],
    ['verify', `--secret-access-key=${misplaced}`, ...folder('typed')],
    ['verify', '--all', ...folder('typed'), '--max-rate', misplaced],
    ['serve', '--port', misplaced],
    ['audit', 'list', '--limit', misplaced],
    [misplaced],
  ]) {
    await run(args)
  }
  await nothingIsFound()
  expect(await run(['audit', 'export', '--to', join(scene.dir, 'export.jsonl')])).toBe(0)
  await nothingIsFound()
  expect((await hitsBelow(scene.dir, scene.canaries)).hits.length).toBeGreaterThan(0)
})

test.each([
  ['killed', 'SIGKILL', null],
  ['broken by an error that nobody catches', 'SIGUSR2', 4],
] as const)('A command that is %s leaves no secret behind', async (_what, signal, status) => {
  // Of its own: what is in it was written by this command.
  const state = join(scene.dir, `state ${signal}`)
  const slow = ['verify', '--all', '--recheck', '--max-rate', '20k']
  const child = start([...slow, ...folder('typed'), ...key('typed')], { HOLDFAST_STATE_DIR: state })
  const ended = once(child, 'close')
  // With the first file of its state it has read the key, and reads slowly from then on.
  await expect.poll(async () => hasState(state), { timeout: 60_000 }).toBe(true)
  expect(await hitsInProcesses(child.pid ?? 0, scene.canaries)).toEqual([])
  child.kill(signal)
  expect((await ended)[0]).toBe(status)
  await nothingIsFound()
})

async function hasState(folder: string): Promise<boolean> {
  const { files } = await hitsBelow(folder, {}).catch(() => ({ files: [] }))
  return files.length > 0
}
