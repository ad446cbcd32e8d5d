import type { NativeKeychain } from '../../src/main/adapters/keychain/native-keychain.ts'
import type { SecretService } from '../../src/main/adapters/keychain/secret-service.ts'

export interface MemoryKeychain {
  readonly items: Map<string, string>
  /** A locked one that can ask nobody: lookups find nothing, writing is refused. */
  isLocked: boolean
  readonly native: NativeKeychain
  readonly load: () => Promise<NativeKeychain>
  readonly secretService: SecretService
}

/** A keychain with the manners of gnome-keyring. */
export function memoryKeychain(): MemoryKeychain {
  const items = new Map<string, string>()
  const native: NativeKeychain = {
    getPassword: async (_, account) => (keychain.isLocked ? null : (items.get(account) ?? null)),
    setPassword: async (_, account, text) => {
      if (keychain.isLocked) throw new Error('Cannot create an item in a locked collection')
      items.set(account, text)
    },
    deletePassword: async (_, account) => !keychain.isLocked && items.delete(account),
  }
  const keychain: MemoryKeychain = {
    items,
    isLocked: false,
    native,
    load: async () => native,
    secretService: {
      find: async (_, account) => {
        if (items.has(account)) return keychain.isLocked ? 'locked' : 'open'
        return keychain.isLocked ? 'unsure' : 'absent'
      },
      name: async () => 'the keyring in memory',
    },
  }
  return keychain
}
