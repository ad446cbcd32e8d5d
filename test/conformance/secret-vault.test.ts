import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { sealedFileVault } from '../../src/main/adapters/sealed-file/sealed-file-vault.ts'
import { systemRandom } from '../../src/main/adapters/system/random.ts'
import { fakeClock } from '../fakes/fake-clock.ts'
import { memoryVault } from '../fakes/memory-vault.ts'
import { vaultPromises, type VaultUnderTest } from './secret-vault.ts'

function vaultSuite(name: string, make: () => Promise<VaultUnderTest>): void {
  describe(name, () => {
    for (const { sentence, check } of vaultPromises) {
      test(sentence, async () => {
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

vaultSuite('the vault in memory', async () => {
  const vault = memoryVault()
  return { open: async () => vault, passphrase: 'six random words are best', cleanUp: async () => undefined }
})

vaultSuite('a sealed file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-vault-'))
  const clock = fakeClock()
  return {
    open: async () =>
      sealedFileVault({
        folder,
        autoLockMs: () => 60_000,
        onAutoLock: () => {},
        clock,
        random: systemRandom,
      }),
    passphrase: 'six random words are best',
    cleanUp: () => rm(folder, { recursive: true }),
  }
})
