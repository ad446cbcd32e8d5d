import { onEachHost } from '../../../engine/runbook/on-host.ts'
import { done, failed } from '../../../engine/runbook/outcomes.ts'
import { mustShellOn } from '../../../engine/runbook/shell-on.ts'
import { check } from '../../../engine/runbook/steps.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { CheckStep } from '../../../ports/runbook.ts'
import { rootOn, stores } from './roots.ts'
import type { Site } from './site.ts'

/** RocksDB has a CURRENT in each store that was ever opened. A folder that is there and cannot be entered has not been looked at. */
const look = `[ -d "$1" ] || exit 0
cd -- "$1" || exit 1
shift
for name; do [ -s "$name/CURRENT" ] && echo "$name"; done
:`

/** A living copy is worth more than any backup, also one whose master is down. */
export function storesLost(site: Site): CheckStep {
  return check({
    id: 'stores-lost',
    section: 'before',
    title: 'See that no master has its stores any more',
    why: 'A master that starts with whole stores loses nothing; the restore puts an older state in their place.',
    touches: `Looks into the folder of the stores on ${site.hosts.map(({ address }) => address).join(', ')}.`,
    twin: sh`ls -l ${stores.map((store) => `${site.data}/${store}/CURRENT`)}`,
    skip: 'operator',
    look: async (context) =>
      onEachHost(site.hosts, context, async (host) => {
        const { address } = host
        const root = rootOn(host, site, context.known)
        const said = await mustShellOn(
          host,
          { script: look, args: [root, ...stores], asUser: site.user },
          context,
        )
        const there = said.split('\n')
        const missing = stores.filter((store) => !there.includes(store))
        if (missing.length > 0) return done(`${address} has no ${missing.join(', ')} in ${root}.`)
        return failed(
          `${address} has ${stores.join(', ')} in ${root}; whether they are whole is not seen from here.`,
          {
            next: 'Where they may be whole: close this run, and start the masters with them (CH-2). Where they are known to be damaged: go past this with that reason; they are moved aside and kept.',
          },
        )
      }),
  })
}
