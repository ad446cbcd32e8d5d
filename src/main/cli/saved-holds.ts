import type { SavedRetention } from '../../shared/contract/retention.ts'
import { checkMode } from '../desk/confirm.ts'
import type { CommandContext } from './context.ts'
import { withDesk } from './with-desk.ts'

export interface SavedHolds {
  readonly pins: SavedRetention['pins']
  /** Throws where one of the saved clusters is read-only here, or is protected and no reason is given. */
  check(reason: string | null): void
}

/** What saved clusters with their backups in a repository say to its clean-up, however its address was given. */
export async function savedHoldsAt(repository: string, context: CommandContext): Promise<SavedHolds> {
  return withDesk(context, async (client) => {
    const clusters = (await client.clusters.list()).filter(({ address }) => address === repository)
    const views = await Promise.all(clusters.map(({ id }) => client.retention.get({ clusterId: id })))
    return {
      pins: views.flatMap(({ pins }) => pins),
      check: (reason) => clusters.forEach((cluster) => checkMode(cluster, reason)),
    }
  })
}
