import type { SnapshotWay } from '../../../shared/contract/masters.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { CommandContext } from '../context.ts'
import type { ExitStatus } from '../exit-status.ts'
import { followJob, statusOfJob, tellEnd } from '../follow-job.ts'
import { findCluster, openVault, withDesk } from '../with-desk.ts'

export interface SnapshotFlags {
  readonly way?: string
  readonly confirm?: string
  readonly reason?: string
  readonly passphraseFile?: string
}

/** Takes a snapshot of a saved cluster now, and says what the repository then shows of it. */
export async function snapshot(
  name: string,
  flags: SnapshotFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  const { output } = context
  return withDesk(context, async (client) => {
    const cluster = await findCluster(name, client)
    await openVault(client, flags.passphraseFile ?? null, context)
    const { ways } = await client.masters.snapshotOffer({ id: cluster.id })
    const way = flags.way ?? usualWay(ways).id
    const { confirm, reason } = flags
    const { id } = await client.masters.snapshot({
      id: cluster.id,
      way,
      ...(confirm !== undefined && { confirm }),
      ...(reason !== undefined && { reason }),
    })
    const job = await followJob(id, client, context, 'cancel')
    const { state, outcome, result, failure } = job
    output.document({ cluster: cluster.name, system: cluster.system, state, outcome, result, failure })
    tellEnd(job, output)
    return statusOfJob(job)
  })
}

/** What is done without a choice is the first way that stops nothing and makes something. */
function usualWay(ways: readonly SnapshotWay[]): SnapshotWay {
  const way = ways.find(({ stops, makesNothing }) => !stops && !makesNothing)
  if (way !== undefined) return way
  throw new HoldfastError('usage', {
    what: 'Every way to take this snapshot stops something, so one has to be chosen.',
    why: ways.map(({ id, does }) => `${id}: ${does}`).join(' '),
    unchanged: 'Nothing was asked for.',
    next: 'Name it with --way, and the cluster with --confirm.',
  })
}
