import { describeFields } from '../../../../shared/contract/connection-fields.ts'
import type { Probe, SnapshotWay } from '../../../../shared/contract/masters.ts'
import { knownWay } from '../../../engine/live/known-way.ts'
import { parseConnection } from '../../../engine/live/parse-connection.ts'
import type { ClusterDriver } from '../../../ports/cluster-driver.ts'
import { armadaConnection } from './connection.ts'
import { backUpOverSsh } from './cli-over-ssh.ts'
import { backUpDirect } from './direct.ts'
import { probeArmada } from './probes.ts'

const eachItsOwnTime = 'Each table is of its own moment: armada has no backup of all tables at one time.'

const snapshotWays: readonly SnapshotWay[] = [
  {
    id: 'direct',
    label: 'Stream it from a server',
    does: 'Streams every table over gRPC into a new folder of the repository, and proves each one while it passes.',
    consequences: [
      eachItsOwnTime,
      'The server writes each table into its temporary folder first, and needs the room there.',
    ],
    stops: false,
    makesNothing: false,
  },
  {
    id: 'cliOverSsh',
    label: 'Let a host make it, and fetch it over SSH',
    does: 'Runs arctl or armada on a host into a temporary folder there, and copies what it made into a new folder of the repository.',
    consequences: [
      eachItsOwnTime,
      'A table in error is left out without a word: the tool does not look, and what the servers say is not known here.',
      'The host needs room for all tables, and the tool gives up after 1 h.',
    ],
    stops: false,
    makesNothing: false,
  },
]

/** armada's servers over gRPC: its source, v0.10.0 and what is known of newer ones. */
export const armadaDriver: ClusterDriver = {
  system: 'armada',
  summary: 'Its servers stream their tables, and this console writes them down as a backup.',
  fields: describeFields(armadaConnection),
  snapshotWays,
  scheduler: 'none',
  nobodyDoes: [
    'No server takes a backup by itself; the CronJob of its chart is outside of the cluster, and nothing here can see it.',
    'Nobody deletes old backups, neither a server nor that CronJob.',
    'Nobody notices a table that is left out because it was in error: the system’s own tools end well all the same.',
  ],
  // Its source and its protocol files say all that is used here.
  gaps: {},
  connect(values) {
    const config = parseConnection('armada', armadaConnection, values)
    return {
      places: config.servers.length + config.followers.length + config.hosts.length,
      probe: (session) => probeArmada(session, config),
      beforeSnapshot: (session, way) =>
        countingBefore(
          probeArmada(session, {
            ...config,
            followers: [],
            // Only what the way goes through counts.
            ...(way === 'direct' ? { reach: 'direct', hosts: [] } : { reach: 'cliOverSsh' }),
          }),
        ),
      async snapshot(session, way, report) {
        const { id } = knownWay(armadaDriver, way)
        return id === 'direct'
          ? backUpDirect(session, config, report)
          : backUpOverSsh(session, config, report)
      },
      schedule: async () =>
        Promise.resolve({
          state: 'none',
          words:
            'armada has no scheduler: backups come on time from this console, or from a CronJob outside of the cluster that nothing here can see.',
          cron: null,
          zone: null,
          next: [],
          nextFrom: null,
          evidence: null,
          settings: [],
        }),
      changeSettings: null,
    }
  },
}

/** A table that is left out counts wherever it is said; what else is wrong with one server or host counts only where no other one serves. */
async function* countingBefore(probes: AsyncIterable<Probe>): AsyncGenerator<Probe, void, undefined> {
  const all: Probe[] = []
  for await (const probe of probes) all.push(probe)
  // In the way over a host that is the one that answers: its question is the same.
  const isHostWay = !all.some(({ id }) => id === 'role')
  const serves = isHostWay ? 'answers' : 'role'
  const isWell = all.some(({ id, state }) => id === serves && (state === 'ok' || state === 'warning'))
  for (const probe of all) {
    const counts = probe.id === 'tables' || (probe.id === 'listed' && probe.code === null) || !isWell
    yield probe.state === 'bad' && !counts ? { ...probe, state: 'warning' } : probe
  }
}
