import { countOf } from '../../../../shared/domain/size-words.ts'
import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { done, failed, notYet } from '../../../engine/runbook/outcomes.ts'
import { check, confirm, manual, wait } from '../../../engine/runbook/steps.ts'
import type { Known, Runbook, Step } from '../../../ports/runbook.ts'
import { accept } from './acceptance.ts'
import { copyDataFolder } from './copy.ts'
import { knowForbidden } from './forbidden.ts'
import { leftovers } from './ks-1.ts'
import { evidenceOf, factsOf, isEven, missingIds, quorumOf, seeNodes, type SeenNode } from './nodes.ts'
import { restartTrap } from './restart-trap.ts'
import { scrubEach } from './scrub.ts'
import { sampleInput, siteInputs, siteOf, type KisekiNode } from './site.ts'
import { startUnit, stopUnit } from './unit.ts'

const survivorsName = 'survivors'

/** Source (raft_shard_store.rs): no forced configuration, no unsafe recovery, no promotion has an interface. Only the original nodes help. */
export const ks3: Runbook = {
  id: 'KS-3',
  system: 'kiseki',
  title: 'Bring a majority of the original nodes back',
  when: 'Half of the members or more do not answer: nothing can be written, and nobody can be made leader.',
  costs: [
    'What was committed on lost nodes alone is lost, unless their disks come back.',
    'The survivors are stopped for the time of the copy: reads stop too.',
    'It takes as long as the original disks take to come back.',
  ],
  inputs: [...siteInputs, sampleInput],
  steps(setting) {
    const site = siteOf(setting)
    const lock = hostLock(
      site.nodes.map(({ host }) => host),
      (known) => {
        const places = survivorsIn(known)
        return site.nodes.filter(({ place }) => places.includes(place)).map(({ host }) => host)
      },
    )
    const isNoSurvivor =
      ({ place }: KisekiNode) =>
      (known: Known): string | null =>
        survivorsIn(known).includes(place) ? null : 'It was no survivor when the run began.'
    return [
      check({
        id: 'count',
        section: 'before',
        title: 'Count who answers, and rank the survivors',
        why: 'No node ever says that its quorum is lost; what each survivor holds decides what may still be lost.',
        touches: 'Asks every node.',
        look: async (context) => {
          // Once the survivors are stopped nobody answers any more.
          if (context.known.has(survivorsName))
            return done(context.known.get('ranking') ?? 'They were ranked.')
          return rank(await seeNodes(site, context))
        },
      }),
      knowForbidden,
      confirm({
        id: 'confirm',
        section: 'before',
        title: 'Confirm that the survivors are stopped',
        why: 'Copies of their data folders are made before anything else, and only of stopped nodes.',
        of: [survivorsName],
        says: async ({ known }) =>
          Promise.resolve([
            known.get('ranking') ?? '',
            'Reads that still work stop for the time of the copy.',
            restartTrap,
          ]),
      }),
      ...lock.takeIt,
      ...site.nodes.flatMap((node): readonly Step[] => [
        stopUnit({
          id: `stop-${node.place}`,
          node,
          site,
          section: 'safety',
          why: 'A copy is only worth something of a node that is stopped.',
          notNeeded: isNoSurvivor(node),
        }),
        copyDataFolder({
          id: `copy-${node.place}`,
          node,
          site,
          why: 'A survivor may hold the only copy of the newest entries. Before anything else is tried it is copied whole.',
          notNeeded: isNoSurvivor(node),
        }),
      ]),
      manual({
        id: 'bring-back',
        section: 'restore',
        title: 'Bring original nodes back with their own disks',
        why: 'Nothing else can make a majority: kiseki has no way to force one, to add a member or to replace one.',
        touches: 'The lost nodes.',
        skip: 'nobody',
        damage: 1,
        does: [
          'Put the original disks of the lost nodes back, into the same machines or others: same node id, same environment, same certificates, same addresses.',
          'Copy each of their data folders before its first start.',
          'Do not start them yet where they are still stopped: the next steps start the survivors, then you start them one at a time.',
          'Where the disks are gone for good, this run ends here: what remains are the copies, and what can be read from the devices. Close the run as abandoned.',
        ],
        asks: { label: 'Which nodes have their own disks again', learns: 'brought.back' },
      }),
      ...site.nodes.map((node) =>
        startUnit({
          id: `start-${node.place}`,
          node,
          site,
          section: 'restore',
          why: 'With the same id, environment and certificates as before.',
          notNeeded: isNoSurvivor(node),
        }),
      ),
      manual({
        id: 'start-originals',
        section: 'restore',
        title: 'Start the original nodes, one at a time',
        why: 'Each is seen to answer before the next one is touched.',
        touches: 'The nodes that were brought back.',
        damage: 1,
        does: [
          `On each of them: systemctl start ${site.unit}`,
          'Stop as soon as more than half of the members answer.',
        ],
      }),
      wait({
        id: 'quorum-back',
        section: 'restore',
        title: 'Wait for a majority',
        why: 'It is counted.',
        everyMs: 3_000,
        atMostMs: 24 * 60 * 60_000,
        look: async (context) => {
          const counted = quorumOf(await seeNodes(site, context))
          return counted.state === 'done' ? counted : notYet(counted.sentence, { evidence: counted.evidence })
        },
      }),
      wait({
        id: 'caught-up',
        section: 'restore',
        title: 'Wait until all that answer stand at the same entry',
        why: 'A majority elects one leader; the others follow it.',
        everyMs: 3_000,
        atMostMs: 60 * 60_000,
        look: async (context) => isEven(site, context, { back: [], applying: [] }),
      }),
      ...scrubEach(site),
      ...accept(site, setting),
      lock.giveItBack,
      leftovers(site),
    ]
  },
}

function survivorsIn(known: Known): readonly number[] {
  const places: unknown = JSON.parse(known.get(survivorsName) ?? '[]')
  return Array.isArray(places) ? places.filter((place) => typeof place === 'number') : []
}

/** The one with the highest entry first; then who has to come back. */
function rank(seen: readonly SeenNode[]) {
  const alive = seen.flatMap(({ node, facts }) => (facts === null ? [] : [{ node, facts }]))
  const evidence = evidenceOf(seen)
  if (alive.length === 0) {
    return failed('No node answers: who the members are cannot be counted.', {
      evidence,
      next: 'Start the nodes that still have their own disks. Where none has, KS-5.',
    })
  }
  const counted = quorumOf(seen)
  if (counted.state === 'done') {
    return failed(`The quorum holds. ${counted.sentence}`, {
      evidence,
      next: 'Close this run; KS-1 brings a node back.',
    })
  }
  const members = new Set(factsOf(seen).flatMap((facts) => facts.members)).size
  if (members <= 1)
    return failed(counted.sentence, { evidence, ...(counted.next !== undefined && { next: counted.next }) })
  const ranked = alive.toSorted((a, b) => (a.facts.committed < b.facts.committed ? 1 : -1))
  const needed = Math.floor(members / 2) + 1 - alive.length
  const ranking = [
    `Survivors, the newest first: ${ranked.map(({ node, facts }) => `${node.host.address} (node ${facts.nodeId}, entry ${facts.committed})`).join(', ')}.`,
    `${countOf(needed, 'of the missing nodes', 'of the missing nodes')} must come back: ${missingIds(seen).join(', ')}.`,
    'What only they had committed is lost if they do not.',
  ].join(' ')
  return done(ranking, {
    evidence,
    learnt: { [survivorsName]: JSON.stringify(alive.map(({ node }) => node.place)), ranking },
  })
}
