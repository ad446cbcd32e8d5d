import { HoldfastError } from '../../../shared/domain/error.ts'
import { check, choice, manual } from '../../engine/runbook/steps.ts'
import type { Known, Runbook, RunbookSetting, Step } from '../../ports/runbook.ts'
import { clusterHosts } from './cluster-hosts.ts'
import { keyPlaces } from './lost-key.ts'
import { keptNow, keyState, lookOnHosts, proveKey, sameOnHosts, type Site } from './x-3-looks.ts'

const paper = 'key.paper'

/** Where a key may still be, in the order in which looking costs least. */
export const lostKey: Runbook = {
  id: 'X-3',
  system: null,
  title: 'Find a lost master key',
  when: 'Nobody knows where the master key is, or the one that is known opens no backup.',
  costs: [
    'Nothing by this runbook. Where the key is found nowhere, what is sealed with it is lost for good.',
  ],
  inputs: [
    {
      name: 'hosts',
      label: 'More hosts where its processes run',
      help: 'Workers and node managers have the key in their environment, too. With commas between; logged in to as the hosts of the connection.',
      example: 'ops@worker-1, ops@worker-2',
      required: false,
      usual: '',
    },
  ],
  steps,
}

function steps(setting: RunbookSetting): readonly Step[] {
  const { name, system } = setting.cluster
  const places = keyPlaces[system]
  if (places === null) {
    throw new HoldfastError('usage', {
      what: `${name} has no master key to lose: neither its backups nor its start need one.`,
      unchanged: 'Nothing was begun.',
      ...(system === 'kiseki' && { next: 'Where a tenant’s own key service is lost, take KS-6.' }),
    })
  }
  const site: Site = { places, hosts: hostsOf(setting) }
  return [
    manual({
      id: 'restart-nothing',
      section: 'before',
      title: 'See to it that nothing restarts',
      why: `The last copy of the key may be in ${places.holders}: a restart ends it.`,
      touches: `Nothing of ${name} is changed.`,
      does: [
        'Stop what restarts by itself: deployments, updates of the system, planned reboots, watchdogs.',
        'Tell everybody who has access: restart nothing, stop nothing.',
      ],
      skip: 'nobody',
    }),
    check({
      id: 'kept-key',
      section: 'before',
      title: 'Try the keys that are kept here',
      why: 'The one that is looked for may be here under another name.',
      touches: 'Reads the newest backup to its end.',
      look: async (context) => proveKey(places, context),
    }),
    choice({
      id: 'paper',
      section: 'before',
      title: 'Look for a copy outside of the cluster',
      why: 'Whoever installed it was asked to keep one.',
      options: async () =>
        Promise.resolve([
          {
            id: 'found',
            label: 'It is found',
            says: ['It is put into the vault next; it is never typed into this run.'],
            notPossible: null,
            advised: false,
            learnt: { [paper]: 'found' },
          },
          {
            id: 'nowhere',
            label: 'Nowhere: not in a safe, on paper, in a manager of passwords, or with who installed it',
            says: [],
            notPossible: null,
            advised: true,
            learnt: { [paper]: 'nowhere' },
          },
        ]),
      notNeeded: keyIsHere,
    }),
    onHosts(site, setting),
    intoVault(site),
    manual({
      id: 'without',
      section: 'restore',
      title: 'Save what can be saved without it',
      why: 'What the cluster still tells today it tells nobody after its next restart.',
      does: places.without,
      skip: 'operator',
      notNeeded: (known) => keyIsHere(known) ?? (isFound(known) ? 'It is found.' : null),
    }),
    check({
      id: 'key-proved',
      section: 'accept',
      title: 'The key that is kept here is the right one',
      why: 'A key is found when it opens something, not before.',
      touches: 'Reads the newest backup to its end.',
      look: async (context) =>
        places.variable === null ? sameOnHosts(site, context) : proveKey(places, context, 'demand'),
      skip: 'operator',
    }),
    manual({
      id: 'second-place',
      section: 'accept',
      title: 'Keep it in a second place',
      why: 'A vault on one computer is one copy.',
      does: [
        'Write it down once, seal it, and put it where two people can find it. Write down here where, never what.',
      ],
      asks: { label: 'Where the second copy is', learns: 'key.secondPlace' },
    }),
  ]
}

function onHosts(site: Site, { cluster }: RunbookSetting): Step {
  const { variable, files } = site.places
  const places = [...(variable === null ? [] : [`the environment of processes (${variable})`]), ...files]
  return check({
    id: 'on-hosts',
    section: 'before',
    title: 'Look for it on the hosts',
    why: 'A process that runs has it, whatever has become of every other copy.',
    touches: `Reads ${places.join(' and ')} as root on ${site.hosts.map(({ address }) => address).join(', ') || `the hosts of ${cluster.name}`}; no key leaves a host.`,
    look: async (context) => lookOnHosts(site, context),
    skip: 'operator',
    notNeeded: keyIsHere,
  })
}

function intoVault(site: Site): Step {
  const { places } = site
  return manual({
    id: 'into-vault',
    section: 'restore',
    title: 'Put it into the vault',
    why: 'It goes from where it is into the vault by a pipe: it is on no screen, in no argument and in no file.',
    touches: 'The vault of this console.',
    undo: 'holdfast credentials remove KEY',
    twin: places.intoVault,
    does: [
      'From a host: close this console’s window, and run the command with the host and the process that “Look for it on the hosts” names.',
      'From paper: holdfast credentials add KEY --kind master-key, and type it where it is asked for.',
      ...places.also,
      'Then add it to the master keys of the cluster.',
    ],
    skip: 'operator',
    // Of a file that is kept as base64 nothing here can compare anything.
    ...(places.variable !== null && { look: async (context) => keptNow(site, context) }),
    notNeeded: (known) => keyIsHere(known) ?? (isFound(known) ? null : 'It is found nowhere.'),
  })
}

function keyIsHere(known: Known): string | null {
  if (known.get(keyState.kept) === 'opens') return 'A key that is kept here opens the newest backup.'
  return known.get(keyState.live) === 'same'
    ? 'A key that is kept here is the one that the cluster runs with.'
    : null
}

function isFound(known: Known): boolean {
  return known.get(paper) === 'found' || (known.get(keyState.live) ?? 'no') !== 'no'
}

function hostsOf(setting: RunbookSetting): Site['hosts'] {
  const hosts = clusterHosts(setting)
  const [first] = hosts
  const more = (setting.inputs['hosts'] ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
  const unfit = more.find((address) => !/^[^\s-]\S*$/.test(address))
  if (unfit !== undefined || (more.length > 0 && first === undefined)) {
    throw new HoldfastError('usage', {
      what:
        unfit === undefined
          ? 'The connection names no host, so how others are logged in to is not known.'
          : `${JSON.stringify(unfit)} is no host.`,
      unchanged: 'Nothing was begun.',
      next:
        unfit === undefined
          ? 'Give the connection its hosts first.'
          : 'Give user@host:port, or a name of ~/.ssh/config.',
    })
  }
  return first === undefined ? [] : [...hosts, ...more.map((address) => ({ address, ssh: first.ssh }))]
}
