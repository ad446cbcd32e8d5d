import { HoldfastError, isHoldfastError } from '../../../../shared/domain/error.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import { serverState } from '../restore/postgres-server.ts'
import { databaseAddress, type Site } from '../restore/site.ts'

/**
 * What a host says of itself, by whatever name it was reached. Documented: the machine-id is of one installation (machine-id), the boot
 * id of one start of a kernel (random). Together they tell hosts apart that were made from one image, and containers of one kernel.
 */
const identity = 'cat /etc/machine-id 2>/dev/null; cat /proc/sys/kernel/random/boot_id 2>/dev/null; :'

/**
 * Throws `target.refused` where a host that the connection does not name is one that it names, or has a server in the data folder of the
 * cluster: the name of the cluster was not typed for it. A host of the connection that does not answer is told, and left out.
 */
export async function refuseServing(site: Site, host: RemoteHost): Promise<void> {
  const { session, config } = site
  const own = await identityOf(site, host)
  for (const address of new Set([...config.hosts, databaseAddress(config)])) {
    const theirs = await session
      .host(address, config.ssh)
      .then(async (other) => identityOf(site, other))
      .catch((error: unknown) => {
        if (!isHoldfastError(error) || error.code === 'cancelled') throw error
        site.line('warning', `Whether ${host.name} is ${address} is not known. ${error.text.what}`)
        return ''
      })
    if (own === '' || own !== theirs) continue
    throw refused(
      `${host.name} is ${address} under another name, which serves ${session.cluster.name}.`,
      'Both say the same machine ID and the same start of their kernel.',
      `Name it as the connection does, ${address}, and type the name of the cluster; or name another host.`,
    )
  }
  if (config.dataFolder === '') return
  if ((await serverState(site, host)) !== 'running') return
  throw refused(
    `On ${host.name} PostgreSQL runs in ${config.dataFolder}, the data folder of ${session.cluster.name}.`,
    'A drill there would take the disk and the memory of a server of the cluster, or of its standby.',
    'Name another host.',
  )
}

/** Empty where it says nothing of itself. */
async function identityOf({ session }: Site, host: RemoteHost): Promise<string> {
  const { stdout } = await host.run({ argv: ['/bin/sh', '-c', identity], deadlineMs: 30_000 }, session.signal)
  return stdout.trim()
}

function refused(what: string, why: string, next: string): HoldfastError {
  return new HoldfastError('target.refused', { what, why, unchanged: 'Nothing was written.', next })
}
