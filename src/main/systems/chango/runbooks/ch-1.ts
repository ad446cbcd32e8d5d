import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { done, failed } from '../../../engine/runbook/outcomes.ts'
import { check, manual, wait } from '../../../engine/runbook/steps.ts'
import { curlWithToken } from '../../../engine/runbook/twins.ts'
import type { Runbook } from '../../../ports/runbook.ts'
import { hostsReady, keyLeftovers } from './hosts-ready.ts'
import { inputsOf } from './inputs.ts'
import { chooseKey } from './master-key.ts'
import { startMaster } from './master-process.ts'
import { stoppedOn } from './masters-stopped.ts'
import { listMasters } from './node-lists.ts'
import { findHostRoots } from './roots.ts'
import { oneHost, siteOf } from './site.ts'
import { storesAside } from './stores-aside.ts'
import { waitForGate } from './opening.ts'
import { zooKeeperUp } from './zookeeper.ts'

export const ch1: Runbook = {
  id: 'CH-1',
  system: 'chango',
  title: 'Bring back one lost master',
  when: 'A master is lost, and another one leads: it holds all the data.',
  costs: [],
  inputs: inputsOf('host', 'zookeeper', 'root', 'home', 'data', 'base', 'user', 'javaHome', 'ports', 'logs'),
  steps: (setting) => {
    const site = siteOf(setting)
    const { first } = site
    // Only the lost one is worked on: nothing here may touch the master that lives.
    const alone = oneHost(site)
    const lock = hostLock([first])
    return [
      ...lock.takeIt,
      check({
        id: 'another-leads',
        section: 'before',
        title: 'See that another master leads',
        why: 'The lost one takes everything from the leader; a restore would overwrite what lives.',
        touches: 'Asks the masters for the list of masters.',
        twin: curlWithToken('MASTER/admin/api/nodes/masters'),
        look: async (context) => {
          const { leaders, sentence, evidence } = await listMasters(site, context)
          return leaders.length === 1
            ? done(sentence, { evidence })
            : failed(sentence, { evidence, next: 'CH-2 says what to do while masters live and none leads.' })
        },
      }),
      hostsReady(alone),
      check({
        id: 'lost-is-stopped',
        section: 'before',
        title: 'See that the lost master does not run',
        why: 'Its folders are moved: nothing may have them open.',
        touches: `Reads process files and ports on ${first.address}.`,
        look: async (context) => stoppedOn(first, site, context),
      }),
      ...chooseKey(),
      findHostRoots(alone),
      manual({
        id: 'zookeeper-files',
        section: 'restore',
        title: 'Put back the files of its ZooKeeper server, if it had one',
        why: 'A server that comes back with another number, or none, does not join.',
        does: [
          `${site.home}/conf/zk/zoo.cfg as on the other hosts.`,
          `${site.data}/zookeeper/myid with the number that this host has in it.`,
        ],
      }),
      ...zooKeeperUp(alone),
      storesAside([first], site, {
        id: 'lost-stores-aside',
        section: 'restore',
        title: 'Move what is left of its stores aside',
        why: 'Stores of its own that are stale would be pushed to the others, or keep it from pulling.',
      }),
      startMaster(first, site, {
        id: 'start-lost',
        section: 'restore',
        title: `Start the master on ${first.address}`,
        why: 'It pulls keys, users, inventory and patches from the leader, 60 times 1 s, and ends where it cannot.',
      }),
      waitForGate(site, first, site.config.masters.length, 'wait-lost'),
      wait({
        id: 'accept-members',
        section: 'accept',
        title: 'One leader, and every master ready',
        why: 'Two leaders would be two clusters.',
        atMostMs: 60_000,
        look: async (context) => {
          const { leaders, ready, all, sentence, evidence } = await listMasters(site, context)
          const isSo =
            leaders.length === 1 && ready.length >= site.config.masters.length && ready.length === all.length
          return isSo ? done(sentence, { evidence }) : { state: 'notYet', sentence, evidence }
        },
      }),
      keyLeftovers(alone),
      lock.giveItBack,
    ]
  },
}
