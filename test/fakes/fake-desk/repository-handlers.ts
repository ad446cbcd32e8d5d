import { implementation } from '../../../src/main/handlers/implement.ts'
import type { Repository } from '../../../src/shared/contract/repositories.ts'
import type { Check } from '../../../src/shared/contract/values.ts'
import { HoldfastError } from '../../../src/shared/domain/error.ts'
import { iso } from './seeded.ts'
import type { World } from './world.ts'

const { repositories: os } = implementation

export function repositoryHandlers(world: World) {
  const one = (id: string): Repository => {
    const found = world.repositories.find((each) => each.id === id)
    if (found !== undefined) return found
    throw new HoldfastError('repository.unsaved', { what: `There is no repository ${id} here.` })
  }
  const chainOf = (repository: Repository) =>
    world.fleet.find(({ cluster }) => cluster.repositoryId === repository.id)?.chain()
  return {
    list: os.list.handler(() => [...world.repositories]),
    test: os.test.handler(async function* ({ input, signal }) {
      for (const check of testChecks(input.address)) {
        yield { id: check.id, group: check.group, title: check.title, state: 'running' as const }
        await world.clock.wait(250, signal)
        yield check
        if (check.state === 'failed') return
      }
    }),
    edit: os.edit.handler(({ input }) => {
      const changed = { ...one(input.id), ...input }
      world.repositories = world.repositories.map((each) => (each.id === input.id ? changed : each))
      world.changes.publish({ topic: 'repositories' })
      return changed
    }),
    remove: os.remove.handler(({ input }) => {
      const { clusters, name } = one(input.id)
      if (clusters.length > 0) {
        throw new HoldfastError('repository.inUse', {
          what: `${name} is used by ${clusters.map((each) => each.name).join(', ')}.`,
          unchanged: 'Nothing was changed.',
          next: 'Remove the cluster first.',
        })
      }
      world.repositories = world.repositories.filter(({ id }) => id !== input.id)
      world.changes.publish({ topic: 'repositories' })
      return {}
    }),
    usage: os.usage.handler(({ input }) => {
      const repository = one(input.id)
      const chain = chainOf(repository)
      const objects = chain?.objects ?? []
      return {
        asOf: iso(world.clock.now()),
        objects: objects.length,
        storedBytes: chain?.storedBytes ?? 0,
        withoutSharingBytes: chain?.withoutSharingBytes ?? 0,
        manifestBytes: 4_096 * (chain?.backups.length ?? 0),
        backups: chain?.backups.length ?? 0,
        stores: (chain?.stores ?? []).map((store, lane) => {
          const own = objects.filter((object) => object.store === lane)
          return {
            store,
            objects: own.length,
            bytes: own.reduce((sum, each) => sum + (each.sizeBytes ?? 0), 0),
          }
        }),
        orphans: {
          objects: 2,
          bytes: 18_612_992,
          listed: [
            {
              key: '20261005T020000Z-aa10/metadata.enc',
              sizeBytes: 18_400_000,
              modifiedAt: chain?.asOf ?? null,
            },
            { key: '20261005T020000Z-aa10/kms.enc', sizeBytes: 212_992, modifiedAt: chain?.asOf ?? null },
          ],
          note: 'The youngest is 47 d old, so no backup that is being written.',
        },
      }
    }),
    browse: os.browse.handler(({ input }) => {
      const objects = (chainOf(one(input.id))?.objects ?? []).filter(({ key }) =>
        key.startsWith(input.prefix),
      )
      const folders = new Set<string>()
      const here = objects.filter(({ key }) => {
        const rest = key.slice(input.prefix.length)
        const cut = rest.indexOf('/')
        if (cut >= 0) folders.add(rest.slice(0, cut))
        return cut < 0
      })
      return {
        asOf: iso(world.clock.now()),
        folders: [...folders].slice(0, 1_000).map((name) => ({ name, prefix: `${input.prefix}${name}/` })),
        objects: here.slice(0, 1_000).map(({ key, sizeBytes, verifiedAt, users }) => ({
          name: key.slice(input.prefix.length),
          key,
          sizeBytes: sizeBytes ?? 0,
          modifiedAt: verifiedAt,
          backups: users,
        })),
        cut: folders.size + here.length > 1_000,
      }
    }),
  }
}

/** An address with `denied` in it may not be listed, and an SFTP host is not known. */
function testChecks(address: string): readonly Check[] {
  const group = 'Repository'
  const first: Check = {
    id: 'address',
    group,
    state: 'passed',
    title: 'The address can be read',
    detail: address,
    tookMs: 1,
  }
  if (address.startsWith('sftp')) {
    return [
      first,
      {
        id: 'list',
        group,
        state: 'failed',
        code: 'host.unknownKey',
        title: 'This host is not known on this computer.',
        detail:
          'It showed the ED25519 key SHA256:pX3vQ8mK1rTz0cYdWn5L7bHsJa2EuF9goRi4kVt6MwQ. Compare it with what the owner tells you.',
      },
    ]
  }
  if (address.includes('denied')) {
    return [
      first,
      {
        id: 'list',
        group,
        state: 'failed',
        code: 'repository.accessDenied',
        title: 'The listing was refused',
        detail: 'The key is valid, but its policy does not allow s3:ListBucket here.',
      },
    ]
  }
  return [
    first,
    { id: 'credential', group, state: 'passed', title: 'The credential is there', tookMs: 31 },
    { id: 'list', group, state: 'passed', title: '24 backups', detail: 'the newest is 14 m old', tookMs: 88 },
    {
      id: 'keys',
      group: 'Key',
      state: 'passed',
      title: 'The master key opens 24 of 24 backups',
      tookMs: 1_900,
    },
  ]
}
