import { accessInput, type Repository } from '../../shared/contract/repositories.ts'
import { HoldfastError } from '../../shared/domain/error.ts'
import { addRepository } from '../desk/add-repository.ts'
import { changedFacts } from '../desk/changed-facts.ts'
import { canonicalAddress, withStore } from '../desk/cluster-repository.ts'
import type { Desk } from '../desk/desk.ts'
import { judgeRepository, lastPosture } from '../desk/postures.ts'
import { repositoryView } from '../desk/repository-view.ts'
import { browseRepository, repositoryUsage } from '../desk/repository-usage.ts'
import { savedRepository } from '../desk/saved.ts'
import { testRepository } from '../desk/test-repository.ts'
import type { SavedCluster, SavedRepository } from '../ports/desk-state.ts'
import { implementation, never, type OneAtATime } from './implement.ts'

/** `alone`: what names are taken, and who uses what, is looked up before it is changed. */
export function createRepositoryHandlers(desk: Desk, alone: OneAtATime) {
  const { state, audit, clock, views, publish } = desk
  const os = implementation.repositories
  return {
    list: os.list.handler(() => state.repositories.list().map((saved) => repositoryOf(saved, desk))),

    test: os.test.handler(async function* ({ input, signal }) {
      yield* testRepository(input, desk, signal)
    }),

    add: os.add.use(alone).handler(async ({ input }) => repositoryOf(await addRepository(input, desk), desk)),

    edit: os.edit.use(alone).handler(async ({ input }) => {
      const saved = savedRepository(input.id, state)
      const address = await canonicalAddress(saved.system, input.address)
      const changed: SavedRepository = { ...saved, name: input.name, address, access: input.access }
      await audit.append({
        action: 'repository.changed',
        subject: saved.name,
        facts: [
          ...changedFacts(saved, changed, ['name', 'address']),
          ...changedFacts(saved.access, changed.access, accessInput.keyof().options),
        ],
      })
      await state.repositories.put(changed)
      publish({ topic: 'repositories' })
      views.changed(saved.id)
      return repositoryOf(changed, desk)
    }),

    remove: os.remove.use(alone).handler(async ({ input }) => {
      const saved = savedRepository(input.id, state)
      const users = clustersOf(saved, desk)
      if (users.length > 0) {
        throw new HoldfastError('repository.inUse', {
          what: `${saved.name} is used by ${users.map(({ name }) => name).join(', ')}.`,
          unchanged: 'Nothing was changed.',
          next: 'Remove those clusters first.',
        })
      }
      await audit.append({
        action: 'repository.removed',
        subject: saved.name,
        facts: [{ name: 'address', value: saved.address }],
      })
      await state.repositories.remove(saved.id)
      await state.postures.remove(saved.id)
      publish({ topic: 'repositories' })
      return {}
    }),

    usage: os.usage.handler(async ({ input, signal }) => {
      const saved = savedRepository(input.id, state)
      const view = await repositoryView(saved, desk)
      return withStore(saved, 'usage', desk, 'read', async (store) =>
        repositoryUsage(store, view, { nowMs: clock.now(), ...(signal && { signal }) }),
      )
    }),

    posture: os.posture.handler(async ({ input, signal }) => {
      return judgeRepository(savedRepository(input.id, state), desk, signal ?? never)
    }),

    lastPosture: os.lastPosture.handler(({ input }) => lastPosture(savedRepository(input.id, state), desk)),

    browse: os.browse.handler(async ({ input, signal }) => {
      const saved = savedRepository(input.id, state)
      const view = await repositoryView(saved, desk)
      return withStore(saved, 'browse', desk, 'read', async (store) =>
        browseRepository(store, input.prefix, view, { nowMs: clock.now(), ...(signal && { signal }) }),
      )
    }),
  }
}

function clustersOf({ id }: SavedRepository, { state }: Desk): readonly SavedCluster[] {
  return state.clusters.list().filter((cluster) => cluster.repositoryId === id)
}

function repositoryOf(saved: SavedRepository, desk: Desk): Repository {
  const clusters = clustersOf(saved, desk)
  const [first] = clusters
  const look = first === undefined ? null : desk.views.look(first.id)
  return {
    id: saved.id,
    name: saved.name,
    address: saved.address,
    system: saved.system,
    access: saved.access,
    clusters: clusters.map(({ id, name }) => ({ id, name })),
    seen: look && {
      at: look.asOf,
      objects: look.objects,
      storedBytes: look.storedBytes,
      backups: look.backups,
      failure: look.failure,
    },
  }
}
