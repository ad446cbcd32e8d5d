import { HeldMasterKey } from '../../src/main/engine/master-key.ts'
import type { Secrets } from '../../src/main/ports/secrets.ts'
import { HoldfastError } from '../../src/shared/domain/error.ts'

/** Secrets that are there by id and can be locked; what a window may do with them is refused. */
export function givenSecrets(masterKeys: Readonly<Record<string, string>>): Secrets & { isLocked: boolean } {
  const refuse = async (): Promise<never> => {
    throw new Error('This fake only gives secrets.')
  }
  const secrets = {
    isLocked: false,
    status: async () => ({
      state: secrets.isLocked ? ('locked' as const) : ('open' as const),
      backend: 'sealedFile' as const,
      name: 'a fake',
      reason: null,
      choices: [],
      autoLockMinutes: null,
    }),
    choose: refuse,
    unlock: refuse,
    lock: refuse,
    list: refuse,
    add: refuse,
    replace: refuse,
    rename: refuse,
    remove: refuse,
    s3: refuse,
    login: refuse,
    token: refuse,
    password: refuse,
    async masterKey(id: string) {
      if (secrets.isLocked) throw new HoldfastError('vault.locked', { what: 'The vault is locked.' })
      const key = masterKeys[id]
      if (key === undefined) throw new HoldfastError('credential.notFound', { what: `There is no ${id}.` })
      return new HeldMasterKey(Buffer.from(key, 'utf8'), id)
    },
    noteElsewhere: async () => undefined,
    close: async () => undefined,
  }
  return secrets
}
