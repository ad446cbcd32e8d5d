import type { HostAccess } from '../../../engine/runbook/on-host.ts'
import { mustShellOn } from '../../../engine/runbook/shell-on.ts'
import type { StepContext } from '../../../ports/runbook.ts'
import { adminSockets, firstSocket } from '../live/admin-sockets.ts'
import type { Site } from './site.ts'

export function socketPlaces(site: Site): readonly string[] {
  const bases = [...(site.base === null ? [] : [site.base]), `${site.home}/data`, `${site.data}/data`]
  return adminSockets(bases, site.home)
}

/** In full: a relative one fails from another folder (documented). Null where none is there. */
export async function socketOn(host: HostAccess, site: Site, context: StepContext): Promise<string | null> {
  const said = await mustShellOn(
    host,
    { script: firstSocket, args: socketPlaces(site), asUser: site.user },
    context,
  )
  return said.split('\n').find((line) => line !== '') ?? null
}
