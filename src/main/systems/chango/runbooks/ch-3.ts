import { isNamed } from '../../../engine/runbook/named-host.ts'
import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { onEachHost } from '../../../engine/runbook/on-host.ts'
import { done, failed } from '../../../engine/runbook/outcomes.ts'
import { action, check, choice, confirm, manual } from '../../../engine/runbook/steps.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { Known, Outcome, Runbook, Step, StepContext } from '../../../ports/runbook.ts'
import { lookAside, moveAside, moveBackAside, type Aside } from './asides.ts'
import { accepted } from './ch-2.ts'
import { openMasters } from './ch-4.ts'
import { hostsReady } from './hosts-ready.ts'
import { inputsOf, ofEveryMaster } from './inputs.ts'
import { chooseKey } from './master-key.ts'
import { mastersStopped } from './masters-stopped.ts'
import { stopMaster, whileStopped } from './master-process.ts'
import { findHostRoots } from './roots.ts'
import { placeOf, siteOf, type Site } from './site.ts'
import { quorum } from './zookeeper.ts'

const way = 'zookeeper.way'

export const ch3: Runbook = {
  id: 'CH-3',
  system: 'chango',
  title: 'ZooKeeper has lost its quorum',
  when: 'Half or more of ZooKeeper’s servers are gone; the masters’ own stores are there.',
  costs: ['While it goes on nothing can be started or changed; components that run go on.'],
  inputs: inputsOf(...ofEveryMaster),
  steps: (setting) => {
    const site = siteOf(setting)
    const lock = hostLock(site.hosts)
    const elsewhere = serversElsewhere(site)
    const dataGone = (known: Known) =>
      known.get(way) === 'gone' ? null : 'The original servers come back with their data.'
    return [
      ...lock.takeIt,
      hostsReady(site),
      check({
        id: 'zookeeper-counted',
        section: 'before',
        title: 'Count the servers of ZooKeeper',
        why: 'More than half of them have to answer.',
        touches: `Connects to ${site.zookeeper} from ${site.first.address}.`,
        twin: `for s in ${site.zookeeper.replaceAll(',', ' ')}; do nc -z \${s%:*} \${s##*:}; done`,
        look: async (context) => {
          const counted = await quorum(site, context)
          // Lost is what this runbook is for; held is told, so that nobody takes apart what works.
          return counted.state === 'done'
            ? failed(`${counted.sentence} The quorum holds.`, {
                evidence: counted.evidence,
                next: 'CH-2 is for masters that are not ready while ZooKeeper’s quorum holds.',
              })
            : done(counted.sentence, { evidence: counted.evidence })
        },
        skip: 'operator',
      }),
      choice({
        id: 'choose-way',
        section: 'before',
        title: 'Say whether the original servers can come back',
        why: 'The cluster’s state lies in the masters’ stores; ZooKeeper holds elections and registrations.',
        options: async () =>
          Promise.resolve([
            {
              id: 'back',
              label: 'They can: their disks are there',
              says: ['Bring them back until more than half answer. Nothing is lost.'],
              notPossible: null,
              advised: true,
              learnt: { [way]: 'back' },
            },
            {
              id: 'gone',
              label: 'They cannot: all data of ZooKeeper is gone',
              says: [
                'Masters and node managers are stopped, ZooKeeper begins empty, and the masters are started again from their stores.',
                'This way is inferred from the documents and was never tried on a real cluster by this console.',
              ],
              notPossible: null,
              advised: false,
              learnt: { [way]: 'gone' },
            },
          ]),
      }),
      needed(
        manual({
          id: 'bring-back',
          section: 'restore',
          title: 'Bring the original servers back',
          why: 'With their own data and numbers they form the same quorum again.',
          does: ['Start their hosts, and ZooKeeper on them, until more than half answer.'],
          look: async (context) => quorum(site, context),
        }),
        (known) => (known.get(way) === 'back' ? null : 'Their data is gone.'),
      ),
      ...chooseKey().map((step) => needed(step, dataGone)),
      needed(findHostRoots(site), dataGone),
      needed(
        confirm({
          id: 'confirm-empty',
          section: 'before',
          title: 'Confirm that ZooKeeper begins empty',
          why: 'What it still holds would be given up.',
          of: [way],
          says: async () =>
            Promise.resolve([
              'ZooKeeper’s data folders are moved aside on every host of the connection; elections and registrations begin anew.',
              'All masters and node managers are stopped meanwhile.',
              ...(elsewhere === ''
                ? []
                : [
                    `Of ZooKeeper ${elsewhere} is on no host of the connection: its data is moved aside by hand, else it comes back with the old one.`,
                  ]),
              ...(site.others.length === 0
                ? []
                : [
                    `The master on ${site.first.address} is started first, and the others take over what it has: it has to be the one that led last. Where another one did, change the answer first.`,
                  ]),
            ]),
        }),
        dataGone,
      ),
      ...site.hosts.map((host) =>
        needed(
          stopMaster(host, site, {
            id: `stop-master-${placeOf(host, site)}`,
            section: 'restore',
            title: `Stop the master on ${host.address}`,
            why: 'A master that still believes in its old session would disturb the new one.',
          }),
          dataGone,
        ),
      ),
      needed(
        manual({
          id: 'stop-node-managers',
          section: 'restore',
          title:
            elsewhere === '' ? 'Stop every node manager' : 'Stop every node manager, and ZooKeeper elsewhere',
          why: 'They register again once ZooKeeper is back; components go on without them.',
          does: [
            `On each of their hosts: ${sh`sudo -u ${site.user} ${site.home}/bin/stop-node-manager.sh`}`,
            ...(elsewhere === ''
              ? []
              : [
                  `ZooKeeper of ${elsewhere}, on no host of the connection: stop it there too, and move version-2 in its data folder aside; myid and zoo.cfg stay.`,
                ]),
          ],
        }),
        dataGone,
      ),
      needed(
        mastersStopped(site, {
          id: 'masters-stopped',
          section: 'restore',
          title: 'Prove that every master is stopped',
        }),
        dataGone,
      ),
      needed(zooKeeperAside(site), dataGone),
      ...openMasters(site, 'its own stores').map((step) => needed(step, dataGone)),
      ...accepted(site),
      lock.giveItBack,
    ]
  },
}

/** Of ZooKeeper, as its list names them; empty: every one of them is on a host of the connection, as far as names tell. */
function serversElsewhere({ zookeeper, hosts }: Site): string {
  return zookeeper
    .split(',')
    .filter((server) => !hosts.some((host) => isNamed(host, server.replace(/:\d+$/, ''))))
    .join(', ')
}

export function needed<S extends Step>(step: S, notNeeded: (known: Known) => string | null): S {
  return { ...step, notNeeded: (known) => notNeeded(known) ?? step.notNeeded?.(known) ?? null }
}

/** The data only: the number of a server stays, for the others know it by it. */
function zooKeeperAside(site: Site): Step {
  const asideOf = (host: Aside['host']): Aside => ({
    host,
    root: `${site.data}/zookeeper`,
    names: ['version-2'],
  })
  /** All of them are stopped before the first is moved. */
  const moving = async (context: StepContext, work: typeof moveAside): Promise<Outcome> => {
    const isStopped = await onEachHost(site.hosts, context, async (host) =>
      whileStopped('zookeeper', host, site, context, async () =>
        Promise.resolve(done(`ZooKeeper does not run on ${host.address}.`)),
      ),
    )
    return isStopped.state === 'done'
      ? onEachHost(site.hosts, context, async (host) => work(asideOf(host), site, context))
      : isStopped
  }
  return action({
    id: 'zookeeper-aside',
    section: 'restore',
    title: 'Move ZooKeeper’s data aside',
    why: 'Servers with different remains cannot form a quorum.',
    touches: `${site.data}/zookeeper/version-2 on every host; myid and zoo.cfg stay.`,
    undo: 'It is moved back.',
    twin: sh`mv ${site.data}/zookeeper/version-2 ${site.data}/zookeeper/version-2.before-restore-MILLISECONDS`,
    damage: 2,
    act: async (context) => moving(context, moveAside),
    look: async (context) =>
      onEachHost(site.hosts, context, async (host) => lookAside(asideOf(host), site, context)),
    takeBack: async (context) => moving(context, moveBackAside),
  })
}
