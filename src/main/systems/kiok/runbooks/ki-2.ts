import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { isNamed } from '../../../engine/runbook/named-host.ts'
import { done, failed } from '../../../engine/runbook/outcomes.ts'
import { probesSay } from '../../../engine/runbook/probes.ts'
import { check, choice, manual, wait } from '../../../engine/runbook/steps.ts'
import type { Known, Runbook, Step } from '../../../ports/runbook.ts'
import { kiokDriver } from '../live/driver.ts'
import { health } from './health.ts'
import { hostsReady, keyIsThere, zooKeeperHolds } from './hosts.ts'
import { askEach, isReady, saysYes } from './masters.ts'
import { startRole } from './start-role.ts'
import { stopRole } from './stop-role.ts'
import { storesOn } from './stores.ts'
import { siteInputs, siteOf, type KiokSite } from './site.ts'

const doneName = 'chosen'
const onlyFor = (what: string) => (known: Known) =>
  known.get(doneName) === what ? null : 'Something else was chosen.'

/** Documented (operations): the gate has no time limit; it opens with every master and one worker. */
export const ki2: Runbook = {
  id: 'KI-2',
  system: 'kiok',
  title: 'Get a cluster ready again',
  when: 'Masters answer and stay at 503, or come and go; or ZooKeeper has lost its quorum.',
  costs: ['Nothing is lost. Nothing runs until it is ready.'],
  inputs: siteInputs,
  steps(setting) {
    const site = siteOf(setting)
    const lock = hostLock(site.masters)
    return [
      gate(site),
      zooKeeperHolds(site),
      keyIsThere(),
      hostsReady(site),
      health(site),
      check({
        id: 'clocks',
        section: 'before',
        title: 'Compare the clocks of the masters',
        why: 'Sessions with ZooKeeper break where a clock jumps.',
        skip: 'operator',
        look: async (context) =>
          probesSay(kiokDriver.connect(context.setting.cluster.connection), context, {
            ids: ['clock'],
            enough: ['ok', 'notAsked'],
          }),
      }),
      ...lock.takeIt,
      choice({
        id: 'choose',
        section: 'restore',
        title: 'Choose what to do',
        why: 'One thing at a time, and look after each.',
        options: async (context) => {
          const answers = await askEach('/healthz', site, context)
          const isAllUp = answers.every(({ reply }) => saysYes(reply))
          return [
            {
              id: 'worker',
              label: `Start a worker on ${site.worker.address}, again where it runs`,
              says: [
                'A worker that found no leader for 60 s has given up, and does nothing until it is restarted.',
              ],
              notPossible: null,
              advised: isAllUp,
              learnt: { [doneName]: 'worker' },
            },
            ...site.masters.map(({ address }, place) => ({
              id: `start-${place + 1}`,
              label: `Start the master on ${address} with the stores that it has`,
              says: [
                'Nothing of its stores is moved or restored.',
                // Inferred (architecture): the others take over from the leader.
                'The one that led last first: the others take over from it, and what one of them has alone is replaced.',
                'Begin another run for the next one.',
              ],
              notPossible: isAllUp ? 'All masters answer.' : null,
              advised: false,
              learnt: { [doneName]: `start-${place + 1}` },
            })),
            ...site.masters.map(({ address }, place) => ({
              id: `stop-${place + 1}`,
              label: `Stop the master on ${address} that comes and goes`,
              says: [
                'The others go on without it once it is gone from ZooKeeper. It is started again when its fault is mended.',
              ],
              notPossible:
                site.masters.length < 2
                  ? 'It is the only master.'
                  : answers.some(({ of, reply }) => saysYes(reply) && !isOn({ address }, of))
                    ? null
                    : 'No other master answers: nothing would be left that goes on.',
              advised: false,
              learnt: { [doneName]: `stop-${place + 1}` },
            })),
            {
              id: 'by-hand',
              label: 'Mend it by hand',
              says: [
                'A full disk, a clock, a network card that is silent, unequal keys: what the checks have found.',
              ],
              notPossible: null,
              advised: !isAllUp,
              learnt: { [doneName]: 'hand' },
            },
          ]
        },
      }),
      startRole({
        id: 'start-worker',
        role: 'worker',
        host: site.worker,
        site,
        zkRoot: site.zkRoot,
        target: null,
        title: 'Start the worker',
        why: 'Without one the gate never opens.',
        notNeeded: onlyFor('worker'),
      }),
      ...site.masters.map((host, place) =>
        startRole({
          id: `start-master-${place + 1}`,
          role: 'master',
          host,
          site,
          zkRoot: site.zkRoot,
          target: null,
          title: `Start the master on ${host.address}`,
          why: 'With the same key, ZooKeeper and iterations as before; it opens the stores that it has.',
          notNeeded: onlyFor(`start-${place + 1}`),
        }),
      ),
      ...site.masters.map((host, place) =>
        stopRole({
          id: `stop-master-${place + 1}`,
          role: 'master',
          host,
          site,
          title: `Stop the master on ${host.address}`,
          why: 'A master that comes and goes closes the gate each time.',
          notNeeded: onlyFor(`stop-${place + 1}`),
        }),
      ),
      manual({
        id: 'by-hand',
        section: 'restore',
        title: 'Mend it',
        why: 'What the checks have found is mended where it is.',
        notNeeded: onlyFor('hand'),
        does: [
          'Give full disks room, set clocks right, and look at logs/kiok.log of each master.',
          'Every master and worker is started with the same KIOK_MASTER_KEY: an unequal one ends its process at once.',
          'Original members of ZooKeeper come back with their own data folders.',
        ],
        asks: { label: 'What was done', learns: 'mended' },
      }),
      wait({
        id: 'ready',
        section: 'restore',
        title: 'Wait until a master is ready',
        why: 'The gate opens by itself once its conditions hold.',
        // Documented (configuration): 30, 60 and 120 s for leader, follower and worker.
        expected: { ms: 120_000, source: 'documented' },
        atMostMs: 10 * 60_000,
        look: async (context) => isReady(site, context, 'one'),
      }),
      wait({
        id: 'accept-ready',
        section: 'accept',
        title: 'See that it stays ready',
        why: 'A cluster that comes and goes is ready for a moment each time.',
        everyMs: 10_000,
        atMostMs: 5 * 60_000,
        skip: 'operator',
        look: async (context) => {
          const first = await isReady(site, context, 'one')
          if (first.state !== 'done') return first
          await context.session.clock.wait(10_000, context.session.signal)
          return isReady(site, context, 'one')
        },
      }),
      manual({
        id: 'accept-members',
        section: 'accept',
        title: 'Compare the members',
        why: 'No route tells who is a member; the page does.',
        does: [
          'Open Settings, Topology in kiok’s own UI: one leader, every master and worker that should be there.',
        ],
        asks: { label: 'What is missing, or: all are there', learns: 'accept.members' },
      }),
      lock.giveItBack,
    ] satisfies readonly Step[]
  },
}

/** `of`: as the masters are asked, with a port. */
function isOn(host: { readonly address: string }, of: string): boolean {
  return isNamed(host, new URL(`http://${of}`).hostname)
}

function gate(site: KiokSite): Step {
  return check({
    id: 'gate',
    section: 'before',
    title: 'See who is alive and who is ready',
    why: 'A master that is alive and not ready waits for another one, or for a worker.',
    touches: 'Asks every master; where none answers, measures the stores on their hosts.',
    look: async (context) => {
      const [alive, ready] = await Promise.all([
        askEach('/healthz', site, context),
        askEach('/readyz', site, context),
      ])
      const evidence = alive.map(({ of, reply }, place) => ({
        name: of,
        value: `healthz ${reply?.status ?? 'no answer'}, readyz ${ready[place]?.reply?.status ?? 'no answer'}`,
      }))
      const words = evidence.map(({ name, value }) => `${name}: ${value}`).join('; ')
      if (alive.some(({ reply }) => saysYes(reply))) return done(`${words}.`, { evidence })
      const holders: string[] = []
      for (const host of site.masters) {
        const stores = await storesOn(host, site, context)
        if ([...stores.values()].some((sizeBytes) => sizeBytes > 0)) holders.push(host.address)
      }
      return holders.length > 0
        ? done(
            `No master answers. These hold data, and are to be started with it: ${holders.join(', ')}. ${words}.`,
            { evidence },
          )
        : failed(`No master answers, and none of their hosts holds data. ${words}.`, {
            evidence,
            next: 'Close this run and begin KI-3.',
          })
    },
  })
}
