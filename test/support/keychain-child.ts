/** One process over the operating system's keychain: runs one call, and says how it ended as one line of JSON. */
import { keychainVault } from '../../src/main/adapters/keychain/keychain-vault.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { isHoldfastError } from '../../src/shared/domain/error.ts'

const [folder = '', call = '', id = '', value = ''] = process.argv.slice(2)
const vault = keychainVault({ folder, installationSecret: Buffer.alloc(32, 7), clock: systemClock })

async function answer(): Promise<unknown> {
  switch (call) {
    case 'create':
      return vault.create(null)
    case 'put':
      return vault.put(id, Buffer.from(value))
    case 'get':
      return Buffer.from(await vault.get(id)).toString()
    case 'remove':
      return vault.remove(id)
    case 'unlock':
      return vault.unlock(null)
    default:
      return vault.state()
  }
}

const said = await answer().then(
  (result) => ({ result: result ?? null }),
  (error: unknown) => {
    if (!isHoldfastError(error)) throw error
    return { code: error.code, ...error.text }
  },
)
console.log(JSON.stringify(said))
