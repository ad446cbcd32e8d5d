import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { done, failed } from '../../../engine/runbook/outcomes.ts'
import { check, confirm, manual, wait } from '../../../engine/runbook/steps.ts'
import type { Runbook, RunbookInput, Step } from '../../../ports/runbook.ts'
import { acceptAsItWas, canaryInput } from './acceptance.ts'
import { safetyBackup } from './backups.ts'
import { hostsReady, keyIsThere, zooKeeperHolds } from './hosts.ts'
import { leftovers } from './leftovers.ts'
import { askEach, isReady, saysYes } from './masters.ts'
import { startRole } from './start-role.ts'
import { siteInputs, siteOf, unfit, type KiokSite } from './site.ts'
import { storesAside } from './stores.ts'

const lostInput: RunbookInput = {
  name: 'lost',
  label: 'Host of the lost master',
  help: 'As it stands in the connection. It comes back empty and takes everything over from the leader.',
  example: 'ops@kiok-2',
  required: true,
  usual: '',
}

/** Documented (architecture): another master takes over by itself; one that comes with an empty store is brought up by the leader. */
export const ki1: Runbook = {
  id: 'KI-1',
  system: 'kiok',
  title: 'Bring a lost master back',
  when: 'A master is gone, and another one still holds the data.',
  costs: [
    'Nothing of the stores is lost: the one that lives has all of it.',
    'Logs of jobs are only on the old leader unless they are archived: those since the newest backup may be lost with it.',
  ],
  inputs: [lostInput, ...siteInputs, canaryInput],
  steps(setting) {
    const site = siteOf(setting)
    const host = site.masters.find(({ address }) => address === setting.inputs['lost'])
    if (host === undefined) throw unfit('The host of the lost master is none of its connection.')
    if (site.masters.length < 2)
      throw unfit('Its connection names one master: there is none that could hold the data.')
    const lock = hostLock([host])
    return [
      survivorLeads(site),
      keyIsThere(),
      hostsReady(site),
      zooKeeperHolds(site),
      ...lock.takeIt,
      ...safetyBackup(site, {
        id: 'safety-backup',
        section: 'safety',
        title: 'Take a backup of the master that lives',
        why: 'It is the only copy while the other one is brought back.',
      }),
      confirm({
        id: 'confirm',
        section: 'restore',
        title: 'Confirm which host is emptied',
        why: 'The wrong one would be the one with the data.',
        of: [],
        says: async () =>
          Promise.resolve([
            `The stores on ${host.address} are moved aside, and it starts empty.`,
            'No backup is restored: that would put an older state over the master that lives.',
          ]),
      }),
      storesAside({
        id: 'stores-aside',
        host,
        site,
        title: 'Move what is left of its stores aside',
        why: 'An older store must not come up beside the newer one.',
      }),
      startRole({
        id: 'start-master',
        role: 'master',
        host,
        site,
        zkRoot: site.zkRoot,
        target: null,
        title: 'Start it',
        why: 'With the same key, ZooKeeper and iterations; it takes everything over from the leader.',
      }),
      wait({
        id: 'ready',
        section: 'restore',
        title: 'Wait until every master is ready',
        why: 'Only then is there a second copy again.',
        // Documented (configuration): 60 s for a follower.
        expected: { ms: 60_000, source: 'documented' },
        atMostMs: 5 * 60_000,
        look: async (context) => isReady(site, context, 'all'),
      }),
      manual({
        id: 'job-logs',
        section: 'restore',
        title: 'See which logs of jobs are missing',
        why: 'They were on the old leader alone unless they are archived.',
        does: [
          'Open the log of a job that ran on the lost leader.',
          'Where it is missing: export the store joblog of the newest backup with this console, and keep it for reading. It is not put back.',
        ],
        asks: { label: 'What is missing, or: nothing', learns: 'job.logs' },
      }),
      ...acceptAsItWas(site, setting),
      lock.giveItBack,
      leftovers(site),
    ] satisfies readonly Step[]
  },
}

/** One that is ready is enough: readiness needs a leader with its data (documented: operations). */
export function survivorLeads(site: KiokSite): Step {
  return check({
    id: 'survivor',
    section: 'before',
    title: 'See that a master lives and is ready',
    why: 'It is the one that holds the data, and hands it on.',
    touches: 'Asks every master.',
    look: async (context) => {
      const answers = await askEach('/readyz', site, context)
      const ready = answers.filter(({ reply }) => saysYes(reply)).map(({ of }) => of)
      const evidence = answers.map(({ of, reply }) => ({
        name: `GET /readyz of ${of}`,
        value: reply === null ? 'no answer' : String(reply.status),
      }))
      return ready.length > 0
        ? done(`Ready: ${ready.join(', ')}.`, { evidence })
        : failed('No master is ready.', {
            evidence,
            next: 'KI-2 makes one ready that answers, and starts one that has its data; KI-3 only where none has.',
          })
    },
  })
}
