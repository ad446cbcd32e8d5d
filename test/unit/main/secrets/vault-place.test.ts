import { expect, test } from 'vitest'
import { failure } from '../../../conformance/store-helpers.ts'
import { memoryVault } from '../../../fakes/memory-vault.ts'
import { chosenDesk, deskOf, pair, passphrase, somewhere } from './desk.ts'

test('before a choice both places are offered, with the reason for what cannot be used, and neither is made', async () => {
  const { secrets, vaults, actions } = deskOf()
  vaults.keychain.state = async () => ({ state: 'unavailable', reason: 'There is no session bus.' })
  expect(await secrets.status()).toEqual({
    state: 'none',
    backend: null,
    name: null,
    reason: null,
    choices: [
      { backend: 'keychain', usable: false, name: vaults.keychain.name, reason: 'There is no session bus.' },
      { backend: 'sealedFile', usable: true, name: vaults.sealedFile.name, reason: null },
    ],
    autoLockMinutes: null,
  })
  const refused = await failure(secrets.choose({ backend: 'keychain' }), 'vault.unavailable')
  expect(refused.message).toContain('There is no session bus.')
  expect((await secrets.status()).state).toBe('none')
  expect(await vaults.sealedFile.state()).toEqual({ state: 'empty' })
  expect(actions()).toEqual([])
})

test('a place is chosen once', async () => {
  const { secrets, desk } = await chosenDesk()
  expect(await secrets.status()).toMatchObject({ state: 'open', backend: 'sealedFile', autoLockMinutes: 15 })
  await failure(secrets.choose({ backend: 'keychain' }), 'usage')
  await secrets.lock()
  await failure(secrets.choose({ backend: 'sealedFile', passphrase: 'another passphrase' }), 'usage')
  expect(desk.vaultChoice.get()).toEqual({ backend: 'sealedFile' })
})

test('a place that cannot be set up is not chosen', async () => {
  const { secrets, vaults, desk } = deskOf()
  vaults.sealedFile.create = () => Promise.reject(new Error('no space'))
  await expect(secrets.choose({ backend: 'sealedFile', passphrase })).rejects.toThrow('no space')
  expect(desk.vaultChoice.get()).toEqual({ backend: 'none' })
})

test('a sealed file that is there already is taken over with its own passphrase, and with no other', async () => {
  const { secrets, vaults, desk } = deskOf()
  await vaults.sealedFile.create(passphrase)
  await vaults.sealedFile.put('one', new Uint8Array([1]))
  await vaults.sealedFile.lock()
  await failure(secrets.choose({ backend: 'sealedFile', passphrase: 'a guess' }), 'vault.wrongPassphrase')
  expect(desk.vaultChoice.get()).toEqual({ backend: 'none' })
  await secrets.choose({ backend: 'sealedFile', passphrase })
  expect(await vaults.sealedFile.has('one')).toBe(true)
})

test('a chosen place that is gone is said to be, and a place can be chosen again', async () => {
  const vaults = [memoryVault(), memoryVault()]
  const first = await chosenDesk({ openVault: () => vaults[0] ?? memoryVault() })
  const { desk } = first
  const { secrets } = deskOf({ desk, openVault: () => vaults[1] ?? memoryVault() })
  const status = await secrets.status()
  expect(status).toMatchObject({ state: 'unavailable', backend: 'sealedFile' })
  expect(status.reason).toContain('put it back')
  expect(status.choices).toHaveLength(2)
  expect(await secrets.choose({ backend: 'sealedFile', passphrase })).toMatchObject({ state: 'open' })
})

test('locking and unlocking are entries, and so is a wrong passphrase', async () => {
  const { secrets, actions, changes } = await chosenDesk()
  const before = changes.length
  expect(await secrets.lock()).toMatchObject({ state: 'locked' })
  await failure(secrets.unlock('a guess'), 'vault.wrongPassphrase')
  expect(await secrets.unlock(passphrase)).toMatchObject({ state: 'open', reason: null })
  expect(actions().slice(-3)).toEqual(['vault.locked', 'vault.unlockRefused', 'vault.unlocked'])
  expect(changes.length - before).toBe(2)
})

test('a place that locks itself is an entry, and the window hears of it', async () => {
  let lockItself: (() => void) | undefined
  const { actions, changes, clock } = await chosenDesk({
    openVault: (_, onAutoLock) => {
      lockItself = onAutoLock
      return memoryVault()
    },
  })
  const before = changes.length
  lockItself?.()
  await clock.run(Promise.resolve())
  expect(actions().at(-1)).toBe('vault.locked')
  expect(changes.length - before).toBe(1)
})

test('an older vault that was put back is noticed when it is unlocked, and written into the chain once', async () => {
  const vault = memoryVault()
  const { secrets, actions } = await chosenDesk({ openVault: () => vault })
  const { id } = await secrets.add('pair', pair)
  await secrets.add('another', pair)
  await secrets.lock()
  let saves = 1
  Object.defineProperty(vault, 'generation', { get: () => saves })
  const status = await secrets.unlock(passphrase)
  expect(status.state).toBe('open')
  expect(status.reason).toContain('saved 1 times, and the audit chain knows of 3')
  expect(actions().at(-1)).toBe('vault.rolledBack')
  expect((await secrets.s3(id, somewhere)).accessKeyId).toBe(pair.accessKeyId)
  await secrets.lock()
  saves = 2
  expect((await secrets.unlock(passphrase)).reason).toBeNull()
})

test('two choices at once make one place', async () => {
  const { secrets, desk } = deskOf()
  const [first, second] = await Promise.allSettled([
    secrets.choose({ backend: 'keychain' }),
    secrets.choose({ backend: 'sealedFile', passphrase }),
  ])
  expect([first?.status, second?.status]).toEqual(['fulfilled', 'rejected'])
  expect(desk.vaultChoice.get()).toEqual({ backend: 'keychain' })
})
