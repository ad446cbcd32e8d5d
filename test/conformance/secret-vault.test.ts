import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keychainVault } from '../../src/main/adapters/keychain/keychain-vault.ts'
import { sealedFileVault } from '../../src/main/adapters/sealed-file/sealed-file-vault.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { systemRandom } from '../../src/main/adapters/system/random.ts'
import { fakeClock } from '../fakes/fake-clock.ts'
import { memoryVault } from '../fakes/memory-vault.ts'
import { memoryKeychain } from '../fakes/memory-keychain.ts'
import { noKeyring, startSession, type Session } from '../lab/keyring.ts'
import { vaultPromises, type VaultTraits, type VaultUnderTest } from './secret-vault.ts'

function vaultSuite(
  name: string,
  traits: VaultTraits,
  make: () => Promise<VaultUnderTest>,
  skip: string | null = null,
): void {
  describe(name, () => {
    for (const { sentence, only, check } of vaultPromises) {
      if (only !== undefined && !traits[only]) continue
      test(sentence, async (context) => {
        if (skip !== null) return context.skip(skip)
        const under = await make()
        try {
          await check(under)
        } finally {
          await under.cleanUp()
        }
      })
    }
  })
}

const ofFile: VaultTraits = { takesPassphrase: true, countsSaves: true }
const ofKeychain: VaultTraits = { takesPassphrase: false, countsSaves: false }

async function inFolder(open: (folder: string) => VaultUnderTest['open']): Promise<VaultUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-vault-'))
  return { open: open(folder), passphrase: null, cleanUp: () => rm(folder, { recursive: true }) }
}

vaultSuite('the vault in memory', ofFile, async () => {
  const vault = memoryVault()
  return { open: async () => vault, passphrase: 'six random words are best', cleanUp: async () => undefined }
})

vaultSuite('a sealed file', ofFile, async () => {
  const clock = fakeClock()
  const under = await inFolder(
    (folder) => async () =>
      sealedFileVault({
        folder,
        autoLockMs: () => 60_000,
        onAutoLock: () => {},
        clock,
        random: systemRandom,
      }),
  )
  return { ...under, passphrase: 'six random words are best' }
})

vaultSuite('a keychain in memory', ofKeychain, async () => {
  const { load, secretService } = memoryKeychain()
  const installationSecret = systemRandom.bytes(32)
  return inFolder(
    (folder) => async () =>
      keychainVault({
        folder,
        installationSecret,
        clock: fakeClock(),
        load,
        secretService,
        platform: 'linux',
      }),
  )
})

describe('with a desktop session', () => {
  let session: Session | null = null
  let home = ''
  beforeAll(async () => {
    if (noKeyring() !== null) return
    home = await mkdtemp(join(tmpdir(), 'holdfast-keyring-'))
    session = await startSession(home, 'the password of the keyring')
    // Before the keychain is first loaded: its library looks once.
    Object.assign(process.env, session.env)
  })
  afterAll(async () => {
    await session?.stop()
    if (home !== '') await rm(home, { recursive: true })
  })

  vaultSuite(
    'gnome-keyring',
    ofKeychain,
    async () => {
      const installationSecret = systemRandom.bytes(32)
      return inFolder(
        (folder) => async () => keychainVault({ folder, installationSecret, clock: systemClock }),
      )
    },
    noKeyring(),
  )

  test('the keychain is called by its own name', async (context) => {
    const reason = noKeyring()
    if (reason !== null) return context.skip(reason)
    const vault = keychainVault({
      folder: join(home, 'state'),
      installationSecret: systemRandom.bytes(32),
      clock: systemClock,
    })
    expect(await vault.state()).toEqual({ state: 'empty' })
    expect(vault.name).toBe('GNOME Keyring')
  })
})
