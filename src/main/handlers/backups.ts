import type { ContentEvent } from '../../shared/contract/backups.ts'
import type { Desk } from '../desk/desk.ts'
import { findAnywhere } from '../desk/find-anywhere.ts'
import { listContents } from '../desk/list-contents.ts'
import { savedCluster, savedRepository } from '../desk/saved.ts'
import { backupDetails } from '../operations/backup-details.ts'
import { chainOf } from '../operations/chain.ts'
import { implementation } from './implement.ts'

export function createBackupHandlers(desk: Desk) {
  const { state, views } = desk
  const os = implementation.backups
  const viewOf = async (clusterId: string) => views.view(savedCluster(clusterId, state).id)
  return {
    chain: os.chain.handler(async ({ input }) => chainOf(await viewOf(input.clusterId))),
    get: os.get.handler(async ({ input }) => backupDetails(input.backupId, await viewOf(input.clusterId))),
    find: os.find.handler(async ({ input, signal }) => findAnywhere(input.wanted, desk, signal)),
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
