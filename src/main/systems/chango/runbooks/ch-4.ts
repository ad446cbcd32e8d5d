import { chooseBackup } from '../../../engine/runbook/choose-backup.ts'
import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { restoreInto } from '../../../engine/runbook/restore-into.ts'
import type { Known, Runbook, Step } from '../../../ports/runbook.ts'
import { acceptance } from './acceptance.ts'
import { closing } from './closing.ts'
import { startComponents } from './components.ts'
import { contentIsThere, nodeManagersBack, strayProcesses } from './content.ts'
import { ownToolDoes, tellDialect } from './dialect.ts'
import { hasSpace, hostsReady } from './hosts-ready.ts'
import { inputsOf, ofEveryMaster } from './inputs.ts'
import type { Component } from './inventory.ts'
import { chooseKey } from './master-key.ts'
import { mastersStopped } from './masters-stopped.ts'
import { openFirst, openOthers } from './opening.ts'
import { ownToolRestore } from './own-tool-restore.ts'
import { giveOwnership } from './ownership.ts'
import { placeParts } from './placed-patches.ts'
import { findRoots, rootOn } from './roots.ts'
import { siteOf, type Site } from './site.ts'
import { othersAside } from './stores-aside.ts'
import { storesLost } from './stores-lost.ts'
import { zooKeeperUp } from './zookeeper.ts'

export const restoreInputs = inputsOf(...ofEveryMaster, 'by')

export const ch4: Runbook = {
  id: 'CH-4',
  system: 'chango',
  title: 'Restore a fresh master',
  when: 'The data of every master is lost, and there is a backup.',
  costs: [
    'Everything that changed after the backup is lost: users, keys, components that were installed since.',
    'No component can be started or changed until the masters serve again; those that run go on.',
  ],
  inputs: restoreInputs,
  steps: (setting) => {
    const site = siteOf(setting)
    const lock = hostLock(site.hosts)
    return [
      ...lock.takeIt,
      mastersStopped(site, {
        id: 'masters-stopped',
        section: 'before',
        title: 'Prove that every master is stopped',
      }),
      ...preparation(site, chooseBackup(), [storesLost(site)]),
      ...replacement(site),
      ...opening(site),
      ...acceptance(site),
      ...closing(site, lock.giveItBack),
    ]
  },
}

/** From the choice of a backup to the confirmation; nothing is changed. `ofStores`: asked as soon as it is known where they lie. */
export function preparation(
  site: Site,
  choose: readonly Step[],
  ofStores: readonly Step[] = [],
): readonly Step[] {
  const [plan, confirm] = restoreSteps(site)
  return [
    hostsReady(site),
    ...chooseKey(),
    ...choose,
    tellDialect(site),
    findRoots(site),
    ...ofStores,
    plan,
    hasSpace(site),
    ...ownToolRestore(site).before,
    confirm,
  ]
}

/** The restored state in the place of the old one, with nothing running. */
export function replacement(site: Site): readonly Step[] {
  const [, , restore] = restoreSteps(site)
  return [
    restore,
    ownToolRestore(site).restore,
    ...placeParts(site),
    giveOwnership(site),
    ...othersAside(site),
  ]
}

/** Masters, node managers and components, in this order. */
export function opening(site: Site): readonly Step[] {
  return [...openMasters(site), ...openComponents(site)]
}

/** Not yet the components. */
export function openMasters(
  site: Site,
  has: Parameters<typeof openFirst>[1] = 'the restored state',
): readonly Step[] {
  return [
    ...zooKeeperUp(site),
    mastersStopped(site, {
      id: 'still-stopped',
      section: 'restore',
      title: 'Prove that no master was started meanwhile',
    }),
    ...openFirst(site, has),
    contentIsThere(site, {
      id: 'content-there',
      section: 'restore',
      title: 'See that keys, inventory and patches are there',
    }),
    ...openOthers(site),
    nodeManagersBack(site),
  ]
}

export function openComponents(site: Site, except?: (component: Component) => boolean): readonly Step[] {
  return [
    strayProcesses(site, {
      id: 'stray-processes',
      section: 'restore',
      title: 'List what runs and is not in the inventory',
    }),
    ...startComponents(site, except),
  ]
}

function restoreSteps(site: Site): readonly [Step, Step, Step] {
  const { first } = site
  const folder = `${site.data} or BASE/master`
  return restoreInto({
    // As root, for the owner of what is put there is the one of what it replaces.
    target: (known: Known) => ({ address: `ssh+sudo://${first.address}${rootOn(first, site, known)}` }),
    shown: `ssh+sudo://${first.address}${site.data}`,
    also: [
      'The old stores are moved aside, never removed, and ZooKeeper’s data is not touched.',
      'Users, keys and passwords become those of the backup: what was revoked since is alive again.',
      'The other masters’ stores are moved aside as well: they take theirs from this one.',
    ],
    touches: `kms, iam, metadata and patches in ${folder} on ${first.address}; never zookeeper.`,
    notNeeded: ownToolDoes,
  })
}
