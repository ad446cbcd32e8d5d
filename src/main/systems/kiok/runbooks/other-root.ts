import { wait } from '../../../engine/runbook/steps.ts'
import type { Known, Step } from '../../../ports/runbook.ts'
import { isReady } from './masters.ts'
import type { KiokSite } from './site.ts'
import { startRole } from './start-role.ts'
import { stopRole } from './stop-role.ts'
import { storesAside } from './stores.ts'
import type { DefaultTarget } from './target.ts'
import { isOnOtherRoot, onlyIn, otherRoot } from './ways-out.ts'

/** Both stopped, the stores of the first start aside, both started as a cluster that ZooKeeper does not know. */
export function toOtherRoot(site: KiokSite, target: DefaultTarget): readonly Step[] {
  const [host] = site.masters
  const notNeeded = onlyIn('otherRoot')
  const why = 'Under another root ZooKeeper knows no cluster, so that a first administrator is made.'
  const started = { site, zkRoot: otherRoot, target, why, notNeeded }
  return [
    stopRole({
      id: 'stop-worker-empty',
      role: 'worker',
      host: site.worker,
      site,
      title: 'Stop the worker',
      why,
      notNeeded,
    }),
    stopRole({
      id: 'stop-master-empty',
      role: 'master',
      host,
      site,
      title: 'Stop the master',
      why,
      notNeeded,
    }),
    storesAside({
      id: 'aside-empty',
      host,
      site,
      label: 'empty',
      title: 'Move the empty stores aside',
      why: 'A first start takes place on no store at all.',
      notNeeded,
    }),
    startRole({
      ...started,
      id: 'start-master-dr',
      role: 'master',
      host,
      title: `Start the master on ${otherRoot}`,
    }),
    startRole({
      ...started,
      id: 'start-worker-dr',
      role: 'worker',
      host: site.worker,
      title: `Start the worker on ${otherRoot}`,
    }),
    wait({
      id: 'ready-dr',
      section: 'restore',
      title: 'Wait until it is ready',
      why: 'Routes stay closed until every master and one worker is ready.',
      atMostMs: 5 * 60_000,
      notNeeded,
      look: async (context) => isReady(site, context, 'one'),
    }),
  ]
}

/** After the restore: the same two on the old root, whose store is not empty any more. */
export function backToOldRoot(site: KiokSite, target: DefaultTarget): readonly Step[] {
  const [host] = site.masters
  const notNeeded = (known: Known): string | null =>
    isOnOtherRoot(known) ? null : 'It runs on its own root.'
  const why = 'The cluster belongs to its own root in ZooKeeper, where its other members look for it.'
  const started = { site, zkRoot: site.zkRoot, target, why, notNeeded }
  return [
    stopRole({
      id: 'stop-worker-dr',
      role: 'worker',
      host: site.worker,
      site,
      title: 'Stop the worker',
      why,
      notNeeded,
    }),
    stopRole({ id: 'stop-master-dr', role: 'master', host, site, title: 'Stop the master', why, notNeeded }),
    startRole({
      ...started,
      id: 'start-master-back',
      role: 'master',
      host,
      title: `Start the master on ${site.zkRoot}`,
    }),
    startRole({
      ...started,
      id: 'start-worker-back',
      role: 'worker',
      host: site.worker,
      title: `Start the worker on ${site.zkRoot}`,
    }),
    wait({
      id: 'ready-back',
      section: 'restore',
      title: 'Wait until it is ready',
      why: 'Routes stay closed until every master and one worker is ready.',
      atMostMs: 5 * 60_000,
      notNeeded,
      look: async (context) => isReady(site, context, 'one'),
    }),
  ]
}
