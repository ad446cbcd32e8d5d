import { wait } from '../../../engine/runbook/steps.ts'
import type { Known, Step } from '../../../ports/runbook.ts'
import { isReady } from './masters.ts'
import type { KiokSite } from './site.ts'
import { startRole } from './start-role.ts'
import { stopRole } from './stop-role.ts'
import { storesAside } from './stores.ts'
import type { DefaultTarget } from './target.ts'
import { isOnOtherRoot, onlyIn, otherRoot } from './ways-out.ts'

interface Both {
  readonly site: KiokSite
  readonly why: string
  readonly notNeeded: (known: Known) => string | null
}

function bothStopped(suffix: 'empty' | 'dr', { site, ...both }: Both): readonly Step[] {
  const stopped = { ...both, site }
  const [master] = site.masters
  return [
    stopRole({
      ...stopped,
      id: `stop-worker-${suffix}`,
      role: 'worker',
      host: site.worker,
      title: 'Stop the worker',
    }),
    stopRole({
      ...stopped,
      id: `stop-master-${suffix}`,
      role: 'master',
      host: master,
      title: 'Stop the master',
    }),
  ]
}

function bothStarted(
  suffix: 'dr' | 'back',
  { zkRoot, target, ...both }: Both & { readonly zkRoot: string; readonly target: DefaultTarget },
): readonly Step[] {
  const { site, notNeeded } = both
  const started = { ...both, zkRoot, target }
  const [master] = site.masters
  return [
    startRole({
      ...started,
      id: `start-master-${suffix}`,
      role: 'master',
      host: master,
      title: `Start the master on ${zkRoot}`,
    }),
    startRole({
      ...started,
      id: `start-worker-${suffix}`,
      role: 'worker',
      host: site.worker,
      title: `Start the worker on ${zkRoot}`,
    }),
    wait({
      id: `ready-${suffix}`,
      section: 'restore',
      title: 'Wait until it is ready',
      why: 'Routes stay closed until every master and one worker is ready.',
      atMostMs: 5 * 60_000,
      notNeeded,
      look: async (context) => isReady(site, context, 'one'),
    }),
  ]
}

/** Both stopped, the stores of the first start aside, both started as a cluster that ZooKeeper does not know. */
export function toOtherRoot(site: KiokSite, target: DefaultTarget): readonly Step[] {
  const both = {
    site,
    why: 'Under another root ZooKeeper knows no cluster, so that a first administrator is made.',
    notNeeded: onlyIn('otherRoot'),
  }
  return [
    ...bothStopped('empty', both),
    storesAside({
      id: 'aside-empty',
      host: site.masters[0],
      site,
      label: 'empty',
      title: 'Move the empty stores aside',
      why: 'A first start takes place on no store at all.',
      notNeeded: both.notNeeded,
    }),
    ...bothStarted('dr', { ...both, zkRoot: otherRoot, target }),
  ]
}

/** After the restore: the same two on the old root, whose store is not empty any more. */
export function backToOldRoot(site: KiokSite, target: DefaultTarget): readonly Step[] {
  const both = {
    site,
    why: 'The cluster belongs to its own root in ZooKeeper, where its other members look for it.',
    notNeeded: (known: Known) => (isOnOtherRoot(known) ? null : 'It runs on its own root.'),
  }
  return [...bothStopped('dr', both), ...bothStarted('back', { ...both, zkRoot: site.zkRoot, target })]
}
