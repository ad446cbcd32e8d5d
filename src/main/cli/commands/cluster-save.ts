import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import { findCluster, withDesk } from '../with-desk.ts'
import { newAccess } from './access-fields.ts'
import {
  durationMsOf,
  masterKeysOf,
  modeOf,
  rtoMsOf,
  systemOf,
  type AddClusterFlags,
  type ClusterFlags,
} from './cluster-fields.ts'
import { clusterLine, lookedAt } from './clusters.ts'

const usualRpoMs = 86_400_000

/** Saves a cluster and looks at its backups; a look that fails is told, and undoes nothing. */
export async function addCluster(
  name: string,
  flags: AddClusterFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  const { output } = context
  const fields = {
    name,
    system: systemOf(flags.system),
    mode: flags.mode === undefined ? 'normal' : modeOf(flags.mode),
    rpoMs: flags.rpo === undefined ? usualRpoMs : durationMsOf(flags.rpo),
    rtoMs: flags.rto === undefined ? null : rtoMsOf(flags.rto),
  } as const
  return withDesk(context, async (client) => {
    const masterKeys = await masterKeysOf(flags.masterKey === false ? [] : flags.masterKey, client)
    const access = await newAccess(flags.repository, flags, client)
    const added = await client.clusters.add({
      ...fields,
      masterKeys,
      repository: { kind: 'new', address: flags.repository, access },
    })
    const [cluster = added] = await lookedAt([added.id], client, context)
    output.document({ cluster })
    output.line(`Added ${clusterLine(cluster, context)}`)
    if (cluster.look?.failure)
      output.note(`Note: its backups could not be looked at. ${cluster.look.failure.what}`)
    return exitStatus.ok
  })
}

export async function editCluster(
  nameOrId: string,
  flags: ClusterFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  const { output } = context
  return withDesk(context, async (client) => {
    const { id, name, mode, rpoMs, rtoMs, masterKeys } = await findCluster(nameOrId, client)
    const isKept = flags.masterKey !== false && flags.masterKey.length === 0
    const cluster = await client.clusters.edit({
      id,
      name: flags.name ?? name,
      mode: flags.mode === undefined ? mode : modeOf(flags.mode),
      rpoMs: flags.rpo === undefined ? rpoMs : durationMsOf(flags.rpo),
      rtoMs: flags.rto === undefined ? rtoMs : rtoMsOf(flags.rto),
      masterKeys: isKept ? masterKeys : await masterKeysOf(flags.masterKey || [], client),
      ...(flags.reason !== undefined && { reason: flags.reason }),
    })
    output.document({ cluster })
    output.line(`Changed ${clusterLine(cluster, context)}`)
    return exitStatus.ok
  })
}
