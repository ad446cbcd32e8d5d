import { HoldfastError } from '../../../shared/domain/error.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import { findCluster, withDesk } from '../with-desk.ts'

export interface TrustFlags {
  readonly hostKey: string
  readonly reason?: string
}

/** A host that is known by another key keeps that one. */
export async function trustHost(
  nameOrId: string,
  host: string,
  { hostKey, reason }: TrustFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  const { output } = context
  return withDesk(context, async (client) => {
    const { id, name } = await findCluster(nameOrId, client)
    const address = host
    await client.clusters.trustHost({
      id,
      address,
      fingerprint: hostKey,
      ...(reason !== undefined && { reason }),
    })
    output.document({ cluster: name, trusted: { host, fingerprint: hostKey } })
    output.line(`${name} trusts ${host} by its key ${hostKey}.`)
    return exitStatus.ok
  })
}

export async function forgetHost(
  nameOrId: string,
  host: string,
  reason: string | undefined,
  context: CommandContext,
): Promise<ExitStatus> {
  const { output } = context
  return withDesk(context, async (client) => {
    const { id, name } = await findCluster(nameOrId, client)
    const known = (await client.clusters.trustedHosts()).filter(
      (one) => one.of === 'cluster' && one.id === id,
    )
    if (!known.some((one) => one.host === host)) throw notTrusted(host, known)
    await client.clusters.forgetHost({ id, address: host, ...(reason !== undefined && { reason }) })
    output.document({ cluster: name, forgotten: host })
    output.line(`${name} asks about ${host} again.`)
    return exitStatus.ok
  })
}

function notTrusted(host: string, known: readonly { readonly host: string }[]): HoldfastError {
  return new HoldfastError('usage', {
    what: `No key of ${JSON.stringify(host)} is trusted there.`,
    why:
      known.length === 0
        ? 'There is none.'
        : `There are those of ${known.map((one) => one.host).join(', ')}.`,
    unchanged: 'Nothing was changed.',
    next: 'Name the host as it stands there.',
  })
}
