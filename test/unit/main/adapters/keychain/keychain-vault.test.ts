import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  keychainVault,
  type KeychainOptions,
} from '../../../../../src/main/adapters/keychain/keychain-vault.ts'
import { failure } from '../../../../conformance/store-helpers.ts'
import { fakeClock } from '../../../../fakes/fake-clock.ts'
import { memoryKeychain } from '../../../../fakes/memory-keychain.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-keychain-'))
})
afterEach(() => rm(folder, { recursive: true }))

const text = (value: string) => new TextEncoder().encode(value)

function vaultOver(
  { load, secretService }: Pick<KeychainOptions, 'load' | 'secretService'>,
  options: Partial<KeychainOptions> = {},
) {
  return keychainVault({
    folder,
    installationSecret: new Uint8Array(32).fill(1),
    clock: fakeClock(),
    platform: 'linux',
    ...(load && { load }),
    ...(secretService && { secretService }),
    ...options,
  })
}

test('a locked keychain is told from an empty one by what it must hold', async () => {
  const keychain = memoryKeychain()
  const vault = vaultOver(keychain)
  await vault.create(null)
  await vault.put('one', text('1'))
  const before = new Map(keychain.items)
  keychain.isLocked = true
  expect(await vault.state()).toMatchObject({ state: 'locked' })
  await failure(vault.get('one'), 'vault.locked')
  await failure(vault.has('one'), 'vault.locked')
  await failure(vault.put('one', text('2')), 'vault.locked')
  await failure(vault.remove('one'), 'vault.locked')
  await failure(vault.create(null), 'vault.locked')
  expect(keychain.items).toEqual(before)
})

test('so it is where nobody can ask the service itself', async () => {
  const keychain = memoryKeychain()
  const vault = vaultOver({
    load: keychain.load,
    secretService: { find: async () => null, name: async () => null },
  })
  await vault.create(null)
  await vault.put('one', text('1'))
  keychain.isLocked = true
  expect(await vault.state()).toMatchObject({ state: 'locked' })
  await failure(vault.get('one'), 'vault.locked')
  expect(vault.name).toBe('the Secret Service')
})

test('a keychain that cuts, changes or forgets a secret is found out when it is put, and the old one stays', async () => {
  const keychain = memoryKeychain()
  const vault = vaultOver(keychain)
  await vault.create(null)
  await vault.put('one', text('the old secret'))
  const { setPassword } = keychain.native
  const manners: readonly ((given: string) => string | null)[] = [
    (given) => given.slice(0, -1),
    (given) => given.slice(0, 40),
    (given) => `${given}=`,
    (given) => given.toLowerCase(),
    () => '',
    () => null,
  ]
  for (const manner of manners) {
    keychain.native.setPassword = async (service, account, given) => {
      const kept = manner(given)
      if (kept !== null) await setPassword(service, account, kept)
    }
    const refused = await failure(vault.put('one', text('A new secret')), 'vault.damaged')
    expect(refused.message).not.toContain('A new secret')
    expect(Buffer.from(await vault.get('one')).toString()).toBe('the old secret')
  }
})

test('an item that was changed, or put in another’s place, is damage', async () => {
  const keychain = memoryKeychain()
  const vault = vaultOver(keychain)
  await vault.create(null)
  await vault.put('one', text('1'))
  await vault.put('two', text('2'))
  const accounts = [...keychain.items.keys()].filter((account) => !account.includes('sentinel'))
  const [one = '', two = ''] = accounts
  const itemOfOne = keychain.items.get(one) ?? ''
  keychain.items.set(two, itemOfOne)
  await failure(vault.get('two'), 'vault.damaged')
  keychain.items.set(one, itemOfOne.replace(/^1\.1\./, '1.2.'))
  await failure(vault.get('one'), 'vault.damaged')
  await vault.put('one', text('entered again'))
  expect(Buffer.from(await vault.get('one')).toString()).toBe('entered again')
})

test('ended at any call of a change, the old or the new secret is there, and never an older one', async () => {
  for (let last = 0; ; last += 1) {
    const keychain = memoryKeychain()
    const first = vaultOver(keychain)
    await first.create(null)
    await first.put('one', text('oldest'))
    await first.put('one', text('old'))
    let calls = 0
    const dying = { ...keychain.native }
    for (const name of ['setPassword', 'deletePassword'] as const) {
      const real = keychain.native[name]
      Object.assign(dying, {
        [name]: (...args: readonly [string, string, string]) => {
          calls += 1
          return calls > last ? Promise.reject(new Error('the process ended')) : real(...args)
        },
      })
    }
    const ended = await vaultOver({ ...keychain, load: async () => dying })
      .put('one', text('new'))
      .then(
        () => false,
        () => true,
      )
    const found = Buffer.from(await vaultOver(keychain).get('one')).toString()
    expect(found).toBe(last === 0 ? 'old' : 'new')
    await vaultOver(keychain).remove('one')
    await failure(vaultOver(keychain).get('one'), 'vault.lost')
    await rm(join(folder, 'keychain.json'))
    if (!ended) break
    expect(last).toBeLessThan(5)
  }
})

test('a removal that is ended half way does not bring back an older secret', async () => {
  const keychain = memoryKeychain()
  const vault = vaultOver(keychain)
  await vault.create(null)
  await vault.put('one', text('old'))
  const { native } = keychain
  const real = { ...native }
  let left = 0
  native.deletePassword = async (service, account) => {
    left -= 1
    if (left < 0) throw new Error('the process ended')
    return real.deletePassword(service, account)
  }
  await failure(vault.put('one', text('new')), 'vault.unavailable')
  expect(keychain.items.size).toBe(3)
  left = 1
  await failure(vault.remove('one'), 'vault.unavailable')
  expect(Buffer.from(await vault.get('one')).toString()).toBe('new')
})

test('two installations of one account do not see, replace or remove each other’s secrets', async () => {
  const keychain = memoryKeychain()
  const other = await mkdtemp(join(tmpdir(), 'holdfast-other-'))
  try {
    const ours = vaultOver(keychain)
    const theirs = vaultOver(keychain, { folder: other, installationSecret: new Uint8Array(32).fill(2) })
    await ours.create(null)
    await ours.put('one', text('ours'))
    expect(await theirs.state()).toEqual({ state: 'empty' })
    await theirs.create(null)
    await failure(theirs.get('one'), 'vault.lost')
    await theirs.put('one', text('theirs'))
    await theirs.remove('one')
    expect(Buffer.from(await ours.get('one')).toString()).toBe('ours')
  } finally {
    await rm(other, { recursive: true })
  }
})

test('a computer without the library says so, and nothing else fails', async () => {
  const vault = vaultOver({ load: () => Promise.reject(new Error('Failed to load keytar native addon')) })
  expect(await vault.state()).toMatchObject({
    state: 'unavailable',
    reason: expect.stringContaining('libsecret-1-0'),
  })
  await failure(vault.create(null), 'vault.unavailable')
  expect(await readdir(folder)).toEqual([])
})

test('a keychain that asks its owner and gets no answer is locked, and what was asked is not done later', async () => {
  const keychain = memoryKeychain()
  const clock = fakeClock()
  const vault = vaultOver(keychain, { clock })
  await vault.create(null)
  const answers: (() => void)[] = []
  let asked = 0
  const real = { ...keychain.native }
  keychain.native.getPassword = async (service, account) => {
    asked += 1
    await new Promise<void>((resolve) => answers.push(resolve))
    return real.getPassword(service, account)
  }
  const begun = clock.now()
  const refused = await failure(clock.run(vault.put('one', text('1'))), 'vault.locked')
  expect(refused.message).toContain('asking its owner')
  expect(clock.now() - begun).toBe(60_000)
  await failure(clock.run(vault.put('two', text('2'))), 'vault.locked')
  const before = new Map(keychain.items)
  for (const answer of answers) answer()
  await clock.run(Promise.resolve())
  expect(asked).toBe(1)
  expect(keychain.items).toEqual(before)
  keychain.native.getPassword = real.getPassword
  expect(await vault.state()).toEqual({ state: 'open' })
})

test('a passphrase is not for a keychain, and locking leaves it to its owner', async () => {
  const vault = vaultOver(memoryKeychain())
  await failure(vault.create('a passphrase'), 'usage')
  await vault.create(null)
  await vault.lock()
  expect(await vault.state()).toEqual({ state: 'open' })
})
