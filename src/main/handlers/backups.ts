import type { ContentEvent } from '../../shared/contract/backups.ts'
import { HoldfastError } from '../../shared/domain/error.ts'
import type { Desk } from '../desk/desk.ts'
import { listContents } from '../desk/list-contents.ts'
import { hasDriver, noDriver } from '../desk/cluster-repository.ts'
import { savedCluster, savedRepository } from '../desk/saved.ts'
import { backupDetails } from '../operations/backup-details.ts'
import { chainOf } from '../operations/chain.ts'
import { implementation } from './implement.ts'

export function createBackupHandlers(desk: Desk) {
  const { state, views } = desk
  const os = implementation.backups
  const viewOf = async (clusterId: string) => {
    const { system } = savedCluster(clusterId, state)
    if (!hasDriver(system)) throw noDriver(system)
    return views.view(clusterId)
  }
  return {
    chain: os.chain.handler(async ({ input }) => chainOf(await viewOf(input.clusterId))),
    get: os.get.handler(async ({ input }) => backupDetails(input.backupId, await viewOf(input.clusterId))),
    contents: os.contents.handler(async function* ({ input, signal }): AsyncGenerator<ContentEvent, void> {
      yield* listContents(input, desk, signal)
    }),
    history: os.history.handler(async ({ input }) => {
      const { repositoryId } = savedCluster(input.clusterId, state)
      const { address } = savedRepository(repositoryId, state)
      return [...(await state.verifications.list(address, input.backupId))]
    }),
  }
}

/** For handlers whose cluster has to be one that is read in full. */
export function refuseWithoutDriver(system: string): void {
  if (!hasDriver(system)) throw new HoldfastError('cluster.noDriver', noDriver(system).text)
}
