import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { check, confirm, manual, wait } from '../../../engine/runbook/steps.ts'
import type { Runbook, RunbookSetting, Step } from '../../../ports/runbook.ts'
import { accept } from './acceptance.ts'
import { copyDataFolder } from './copy.ts'
import { knowForbidden } from './forbidden.ts'
import { identityKept } from './identity.ts'
import { isDown } from './is-down.ts'
import { isEven, quorumOf, seeNodes } from './nodes.ts'
import { trapNow } from './restart-trap.ts'
import { scrubEach } from './scrub.ts'
import {
  named,
  nodesInput,
  sampleInput,
  siteInputs,
  siteOf,
  type KisekiNode,
  type KisekiSite,
} from './site.ts'
import { startUnit, stopUnit } from './unit.ts'

const inputs = [nodesInput, ...siteInputs, sampleInput]
const costs = [
  'Nothing that was committed is lost; chunk bytes of the last 100 ms on the lost node may be missing, and wait for a scrub.',
  'A repair takes as long as the data needs; no document says how long.',
]

export const ks1: Runbook = {
  id: 'KS-1',
  system: 'kiseki',
  title: 'Bring one node back',
  when: 'One node is down, and more than half of the members answer.',
  costs,
  inputs,
  steps: (setting) => bringBack(setting),
}

export const ks2: Runbook = {
  id: 'KS-2',
  system: 'kiseki',
  title: 'Bring several nodes back, one at a time',
  when: 'Several nodes are down, and more than half of the members still answer.',
  costs,
  inputs,
  steps: (setting) => bringBack(setting),
}

/** Source (7.1, 7.2 of the reading): start it as it was, then scrub on each live node; nothing else exists. */
function bringBack(setting: RunbookSetting): readonly Step[] {
  const site = siteOf(setting)
  const nodes = named(site, setting.inputs['nodes'] ?? '')
  const lock = hostLock(nodes.map(({ host }) => host))
  return [
    check({
      id: 'quorum',
      section: 'before',
      title: 'Count who answers',
      why: 'Below a majority nothing here helps, and a restart makes it worse. No node ever says that its quorum is lost.',
      touches: 'Asks every node.',
      look: async (context) => {
        const seen = await seeNodes(site, context)
        const counted = quorumOf(seen)
        return counted.state === 'done' ? counted : { ...counted, next: 'Close this run and begin KS-3.' }
      },
    }),
    ...nodes.map((node) =>
      isDown(
        `down-${node.place}`,
        node,
        site,
        'A node that answers must not be restarted: it may not come back.',
      ),
    ),
    ...nodes.map((node) => identityKept(`identity-${node.place}`, node, site)),
    knowForbidden,
    confirm({
      id: 'confirm',
      section: 'before',
      title: 'Confirm the start',
      why: 'Whether the node comes back cannot be known before.',
      of: [],
      says: async (context) => [
        ...(await trapNow(site, context)),
        'Before the start the whole data folder of the node is copied.',
      ],
    }),
    ...lock.takeIt,
    ...nodes.flatMap((node, at) => oneNode(node, site, nodes.slice(0, at + 1))),
    ...scrubEach(site),
    ...accept(site, setting),
    lock.giveItBack,
    leftovers(site),
  ]
}

function oneNode(node: KisekiNode, site: KisekiSite, back: readonly KisekiNode[]): readonly Step[] {
  const { place } = node
  return [
    check({
      id: `quorum-${place}`,
      section: 'restore',
      title: `Count again before ${node.host.address}`,
      why: 'One node at a time, and a majority of the others throughout.',
      touches: 'Asks every node.',
      look: async (context) => quorumOf(await seeNodes(site, context)),
    }),
    stopUnit({
      id: `stop-${place}`,
      node,
      site,
      section: 'safety',
      why: 'systemd may be starting it again and again; a copy is only worth something of a node that is stopped.',
    }),
    copyDataFolder({
      id: `copy-${place}`,
      node,
      site,
      why: 'Whatever happens at the start, the state of now is kept.',
    }),
    startUnit({
      id: `start-${place}`,
      node,
      site,
      section: 'restore',
      why: 'With the same id, environment and certificates as before.',
    }),
    wait({
      id: `caught-up-${place}`,
      section: 'restore',
      title: `Wait until ${node.host.address} stands where the others stand`,
      why: 'The next node is touched only when this one is back.',
      everyMs: 3_000,
      atMostMs: 60 * 60_000,
      look: async (context) => isEven(site, context, { back, applying: [] }),
    }),
  ]
}

export function leftovers(site: KisekiSite): Step {
  return manual({
    id: 'leftovers',
    section: 'after',
    title: 'Know what is left behind',
    why: 'Nobody removes it by itself.',
    does: [
      `RUN-node-N in ${site.copyFolder} on the hosts that were touched: copies of whole data folders, with the keys of the nodes in them. Remove them when the cluster has stood for some days.`,
    ],
  })
}
