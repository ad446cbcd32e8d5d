import { lookAside, moveAside, moveBack, type Aside } from '../../../engine/runbook/aside.ts'
import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { done, failed } from '../../../engine/runbook/outcomes.ts'
import { action, check, confirm, wait } from '../../../engine/runbook/steps.ts'
import { overSsh, sh } from '../../../engine/runbook/twins.ts'
import type { Runbook, Step } from '../../../ports/runbook.ts'
import { accept } from './acceptance.ts'
import { copyDataFolder } from './copy.ts'
import { leftovers } from './ks-1.ts'
import { evidenceOf, factsOf, isEven, seeNodes } from './nodes.ts'
import { trapNow } from './restart-trap.ts'
import {
  nodeInput,
  nodeOf,
  sampleInput,
  siteInputs,
  siteOf,
  userOn,
  type KisekiNode,
  type KisekiSite,
} from './site.ts'
import { startUnit, stopUnit, unitState } from './unit.ts'

const stores = ['compositions.redb', 'views.redb'] as const

/** Source (hydrator.rs, the message of the halt): stop the node, remove compositions.redb, start it. Moved aside here, never removed. */
export const ks7: Runbook = {
  id: 'KS-7',
  system: 'kiseki',
  title: 'Have a node apply metadata again',
  when: 'A node answers and says composition_hydrator_halted: it has stopped applying metadata.',
  costs: [
    'The node is stopped; its metadata is built anew from the log.',
    'It may not come back: see the restart trap.',
  ],
  inputs: [nodeInput, ...siteInputs, sampleInput],
  steps(setting) {
    const site = siteOf(setting)
    const node = nodeOf(site, setting)
    const lock = hostLock([node.host])
    return [
      isHalted(node, site),
      staysAboveMajority(node, site),
      confirm({
        id: 'confirm',
        section: 'before',
        title: 'Confirm that the node is stopped',
        why: 'It is a node that answers, and it may not come back.',
        of: [],
        says: async (context) => [
          ...(await trapNow(site, context)),
          'Its metadata is moved aside and built anew; while that lasts the node answers with what it has so far.',
        ],
      }),
      ...lock.takeIt,
      stopUnit({
        id: 'stop',
        node,
        site,
        section: 'safety',
        why: 'The stores are locked while it runs.',
      }),
      copyDataFolder({
        id: 'copy',
        node,
        site,
        why: 'Whatever happens at the start, the state of now is kept.',
      }),
      metadataAside(node, site),
      startUnit({
        id: 'start',
        node,
        site,
        section: 'restore',
        why: 'It builds its metadata anew from the log.',
      }),
      wait({
        id: 'applies',
        section: 'restore',
        title: 'Wait until it applies metadata and stands where the others stand',
        why: 'A node that halts again has another fault.',
        everyMs: 3_000,
        atMostMs: 60 * 60_000,
        look: async (context) => isEven(site, context, { back: [node], applying: [node] }),
      }),
      ...accept(site, setting),
      lock.giveItBack,
      leftovers(site),
    ]
  },
}

function isHalted(node: KisekiNode, site: KisekiSite): Step {
  return check({
    id: 'halted',
    section: 'before',
    title: 'Check that it has halted',
    why: 'A node that applies metadata is never stopped for this.',
    touches: `Asks ${node.origin}.`,
    look: async (context) => {
      const seen = await seeNodes(site, context)
      const evidence = evidenceOf(seen)
      const facts = seen.find((each) => each.node.place === node.place)?.facts ?? null
      if (facts === null) {
        return failed(`${node.host.address} does not answer.`, {
          evidence,
          next: 'KS-1 brings a node back that is down; KS-8 says why one does not start.',
        })
      }
      return facts.isHydratorHalted
        ? done(`${node.host.address} has stopped applying metadata.`, { evidence })
        : failed(`${node.host.address} applies metadata as it comes.`, {
            evidence,
            next: 'Leave it as it is.',
          })
    },
  })
}

function staysAboveMajority(node: KisekiNode, site: KisekiSite): Step {
  return check({
    id: 'majority-without',
    section: 'before',
    title: 'Count the others',
    why: 'Without this node a majority has to remain.',
    touches: 'Asks every node.',
    look: async (context) => {
      const seen = await seeNodes(site, context)
      const evidence = evidenceOf(seen)
      const members = new Set(factsOf(seen).flatMap((facts) => facts.members)).size
      const others = seen.filter((each) => each.node.place !== node.place && each.facts !== null).length
      if (members <= 1 && seen.length === 1)
        return done('It is a single node: it is down while it is repaired.', { evidence })
      const needed = Math.floor(members / 2) + 1
      return others >= needed
        ? done(`${others} of ${members} members answer without it, and ${needed} are needed.`, { evidence })
        : failed(`${others} of ${members} members answer without it, and ${needed} are needed.`, {
            evidence,
            next: 'Bring the others back first: KS-1.',
          })
    },
  })
}

function metadataAside(node: KisekiNode, site: KisekiSite): Step {
  const { host } = node
  const asUser = userOn(site, host)
  const aside: Aside = { host, asUser, folder: `${site.dataFolder}/metadata`, names: stores }
  return action({
    id: 'metadata-aside',
    section: 'restore',
    title: 'Move its metadata aside',
    why: 'It is built anew from the log; the halt is written in it.',
    touches: `${stores.join(' and ')} in ${site.dataFolder}/metadata on ${host.address}.`,
    undo: 'It is moved back while the node is stopped.',
    twin: overSsh(host.address, asUser, [
      'sh',
      '-c',
      sh`cd ${site.dataFolder}/metadata && mkdir before-RUN && mv ${stores} before-RUN/`,
    ]),
    expected: { ms: 2_000, source: 'assumed' },
    damage: 2,
    act: async (context) => {
      const state = await unitState(site, node, context)
      return state === 'inactive' || state === 'failed'
        ? moveAside(aside, context)
        : failed(`${site.unit} on ${host.address} is not stopped (${state}).`, { next: 'Stop it first.' })
    },
    look: async (context) => lookAside(aside, context),
    takeBack: async (context) => {
      const state = await unitState(site, node, context)
      return state === 'inactive' || state === 'failed'
        ? moveBack(aside, context)
        : failed(`${site.unit} on ${host.address} is not stopped (${state}).`, {
            next: 'Stop it first, by hand.',
          })
    },
  })
}
