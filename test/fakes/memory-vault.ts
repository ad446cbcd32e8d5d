import { HoldfastError, type ErrorCode } from '../../src/shared/domain/error.ts'
import type { SecretVault } from '../../src/main/ports/secret-vault.ts'

/** A vault that keeps its secrets in memory, with the manners of a sealed file and without its cost. */
export function memoryVault(backend: SecretVault['backend'] = 'sealedFile'): SecretVault {
  const secrets = new Map<string, Uint8Array>()
  let passphrase: string | null | undefined
  let isOpen = false
  let generation = 0

  function refuse(code: ErrorCode): never {
    throw new HoldfastError(code, { what: `The vault in memory answers ${code}.` })
  }

  function demandOpen(): void {
    if (!isOpen) refuse('vault.locked')
  }

  return {
    backend,
    name: 'the vault in memory',
    get generation() {
      return isOpen ? generation : null
    },
    state: async () => {
      if (passphrase === undefined) return { state: 'empty' }
      return isOpen ? { state: 'open' } : { state: 'locked', reason: 'It opens with its passphrase.' }
    },
    create: async (typed) => {
      if (passphrase !== undefined) refuse('vault.unavailable')
      if (backend === 'sealedFile' && typed === null) refuse('usage')
      passphrase = typed
      isOpen = true
      generation = 1
    },
    unlock: async (typed) => {
      if (passphrase === undefined) refuse('vault.unavailable')
      if (typed?.normalize('NFC') !== passphrase?.normalize('NFC')) refuse('vault.wrongPassphrase')
      isOpen = true
    },
    lock: async () => {
      if (backend === 'sealedFile') isOpen = false
    },
    put: async (id, secret) => {
      demandOpen()
      secrets.set(id, new Uint8Array(secret))
      generation += 1
    },
    get: async (id) => {
      demandOpen()
      const secret = secrets.get(id) ?? refuse('vault.lost')
      return new Uint8Array(secret)
    },
    has: async (id) => {
      demandOpen()
      return secrets.has(id)
    },
    remove: async (id) => {
      demandOpen()
      if (secrets.delete(id)) generation += 1
    },
    close: async () => {
      isOpen = false
    },
  }
}
