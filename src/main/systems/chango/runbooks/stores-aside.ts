import { onEachHost, type HostAccess } from '../../../engine/runbook/on-host.ts'
import { action } from '../../../engine/runbook/steps.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { ActionStep, StepContext } from '../../../ports/runbook.ts'
import { lookAside, moveAside, moveBackAside, type Aside } from './asides.ts'
import { whileStopped } from './master-process.ts'
import { rootOn, stores } from './roots.ts'
import type { Site } from './site.ts'

/** The three stores of some masters, kept beside where they were. */
export function storesAside(
  hosts: readonly HostAccess[],
  site: Site,
  own: Pick<ActionStep, 'id' | 'section' | 'title' | 'why'>,
): ActionStep {
  const each = async (
    context: StepContext,
    work: (aside: Aside, site: Site, context: StepContext) => ReturnType<ActionStep['act']>,
  ) =>
    onEachHost(hosts, context, async (host) =>
      work({ host, root: rootOn(host, site, context.known), names: stores }, site, context),
    )
  const moving = async (context: StepContext, work: typeof moveAside): ReturnType<ActionStep['act']> =>
    each(context, async (aside) =>
      whileStopped('master', aside.host, site, context, async () => work(aside, site, context)),
    )
  return action({
    ...own,
    touches: `${stores.join(', ')} on ${hosts.map(({ address }) => address).join(', ')}; never zookeeper.`,
    undo: 'They are moved back.',
    twin: stores
      .map((store) => sh`mv ${site.data}/${store} ${site.data}/${store}.before-restore-MILLISECONDS`)
      .join('; '),
    damage: 2,
    act: async (context) => moving(context, moveAside),
    look: async (context) => each(context, lookAside),
    takeBack: async (context) => moving(context, moveBackAside),
  })
}

/** Inferred from the newer pages, which clear the other masters’ stores; here they are kept. */
export function othersAside(site: Site): readonly ActionStep[] {
  if (site.others.length === 0) return []
  return [
    storesAside(site.others, site, {
      id: 'others-aside',
      section: 'restore',
      title: 'Move the other masters’ stores aside',
      why: 'With nothing of their own they take everything from the restored one.',
    }),
  ]
}
