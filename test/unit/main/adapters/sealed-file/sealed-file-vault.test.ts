import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { failure } from '../../../../conformance/store-helpers.ts'
import { fakeClock } from '../../../../fakes/fake-clock.ts'
import { forge, passphrase, place, vaultIn } from './fixture.ts'

const secret = new TextEncoder().encode('canary-7f3a-secret')

async function modeOf(path: string): Promise<string> {
  return ((await lstat(path)).mode & 0o777).toString(8)
}

test('file and folder are for their owner alone, also where the account’s mask forbids nothing', async () => {
  await using at = await place()
  const folder = join(at.folder, 'state', 'deep')
  const mask = process.umask(0)
  try {
    const vault = vaultIn(folder)
    await vault.create(passphrase)
    await vault.put('one', secret)
  } finally {
    process.umask(mask)
  }
  expect(await modeOf(join(folder, 'vault.sealed'))).toBe('600')
  expect(await modeOf(folder)).toBe('700')
  expect(await readdir(folder)).toEqual(['vault.sealed'])
})

test('a folder or file that other users can reach is refused, with what to do', async () => {
  await using at = await place()
  await chmod(at.folder, 0o750)
  const vault = vaultIn(at.folder)
  expect(await vault.state()).toMatchObject({
    state: 'unavailable',
    reason: expect.stringContaining('mode 0750'),
  })
  const refused = await failure(vault.create(passphrase), 'vault.unavailable')
  expect(refused.message).toContain('mode 0750')
  expect(refused.message).toContain('chmod 700')
  expect(await readdir(at.folder)).toEqual([])
  await chmod(at.folder, 0o700)
  await vault.create(passphrase)
  await chmod(at.file, 0o644)
  expect(await vault.state()).toMatchObject({
    state: 'unavailable',
    reason: expect.stringContaining('mode 0644'),
  })
  await failure(vault.get('one'), 'vault.unavailable')
})

test('a link in place of the file or the folder is not followed', async () => {
  await using at = await place()
  const elsewhere = await mkdtemp(join(tmpdir(), 'holdfast-elsewhere-'))
  try {
    const victim = join(elsewhere, 'victim')
    await writeFile(victim, 'untouched')
    await symlink(victim, at.file)
    const vault = vaultIn(at.folder)
    await failure(vault.create(passphrase), 'vault.unavailable')
    await failure(vault.unlock(passphrase), 'vault.unavailable')
    expect((await lstat(at.file)).isSymbolicLink()).toBe(true)
    await rm(at.file)

    await symlink(join(elsewhere, 'draft'), `${at.file}.new`)
    await vault.create(passphrase)
    await symlink(join(elsewhere, 'draft'), `${at.file}.new`)
    await vault.put('one', secret)
    await rename(at.file, join(elsewhere, 'moved'))
    await symlink(join(elsewhere, 'moved'), at.file)
    await failure(vault.put('two', secret), 'vault.unavailable')

    const link = join(at.folder, 'link')
    await symlink(elsewhere, link)
    await failure(vaultIn(link).create(passphrase), 'vault.unavailable')
    expect((await readdir(elsewhere)).sort()).toEqual(['moved', 'victim'])
    expect(await readFile(victim, 'utf8')).toBe('untouched')
  } finally {
    await rm(elsewhere, { recursive: true })
  }
})

test('a passphrase is the same however its accents were typed', async () => {
  await using at = await place()
  await vaultIn(at.folder).create('caf\u00e9 cr\u00e8me')
  const vault = vaultIn(at.folder)
  await vault.unlock('cafe\u0301 cre\u0300me')
  expect((await vault.state()).state).toBe('open')
})

test('a short passphrase is refused, and nothing is written', async () => {
  await using at = await place()
  const vault = vaultIn(at.folder)
  await failure(vault.create('1234567'), 'usage')
  await failure(vault.create(null), 'usage')
  expect(await readdir(at.folder)).toEqual([])
})

test('a damaged file, a wrong passphrase, no file and an older file are told apart', async () => {
  await using at = await place()
  const vault = vaultIn(at.folder)
  await vault.create(passphrase)
  await vault.put('one', secret)
  const old = await readFile(at.file)
  await vault.put('one', new TextEncoder().encode('newer'))
  const newer = await readFile(at.file, 'latin1')

  await failure(vaultIn(at.folder).unlock('not the passphrase'), 'vault.wrongPassphrase')
  await writeFile(at.file, newer.replace(/.\n$/, 'x\n'), 'latin1')
  expect((await failure(vault.get('one'), 'vault.damaged')).message).toContain('three lines')
  const forged = forge(newer, (body) => body.replace(/"generation":3,"records"/, '"generation":9,"records"'))
  await writeFile(at.file, forged, 'latin1')
  await failure(vault.get('one'), 'vault.damaged')
  await failure(vaultIn(at.folder).unlock(passphrase), 'vault.damaged')
  await writeFile(at.file, old)
  const rolledBack = await failure(vault.get('one'), 'vault.damaged')
  expect(rolledBack.message).toContain('save 2, after save 3')
  await failure(vault.put('two', secret), 'vault.damaged')
  expect(await readFile(at.file)).toEqual(old)
  await rm(at.file)
  await failure(vault.get('one'), 'vault.unavailable')
  await failure(vaultIn(at.folder).unlock(passphrase), 'vault.unavailable')
  expect(await vault.state()).toEqual({ state: 'empty' })
})

test('another vault put in its place locks it, and is not written to', async () => {
  await using at = await place()
  await using other = await place()
  const vault = vaultIn(at.folder)
  await vault.create(passphrase)
  await vaultIn(other.folder).create('another long passphrase')
  const foreign = await readFile(other.file)
  await writeFile(at.file, foreign)
  await failure(vault.put('one', secret), 'vault.locked')
  expect(await vault.state()).toMatchObject({ state: 'locked' })
  expect(await readFile(at.file)).toEqual(foreign)
})

test('what another process saved meanwhile is seen, and not lost by the next save', async () => {
  await using at = await place()
  const ours = vaultIn(at.folder)
  await ours.create(passphrase)
  const theirs = vaultIn(at.folder)
  await theirs.unlock(passphrase)
  await theirs.put('theirs', secret)
  await ours.put('ours', secret)
  expect([await theirs.has('ours'), await ours.has('theirs')]).toEqual([true, true])
  expect([ours.generation, theirs.generation]).toEqual([3, 3])
})

test('it locks itself after the minutes without use, and each use begins them anew', async () => {
  await using at = await place()
  const clock = fakeClock()
  const locks: number[] = []
  const begun = clock.now()
  const vault = vaultIn(at.folder, {
    clock,
    autoLockMs: () => 60_000,
    onAutoLock: () => locks.push(clock.now() - begun),
  })
  await vault.create(passphrase)
  await clock.run(clock.wait(50_000))
  await vault.put('one', secret)
  await clock.run(clock.wait(59_000))
  expect(Buffer.from(await vault.get('one')).toString()).toBe('canary-7f3a-secret')
  expect(locks).toEqual([])
  await clock.run(clock.wait(60_001))
  await failure(vault.get('one'), 'vault.locked')
  expect(locks).toEqual([50_000 + 59_000 + 60_000])
  expect(vault.generation).toBeNull()
  await vault.unlock(passphrase)
  expect(await vault.has('one')).toBe(true)
  await vault.close()
  await clock.run(Promise.resolve())
  expect(clock.waiting).toBe(0)
})

test('a computer that slept through the minutes finds it locked, though no timer ran', async () => {
  await using at = await place()
  let now = 1_000_000
  let locks = 0
  const clock = { now: () => now, wait: () => new Promise<void>(() => undefined) }
  const vault = vaultIn(at.folder, { clock, autoLockMs: () => 60_000, onAutoLock: () => (locks += 1) })
  await vault.create(passphrase)
  await vault.put('one', secret)
  now += 60_000
  expect((await vault.state()).state).toBe('locked')
  await failure(vault.get('one'), 'vault.locked')
  expect(locks).toBe(1)
})

test('a folder in place of the file, and a file in place of the folder, are refused', async () => {
  await using at = await place()
  await mkdir(at.file)
  await failure(vaultIn(at.folder).unlock(passphrase), 'vault.unavailable')
  await writeFile(join(at.folder, 'file'), '')
  await failure(vaultIn(join(at.folder, 'file')).create(passphrase), 'vault.unavailable')
})

test('no error holds the passphrase or the secret', async () => {
  await using at = await place()
  const vault = vaultIn(at.folder)
  await vault.create(passphrase)
  await vault.put('one', secret)
  await vault.lock()
  const errors = [
    await failure(vault.unlock('a wrong passphrase 83'), 'vault.wrongPassphrase'),
    await failure(vault.put('two', secret), 'vault.locked'),
  ]
  await vault.unlock(passphrase)
  await writeFile(at.file, 'rubbish')
  errors.push(await failure(vault.put('two', secret), 'vault.damaged'))
  const told = JSON.stringify(errors.map(({ text, stack }) => [text, stack]))
  for (const canary of ['a wrong passphrase 83', passphrase, 'canary-7f3a'])
    expect(told).not.toContain(canary)
  const files = await readdir(at.folder)
  for (const name of files)
    expect(await readFile(join(at.folder, name), 'latin1')).not.toContain('canary-7f3a')
})
