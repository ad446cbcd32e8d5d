import { printable } from '../../../../shared/domain/printable.ts'
import { onEachHost, type HostAccess } from '../../../engine/runbook/on-host.ts'
import { done } from '../../../engine/runbook/outcomes.ts'
import { shellOn } from '../../../engine/runbook/shell-on.ts'
import { check } from '../../../engine/runbook/steps.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { CheckStep, Outcome, StepContext } from '../../../ports/runbook.ts'
import { socketOn } from './admin-socket.ts'
import { pidsOn, withoutKeys } from './master-process.ts'
import type { Site } from './site.ts'

/** The verb is documented for the newer version, its words are not: they are shown as they are, and nothing is concluded from them. */
const ask = `cd -- "$1" && timeout 25 bin/chango-cli.sh master-key status </dev/null 2>&1 | head -c 2000
echo`

/** What each running master says of its master key, side by side: one that differs cannot read what the leader hands over. */
export function keyStatus(site: Site): CheckStep {
  return check({
    id: 'key-status',
    section: 'before',
    title: 'Ask each master for the status of its master key',
    why: 'A master with another key than the leader’s cannot open what it pulls. Compare what they say.',
    touches: `Runs ${site.home}/bin/chango-cli.sh master-key status beside each master that runs; it only reads.`,
    twin: sh`JAVA_HOME=${site.javaHome} CHANGO_ADMIN_SOCKET=SOCKET ${site.home}/bin/chango-cli.sh master-key status`,
    look: async (context) => onEachHost(site.hosts, context, async (host) => statusOn(host, site, context)),
  })
}

async function statusOn(host: HostAccess, site: Site, context: StepContext): Promise<Outcome> {
  if ((await pidsOn(host, 'master', site, context)).length === 0) {
    return done(`No master runs on ${host.address} that could be asked for its key.`)
  }
  const socket = await socketOn(host, site, context)
  if (socket === null)
    return done(`${host.address} has no socket of its master, so it was not asked for its key.`)
  const { stdout } = await shellOn(
    host,
    {
      script: ask,
      args: [site.home],
      asUser: site.user,
      environment: { JAVA_HOME: site.javaHome, CHANGO_ADMIN_SOCKET: socket },
    },
    context,
  )
  const words = await withoutKeys(printable(stdout.trim().replace(/\s+/g, ' ')), context)
  const evidence = [{ name: `master-key status of ${host.address}`, value: words === '' ? 'nothing' : words }]
  if (words === '') return done(`The tool on ${host.address} says nothing of the key.`, { evidence })
  return done(`The tool on ${host.address} says of its master key: ${words}`, { evidence })
}
