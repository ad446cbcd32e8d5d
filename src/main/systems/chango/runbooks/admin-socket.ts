import type { HostAccess } from '../../../engine/runbook/on-host.ts'
import { mustShellOn } from '../../../engine/runbook/shell-on.ts'
import type { StepContext } from '../../../ports/runbook.ts'
import type { Site } from './site.ts'

/** Where a master may have its socket: its place differs between the pages. */
export function socketPlaces(site: Site): readonly string[] {
  const bases = [...(site.base === null ? [] : [site.base]), `${site.home}/data`, `${site.data}/data`]
  return [...bases.map((base) => `${base}/master/admin.sock`), `${site.home}/bin/master.socket`]
}

/** In full: a relative one fails from another folder (documented). Null where none is there. */
export async function socketOn(host: HostAccess, site: Site, context: StepContext): Promise<string | null> {
  const script = 'for at; do [ -e "$at" ] && echo "$at"; done; :'
  const said = await mustShellOn(host, { script, args: socketPlaces(site), asUser: site.user }, context)
  return said.split('\n').find((line) => line !== '') ?? null
}
