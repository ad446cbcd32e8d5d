import { wait } from '../../../engine/runbook/steps.ts'
import { notYet, done } from '../../../engine/runbook/outcomes.ts'
import type { Step } from '../../../ports/runbook.ts'
import { askEach, saysYes } from './masters.ts'
import { startRole } from './start-role.ts'
import type { KiokSite } from './site.ts'
import { storesAside } from './stores.ts'
import type { DefaultTarget } from './target.ts'

/** One by one, on no store: each takes over from the leader what was restored (documented: architecture). */
export function otherMasters(site: KiokSite, target: DefaultTarget | null): readonly Step[] {
  const [, ...others] = site.masters
  return others.flatMap((host, place) => {
    const n = place + 2
    return [
      storesAside({
        id: `stores-aside-${n}`,
        host,
        site,
        title: `Move what is left of the stores on master ${n} aside`,
        why: 'A master that comes with an older store of its own must not be asked which one is right.',
      }),
      startRole({
        id: `start-master-${n}`,
        role: 'master',
        host,
        site,
        zkRoot: site.zkRoot,
        target,
        title: `Start master ${n}`,
        why: 'It takes everything over from the leader.',
      }),
      wait({
        id: `ready-${n}`,
        section: 'restore',
        title: `Wait for master ${n}`,
        why: 'One at a time: two that come at once are two unknowns.',
        // Documented (configuration): 60 s for a follower.
        expected: { ms: 60_000, source: 'documented' },
        atMostMs: 5 * 60_000,
        look: async (context) => {
          const answers = await askEach('/readyz', site, context)
          const ready = answers.filter(({ reply }) => saysYes(reply)).map(({ of }) => of)
          return ready.length >= n
            ? done(`${ready.length} masters are ready: ${ready.join(', ')}.`)
            : notYet(`${ready.length} of ${n} masters are ready.`, {
                next: `Look at logs/kiok.log in ${site.installFolder} on ${host.address}.`,
              })
        },
      }),
    ]
  })
}
