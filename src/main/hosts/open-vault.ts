import { keychainVault } from '../adapters/keychain/keychain-vault.ts'
import { sealedFileVault } from '../adapters/sealed-file/sealed-file-vault.ts'
import type { Clock } from '../ports/clock.ts'
import type { DeskState } from '../ports/desk-state.ts'
import type { Random } from '../ports/random.ts'
import type { SecretsDeps } from '../secrets/open-secrets.ts'

export interface VaultHost {
  readonly desk: Pick<DeskState, 'folder' | 'settings'>
  readonly installationSecret: Uint8Array
  readonly clock: Clock
  readonly random: Random
}

/** Both places where secrets can be kept. Neither is touched before it is asked for something. */
export function openVaultIn({
  desk,
  installationSecret,
  clock,
  random,
}: VaultHost): SecretsDeps['openVault'] {
  const { folder } = desk
  return (backend, onAutoLock) =>
    backend === 'keychain'
      ? keychainVault({ folder, installationSecret, clock })
      : sealedFileVault({
          folder,
          autoLockMs: () => desk.settings.get().autoLockMinutes * 60_000,
          onAutoLock,
          clock,
          random,
        })
}
