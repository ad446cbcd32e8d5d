import { isNamed } from '../../../engine/runbook/named-host.ts'
import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { onEachHost, type HostAccess } from '../../../engine/runbook/on-host.ts'
import { done, failed } from '../../../engine/runbook/outcomes.ts'
import { check, choice, wait } from '../../../engine/runbook/steps.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { Known, Runbook, Step } from '../../../ports/runbook.ts'
import { gatesOpen, gatesSay } from './gate.ts'
import { inputsOf } from './inputs.ts'
import { keyStatus } from './key-status.ts'
import { chooseKey } from './master-key.ts'
import { lastWordsOf, pidsOn, startMaster, stopMaster } from './master-process.ts'
import { listMasters } from './node-lists.ts'
import { placeOf, siteOf, type Site } from './site.ts'
import { quorum } from './zookeeper.ts'

const restarted = 'restart'
/** As far as the masters tell: most of their pages are closed while they are not ready. */
const nobodyLeads = { leaders: [], leaderHost: null } as const

export const ch2: Runbook = {
  id: 'CH-2',
  system: 'chango',
  title: 'Masters that are not ready, or come and go',
  when: 'Masters answer 503, or start and end, and their data is there.',
  costs: [],
  inputs: inputsOf('zookeeper', 'root', 'home', 'data', 'base', 'user', 'javaHome', 'logs'),
  steps: (setting) => {
    const site = siteOf(setting)
    const lock = hostLock(site.hosts)
    return [
      ...lock.takeIt,
      check({
        id: 'what-they-wait-for',
        section: 'before',
        title: 'Hear what each master waits for',
        why: 'leader-ready: an election, or ZooKeeper. cluster-ready: a master that is missing. A pull: the port 19999, or another key.',
        touches: 'Asks every address of a master.',
        twin: 'curl -i MASTER/admin/api/cluster/info',
        look: async (context) => gatesSay(site, context),
      }),
      check({
        id: 'zookeeper-counted',
        section: 'before',
        title: 'Count the servers of ZooKeeper',
        why: 'Without more than half of them no master is elected.',
        touches: `Connects to ${site.zookeeper} from ${site.first.address}.`,
        twin: `for s in ${site.zookeeper.replaceAll(',', ' ')}; do nc -z \${s%:*} \${s##*:}; done`,
        look: async (context) => {
          const counted = await quorum(site, context)
          return counted.state === 'done' ? counted : { ...counted, state: 'failed' }
        },
      }),
      check({
        id: 'last-words',
        section: 'before',
        title: 'Read the end of each master’s log',
        why: 'AEADBadTagException means another key than the leader’s; a port that is taken and a full disk are named there as well.',
        touches: `Reads ${site.logs} on every host.`,
        twin: sh`tail -n 50 ${site.logs}/*master*`,
        look: async (context) =>
          onEachHost(site.hosts, context, async (host) => {
            const running = await pidsOn(host, 'master', site, context)
            const words = await lastWordsOf(host, site, context)
            const state =
              running.length === 0 ? 'No master runs' : `A master runs as process ${running.join(', ')}`
            const hint = /AEADBadTag/.test(words) ? ' It has another master key than the leader.' : ''
            return done(
              `${state} on ${host.address}.${hint}${words === '' ? '' : ` Its log ends: ${words}`}`,
              {
                evidence: [
                  { name: `log of ${host.address}`, value: words === '' ? 'nothing to read' : words },
                ],
              },
            )
          }),
      }),
      keyStatus(site),
      choice({
        id: 'choose-restart',
        section: 'restore',
        title: 'Choose the master that is started again',
        why: 'One at a time, and never the one that leads.',
        options: async (context) => {
          const { leaders, leaderHost } = await listMasters(site, context).catch(() => nobodyLeads)
          const leadsOn = (host: HostAccess): boolean =>
            site.others.length > 0 && leaderHost !== null && isNamed(host, leaderHost)
          return [
            {
              id: 'none',
              label: 'None: its cause is outside of the masters',
              says: [
                'Mend ZooKeeper, the network, the disk or the clock; then the masters open by themselves.',
              ],
              notPossible: null,
              advised: false,
              learnt: { [restarted]: 'none' },
            },
            ...site.hosts.map((host) => ({
              id: host.address,
              label: `The master on ${host.address}`,
              says: [
                'It is stopped if it runs, and started once with the master key.',
                ...(leaders.length === 0 || site.others.length === 0
                  ? []
                  : [`${leaders.join(', ')} leads now: do not choose its host.`]),
              ],
              notPossible: leadsOn(host) ? 'It leads: the others take over what they have from it.' : null,
              advised: false,
              learnt: { [restarted]: host.address },
            })),
          ]
        },
      }),
      ...chooseKey().map((step) => onlyIf(step, ({ chosen }) => chosen !== 'none')),
      ...site.hosts.flatMap((host) => {
        const place = placeOf(host, site)
        const isChosen = ({ chosen }: { readonly chosen: string }) => chosen === host.address
        return [
          onlyIf(
            stopMaster(host, site, {
              id: `stop-master-${place}`,
              section: 'restore',
              title: `Stop the master on ${host.address}`,
              why: 'Two on one host would share their stores.',
            }),
            isChosen,
          ),
          onlyIf(
            startMaster(host, site, {
              id: `start-master-${place}`,
              section: 'restore',
              title: `Start the master on ${host.address} once`,
              why: 'If it ends again its log says why; starting it over and over hides that.',
            }),
            isChosen,
          ),
        ]
      }),
      ...accepted(site),
      lock.giveItBack,
    ]
  },
}

function onlyIf<S extends Step>(step: S, isNeeded: (of: { readonly chosen: string }) => boolean): S {
  const notNeeded = (known: Known): string | null => {
    const own = step.notNeeded?.(known) ?? null
    if (own !== null) return own
    return isNeeded({ chosen: known.get(restarted) ?? '' }) ? null : 'It was not chosen.'
  }
  return { ...step, notNeeded }
}

/** Also of CH-3: the masters are open again, and one of them leads. */
export function accepted(site: Site): readonly Step[] {
  return [
    wait({
      id: 'accept-open',
      section: 'accept',
      title: 'Every master serves',
      why: 'The registration “cluster-ready” stays for ever and proves nothing; each gate is asked itself.',
      atMostMs: 150_000,
      look: async (context) => gatesOpen(site.config.masters.length, site, context),
    }),
    check({
      id: 'accept-leader',
      section: 'accept',
      title: 'One master leads',
      why: 'Two leaders would be two clusters.',
      look: async (context) => {
        const { leaders, sentence, evidence } = await listMasters(site, context)
        return leaders.length === 1 ? done(sentence, { evidence }) : failed(sentence, { evidence })
      },
    }),
  ]
}
