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
import { mustStayUp, restartTrap } from './restart-trap.ts'
import { scrubEach } from './scrub.ts'
import { sampleInput, siteInputs, siteOf, type KisekiNode } from './site.ts'
import { startUnit, stopUnit } from './unit.ts'

const survivorsName = 'survivors'
const keptUpName = 'survivors.up'

/** Source (raft_shard_store.rs): no forced configuration, no unsafe recovery, no promotion has an interface. Only the original nodes help. */
export const ks3: Runbook = {
  id: 'KS-3',
  system: 'kiseki',
  title: 'Bring a majority of the original nodes back',
  when: 'Half of the members or more do not answer: nothing can be written, and nobody can be made leader.',
  costs: [
    'What was committed on lost nodes alone is lost, unless their disks come back.',
    'Survivors whose logs are whole are stopped for the time of a copy: reads from them stop too.',
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
    const isNotStopped =
      ({ place }: KisekiNode) =>
      (known: Known): string | null => {
        if (!survivorsIn(known).includes(place)) return 'It was no survivor when the run began.'
        return keptUpIn(known).includes(place)
          ? 'It stays up: it may keep only the end of its log, and would not start again.'
          : null
      }
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
        notNeeded: (known) =>
          survivorsIn(known).every((place) => keptUpIn(known).includes(place))
            ? 'No survivor is stopped: none of them would start again.'
            : null,
        says: async ({ known }) =>
          Promise.resolve([
            known.get('ranking') ?? '',
            'Reads that still work stop for the time of the copy.',
            restartTrap,
          ]),
      }),
      ...lock.takeIt,
      readOut(),
      ...site.nodes.flatMap((node): readonly Step[] => [
        stopUnit({
          id: `stop-${node.place}`,
          node,
          site,
          section: 'safety',
          why: 'A copy is only worth something of a node that is stopped.',
          notNeeded: isNotStopped(node),
        }),
        copyDataFolder({
          id: `copy-${node.place}`,
          node,
          site,
          why: 'A survivor may hold the only copy of the newest entries. Before anything else is tried it is copied whole.',
          notNeeded: isNotStopped(node),
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
          'One that had taken some 2 000 entries since its start ends with “failed to create Raft log store” (tried). No way out of that is known: keep the survivors up; KS-9 reads out of a copy what such a disk holds.',
          'Where the disks are gone for good, this run ends here: what remains are the copies, which KS-9 reads out, and what can be read from the devices. Close the run as abandoned.',
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
          notNeeded: isNotStopped(node),
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

/** Tried with three nodes of 2026.40: the former leader listed and gave objects when it was alone, and not again once it had been stopped. */
function readOut(): Step {
  return manual({
    id: 'read-out',
    section: 'safety',
    title: 'Read out what the survivors still give',
    why: 'A survivor may list and give its objects without a quorum. It may be the last place that does.',
    touches: 'Reads from the S3 port of the survivors.',
    does: [
      'From the newest survivor, into a place outside of this cluster: aws s3 sync --endpoint-url http://SURVIVOR:9000 s3://BUCKET FOLDER/BUCKET, for each bucket.',
      'What one does not give, ask of the others.',
      'Do not restart anything for it.',
    ],
    asks: { label: 'What was read out, and where it lies', learns: 'read.out' },
  })
}

function survivorsIn(known: Known): readonly number[] {
  return placesIn(known, survivorsName)
}

/** Those that are not stopped, because they would not start again. */
function keptUpIn(known: Known): readonly number[] {
  return placesIn(known, keptUpName)
}

function placesIn(known: Known, name: string): readonly number[] {
  const places: unknown = JSON.parse(known.get(name) ?? '[]')
  return Array.isArray(places) ? places.filter((place) => typeof place === 'number') : []
}

/** The one with the highest entry first; then who has to come back. */
function rank(seen: readonly SeenNode[]) {
  const alive = seen.flatMap(({ node, facts }) => (facts === null ? [] : [{ node, facts }]))
  const evidence = evidenceOf(seen)
  if (alive.length === 0) {
    return failed('No node answers: who the members are cannot be counted.', {
      evidence,
      next: 'Copy the whole data folder of each node that still has its own disk, and only then start these, one at a time, then look again. One that does not start: KS-8 says why, KS-9 reads out what it holds. Where no disk is left, KS-5.',
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
  const keptUp = alive.filter(({ facts }) => mustStayUp(facts)).map(({ node }) => node)
  const ranking = [
    `Survivors, the newest first: ${ranked.map(({ node, facts }) => `${node.host.address} (node ${facts.nodeId}, entry ${facts.committed})`).join(', ')}.`,
    `${countOf(needed, 'of the missing nodes', 'of the missing nodes')} must come back: ${missingIds(seen).join(', ')}.`,
    'What only they had committed is lost if they do not.',
    ...(keptUp.length === 0
      ? []
      : [
          `Not stopped, for they may keep only the end of their logs: ${keptUp.map(({ host }) => host.address).join(', ')}.`,
        ]),
  ].join(' ')
  return done(ranking, {
    evidence,
    learnt: {
      [survivorsName]: JSON.stringify(alive.map(({ node }) => node.place)),
      [keptUpName]: JSON.stringify(keptUp.map(({ place }) => place)),
      ranking,
    },
  })
}
