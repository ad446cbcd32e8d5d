import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test, type TestContext } from 'vitest'
import { noKeyring, startSession, type Session } from '../lab/keyring.ts'
import { runCli } from './cli/run-cli.ts'

const run = promisify(execFile)
const child = join(import.meta.dirname, '../support/keychain-child.ts')
const password = 'the password of the keyring'

describe('a keychain from one desktop session to the next', () => {
  let home = ''
  let session: Session | null = null
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'holdfast-sessions-'))
  })
  afterEach(async () => {
    await session?.stop()
    session = null
    await rm(home, { recursive: true })
  })

  async function login(typed: string | null): Promise<void> {
    await session?.stop()
    session = await startSession(home, typed)
  }

  /** A process of its own: the library of the keychain remembers a session for as long as it lives. */
  async function call(...args: readonly string[]): Promise<unknown> {
    const env = session?.env ?? { PATH: process.env['PATH'], HOME: home }
    const { stdout } = await run(process.execPath, [child, join(home, 'state'), ...args], { env })
    return JSON.parse(stdout)
  }

  function needsKeyring(context: TestContext): void {
    const reason = noKeyring()
    if (reason !== null) context.skip(reason)
  }

  test('a keyring that is locked and can ask nobody is locked, not empty, and nothing is overwritten', async (context) => {
    needsKeyring(context)
    await login(password)
    expect(await call('create')).toEqual({ result: null })
    expect(await call('put', 'one', 'the first secret')).toEqual({ result: null })

    await login(null)
    expect(await call('state')).toMatchObject({
      result: {
        state: 'locked',
        reason: 'The keychain (GNOME Keyring) opens with the password of its owner.',
      },
    })
    for (const args of [
      ['get', 'one'],
      ['put', 'one', 'another secret'],
      ['put', 'two', 'another secret'],
      ['remove', 'one'],
      ['create'],
      ['unlock'],
    ]) {
      expect(await call(...args), args.join(' ')).toMatchObject({ code: 'vault.locked' })
    }

    await login(password)
    expect(await call('state')).toEqual({ result: { state: 'open' } })
    expect(await call('get', 'one')).toEqual({ result: 'the first secret' })
    expect(await call('get', 'two')).toMatchObject({ code: 'vault.lost' })
  })

  test('a locked keyring is locked also where the mark in the state folder was lost', async (context) => {
    needsKeyring(context)
    await login(password)
    await call('create')
    await rm(join(home, 'state'), { recursive: true })
    await login(null)
    expect(await call('state')).toMatchObject({ result: { state: 'locked' } })
    await login(password)
    expect(await call('state')).toEqual({ result: { state: 'open' } })
    expect(await readdir(join(home, 'state'))).toEqual(['keychain.json'])
  })

  test('a keyring that is locked when it is first chosen is said to be, and is not marked as set up', async (context) => {
    needsKeyring(context)
    await login(null)
    expect(await call('state')).toEqual({ result: { state: 'empty' } })
    expect(await call('create')).toMatchObject({ code: 'vault.locked' })
    await login(password)
    expect(await call('create')).toEqual({ result: null })
  })

  test('a keyring that was emptied by other hands is empty, and can be set up again', async (context) => {
    needsKeyring(context)
    await login(password)
    await call('create')
    await call('put', 'one', 'the first secret')
    await session?.stop()
    session = null
    await rm(join(home, '.local'), { recursive: true })
    await login(password)
    expect(await call('get', 'one')).toMatchObject({ code: 'vault.unavailable' })
    expect(await call('state')).toEqual({ result: { state: 'empty' } })
    expect(await call('create')).toEqual({ result: null })
  })

  test('without a session bus the keychain is not available, which is not the same as locked', async (context) => {
    needsKeyring(context)
    const state = await call('state')
    expect(state).toMatchObject({
      result: { state: 'unavailable', reason: expect.stringMatching(/does not answer.*bus/i) },
    })
    for (const args of [['get', 'one'], ['put', 'one', 'x'], ['create'], ['unlock']]) {
      expect(await call(...args), args.join(' ')).toMatchObject({ code: 'vault.unavailable' })
    }
  })

  test('the command line ends with 3 and says whether it is locked or not there, and the secret stays as it was', async (context) => {
    needsKeyring(context)
    await login(password)
    const kept = ['credentials', 'add', 'one', '--kind', 'token', '--json']
    const cli = async (args: readonly string[]) =>
      runCli(home, args, {
        env: session?.env ?? { PATH: process.env['PATH'] ?? '' },
        input: 'a token of a master',
      })
    expect(await cli([...kept, '--keep-in', 'keychain'])).toMatchObject({ status: 0 })
    const state = join(home, 'state', 'credentials.json')
    const before = await readFile(state, 'utf8')

    await login(null)
    const locked = await cli(kept)
    expect([locked.status, JSON.parse(locked.stdout).error.code]).toEqual([3, 'vault.locked'])
    await session?.stop()
    session = null
    const gone = await cli(kept)
    expect([gone.status, JSON.parse(gone.stdout).error.code]).toEqual([3, 'vault.unavailable'])
    expect(gone.stdout).not.toBe(locked.stdout)
    expect(await readFile(state, 'utf8')).toBe(before)

    await login(password)
    const listed = await cli(['credentials', 'list', '--json'])
    expect(JSON.parse(listed.stdout)).toMatchObject({
      vault: { state: 'open' },
      credentials: [{ label: 'one', isThere: true }],
    })
  })

  test('neither the keyring’s file nor the mark shows a secret', async (context) => {
    needsKeyring(context)
    await login(password)
    await call('create')
    await call('put', 'one', 'canary-55ab-secret')
    const files = (await readdir(home, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    )
    expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining(['login.keyring', 'keychain.json']))
    for (const { parentPath, name } of files) {
      const bytes = await readFile(join(parentPath, name), 'latin1')
      expect(bytes).not.toContain('canary-55ab')
      expect(bytes).not.toContain(Buffer.from('canary-55ab').toString('base64').slice(0, 12))
    }
  })
})
