import { describeFields } from '../../../../shared/contract/connection-fields.ts'
import { knownWay } from '../../../engine/live/known-way.ts'
import type { ClusterDriver } from '../../../ports/cluster-driver.ts'
import { databaseDriller } from '../drill/drill-database.ts'
import { barmanVerifier } from '../verify/barman-verify.ts'
import { pgBackRestVerifier } from '../verify/pgbackrest-verify.ts'
import { chosenTool } from './chosen-tool.ts'
import { kindlingConnection, readConnection } from './connection.ts'
import { probeBackup, probeColdBackup, probeKindling } from './probes.ts'
import { databaseWays, takeBackup } from './snapshot.ts'
import { backUpVolumes, volumesWay } from './volume-snapshot.ts'

/** kindling's control plane over SSH and HTTP: its source of 2026-04, pgBackRest and Barman. */
export const kindlingDriver: ClusterDriver = {
  system: 'kindling',
  summary:
    'pgBackRest or Barman backs its PostgreSQL up when they are asked; kindling itself takes no backup by itself.',
  fields: describeFields(kindlingConnection),
  snapshotWays: [...databaseWays, volumesWay],
  scheduler: 'none',
  nobodyDoes: [
    'Nothing in kindling backs its PostgreSQL up; a cron of the host may, and is not read here.',
    'Schedules of volume backups are accepted, and nothing runs them.',
    'Old backups of PostgreSQL are deleted by the tool alone, by the retention of its own configuration.',
    'Nobody keeps the master key and the DSN files: no backup of PostgreSQL holds them.',
    'Backups and restores of volumes are not in the audit events of kindling.',
  ],
  // Its source, and those of pgBackRest and Barman, say all that is used here.
  gaps: {},
  connect(values) {
    const config = readConnection(values)
    const tool = chosenTool(config)
    return {
      places: config.hosts.length + config.api.length,
      probe: (session) => probeKindling(session, config, tool),
      beforeSnapshot: (session, way) =>
        way === volumesWay.id ? probeColdBackup(session, config) : probeBackup(session, config, tool),
      snapshot: async (session, way, report) => {
        const known = knownWay(kindlingDriver, way)
        return known === volumesWay
          ? backUpVolumes(session, config, report)
          : takeBackup(session, config, tool, known, report)
      },
      schedule: async () =>
        Promise.resolve({
          state: 'none',
          words: `Neither kindling nor ${tool.name} has a scheduler; whether a cron of the host runs ${tool.name} is not read here.`,
          cron: null,
          zone: null,
          next: [],
          nextFrom: null,
          evidence: null,
          settings: [],
        }),
      // Barman's backups lie in no repository that this console reads: nothing could be held against them.
      ...(config.tool === 'pgbackrest' && { toolDriller: databaseDriller(config) }),
      toolVerifier: config.tool === 'barman' ? barmanVerifier(config) : pgBackRestVerifier(config),
      changeSettings: null,
    }
  },
}
