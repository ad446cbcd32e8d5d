import { describeFields } from '../../../../shared/contract/connection-fields.ts'
import { knownWay } from '../../../engine/live/known-way.ts'
import { oneServing } from '../../../engine/live/one-serving.ts'
import { parseConnection } from '../../../engine/live/parse-connection.ts'
import type { ClusterDriver } from '../../../ports/cluster-driver.ts'
import { kisekiConnection } from './connection.ts'
import { probeKiseki } from './probes.ts'
import { snapshotWays, takeSnapshot } from './snapshots.ts'

/** kiseki's nodes over HTTP and gRPC: its source, version 2026.40. */
export const kisekiDriver: ClusterDriver = {
  system: 'kiseki',
  summary: 'Its nodes write a snapshot when they are asked over gRPC; nothing takes one by itself.',
  fields: describeFields(kisekiConnection),
  snapshotWays,
  scheduler: 'none',
  nobodyDoes: [
    'No node takes a snapshot by itself; the daily one of the manual does not exist.',
    'Each node deletes snapshots older than KISEKI_BACKUP_RETENTION_DAYS (7) once a day, if it runs that long; 0 deletes all of them.',
    'Nobody counts them, and nobody writes down what was deleted: prune does both.',
  ],
  // Its source says every route and every field that is used here.
  gaps: {},
  connect(values) {
    const config = parseConnection('kiseki', kisekiConnection, values)
    return {
      // Of a node three questions are under way at once.
      places: 3 * config.nodes.length + config.dataPorts.length,
      probe: (session) => probeKiseki(session, config),
      beforeSnapshot: (session) => oneServing(probeKiseki(session, config), 'answers'),
      snapshot: async (session, way, report) =>
        takeSnapshot(session, config, knownWay(kisekiDriver, way), report),
      schedule: async () =>
        Promise.resolve({
          state: 'none',
          words: 'kiseki has no scheduler: no node ever takes a snapshot by itself.',
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
