import { HoldfastError } from '../../../../shared/domain/error.ts'
import { quoted } from '../../../engine/archive/entry-name.ts'
import type { SnapshotProgress } from '../../../ports/cluster-driver.ts'
import type { ObjectStore } from '../../../ports/object-store.ts'
import type { RestoreSource } from '../restore-sources.ts'
import type { FollowerCompared } from './compare-follower.ts'
import { compareTable } from './compare-table.ts'
import { deleteTable } from './delete-table.ts'
import { shardOf } from './key-values.ts'
import { proveTable, type TableProved } from './prove-table.ts'
import { untilLikeLeader, usualFollowerLimits, type FollowerLimits } from './reset-follower.ts'
import type { RestoreServer } from './restore-server.ts'
import { restoreTable, usualRestoreLimits, type RestoreLimits } from './restore-table.ts'
import type { ArmadaServer } from './server.ts'

export interface FollowersRenewed {
  readonly proved: TableProved
  readonly followers: readonly FollowerCompared[]
}

const lookEveryMs = 2_000

/**
 * Makes followers take a restored table from its beginning (seen on a real one, v0.10.0): deletes it on the leader, waits until every
 * follower has dropped it, restores it again from the file that it is proved to be, and waits for the followers. Between the deletion and
 * the end of the restore nobody has the table. Throws before anything is deleted where the leader's table is not its file. Where it was cut
 * short it may be called again: a table that is gone already is restored.
 */
export async function renewFollowers(
  target: RestoreServer,
  followers: readonly ArmadaServer[],
  source: RestoreSource,
  store: ObjectStore,
  report: Pick<SnapshotProgress, 'log'>,
  {
    restoreLimits = usualRestoreLimits,
    followerLimits = usualFollowerLimits,
  }: { readonly restoreLimits?: RestoreLimits; readonly followerLimits?: FollowerLimits } = {},
): Promise<FollowersRenewed> {
  const { link } = target.server
  const { table } = source
  if ((await shardOf(link, table)) !== null) {
    // Every value: one that was not looked at, and was written since, would be lost.
    const { batchBytes } = target
    const compared = await compareTable(link, source, store, { batchBytes, everyValue: true })
    if (!compared.isEqual) throw notItsFile(compared.sentence)
    await deleteTable(target.server, table)
  }
  for (const follower of followers) await untilDropped(follower, table, followerLimits)
  report.log('info', `No server has the table ${quoted(table)} any more: it is restored from its beginning.`)
  await restoreTable(target, source, store, { limits: restoreLimits })
  const proved = await proveTable(target, source, store, report)
  const compared: FollowerCompared[] = []
  for (const follower of followers) {
    compared.push(await untilLikeLeader(link, follower.link, table, followerLimits))
  }
  return { proved, followers: compared }
}

async function untilDropped(
  { name, link }: ArmadaServer,
  table: string,
  { waitMs }: FollowerLimits,
): Promise<void> {
  const { clock, signal } = link.session
  const until = clock.now() + waitMs
  while ((await shardOf(link, table)) !== null) {
    if (clock.now() + lookEveryMs > until) {
      throw new HoldfastError('master.timedOut', {
        what: `${name} still has the table ${quoted(table)}.`,
        why: 'It was deleted on the leader, and this follower has not heard of it.',
        unchanged: 'The leader has no such table now; its file is whole in the repository.',
        next: 'Restore the table, or look why the follower does not reach the leader and begin again.',
      })
    }
    await clock.wait(lookEveryMs, signal)
  }
}

function notItsFile(sentence: string): HoldfastError {
  return new HoldfastError('restore.refused', {
    what: sentence,
    why: 'Only a table that is its file can be restored once more without losing what was written since.',
    unchanged: 'Nothing was deleted.',
    next: 'Restore the table first, with its clients stopped.',
  })
}
