import type { Secrets } from '../ports/secrets.ts'
import { implementation } from './implement.ts'

const { vault } = implementation

export function createVaultHandlers(secrets: Secrets) {
  return {
    status: vault.status.handler(() => secrets.status()),
    choose: vault.choose.handler(({ input }) => secrets.choose(input)),
    unlock: vault.unlock.handler(({ input }) => secrets.unlock(input.passphrase ?? null)),
    lock: vault.lock.handler(() => secrets.lock()),
    credentials: vault.credentials.handler(async () => [...(await secrets.list())]),
    add: vault.add.handler(({ input }) => secrets.add(input.label, input.secret)),
    replace: vault.replace.handler(({ input }) => secrets.replace(input.id, input.secret)),
    rename: vault.rename.handler(({ input }) => secrets.rename(input.id, input.label)),
    remove: vault.remove.handler(async ({ input }) => {
      await secrets.remove(input.id)
      return {}
    }),
  }
}
