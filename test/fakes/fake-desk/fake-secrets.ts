import type { Secrets } from '../../../src/main/ports/secrets.ts'
import type { Credential } from '../../../src/shared/contract/vault.ts'
import { HoldfastError } from '../../../src/shared/domain/error.ts'
import { hexOf, iso } from './seeded.ts'
import type { World } from './world.ts'

/** The passphrase that opens it. */
export const fakePassphrase = 'correct horse'

/** A vault that keeps no secret at all: it only remembers that it was given one. */
export function fakeSecrets(world: World): Secrets {
  const told = (): void => {
    world.changes.publish({ topic: 'vault' })
    world.changes.publish({ topic: 'fleet' })
  }
  const open = (): void => {
    if (world.vault.state === 'open') return
    throw new HoldfastError(world.vault.state === 'none' ? 'vault.none' : 'vault.locked', {
      what: world.vault.state === 'none' ? 'No place for secrets was chosen yet.' : 'The vault is locked.',
      unchanged: 'Nothing was changed.',
      next: world.vault.state === 'none' ? 'Choose one.' : 'Unlock it.',
    })
  }
  const one = (id: string): Credential => {
    const found = world.credentials.find((each) => each.id === id)
    if (found !== undefined) return found
    throw new HoldfastError('credential.notFound', { what: `There is no credential ${id}.` })
  }
  const put = (changed: Credential): Credential => {
    world.credentials = [...world.credentials.filter(({ id }) => id !== changed.id), changed]
    told()
    return changed
  }
  return {
    status: async () => world.vault,
    async choose({ backend }) {
      const name = world.vault.choices.find((choice) => choice.backend === backend)?.name ?? null
      world.vault = { ...world.vault, state: 'open', backend, name, autoLockMinutes: 15 }
      told()
      return world.vault
    },
    async unlock(passphrase) {
      if (passphrase !== fakePassphrase) {
        throw new HoldfastError('vault.wrongPassphrase', {
          what: 'This passphrase does not open the vault.',
          unchanged: 'Nothing was changed.',
          next: 'Type it again.',
        })
      }
      world.vault = { ...world.vault, state: 'open' }
      world.fleet = world.fleet.map(({ cluster, chain }) => ({
        chain,
        cluster: { ...cluster, look: cluster.look && { ...cluster.look, failure: null } },
      }))
      told()
      return world.vault
    },
    async lock() {
      world.vault = { ...world.vault, state: 'locked' }
      told()
      return world.vault
    },
    list: async () => world.credentials,
    async add(label, secret) {
      open()
      const kind = secret.kind === 's3' ? 's3' : 'masterKey'
      return put({
        id: `c-${world.credentials.length}`,
        kind,
        label,
        hint: kind === 's3' ? 'AKIA…NEW1' : hexOf(label, 8),
        addedAt: iso(world.clock.now()),
        usedAt: null,
        usedBy: [],
        isThere: true,
      })
    },
    async replace(id) {
      open()
      return put({ ...one(id), addedAt: iso(world.clock.now()), isThere: true })
    },
    rename: async (id, label) => put({ ...one(id), label }),
    async remove(id) {
      if (one(id).usedBy.length > 0) {
        throw new HoldfastError('credential.inUse', {
          what: `${one(id).label} is used by ${one(id).usedBy.join(', ')}.`,
          unchanged: 'Nothing was changed.',
          next: 'Give them another one first.',
        })
      }
      world.credentials = world.credentials.filter((each) => each.id !== id)
      told()
    },
    s3: async () => keepsNone(),
    masterKey: async () => keepsNone(),
    close: async () => undefined,
  }
}

function keepsNone(): never {
  throw new HoldfastError('vault.lost', { what: 'This vault keeps no secret.' })
}
