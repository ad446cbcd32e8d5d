import { describeFields } from '../../../../shared/contract/connection-fields.ts'
import { knownWay } from '../../../engine/live/known-way.ts'
import { oneServing } from '../../../engine/live/one-serving.ts'
import { parseConnection } from '../../../engine/live/parse-connection.ts'
import type { ClusterDriver } from '../../../ports/cluster-driver.ts'
import { openApi } from './api.ts'
import { kiokConnection } from './connection.ts'
import { gaps } from './gaps.ts'
import { probeKiok } from './probes.ts'
import { changeSchedule, readSchedule } from './schedule.ts'
import { askForBackup, snapshotWays } from './snapshot.ts'

/** kiok's masters over HTTP: documents of kiok, features/backup, features/auth-authz and operations. */
export const kiokDriver: ClusterDriver = {
  system: 'kiok',
  summary: 'Its masters take backups when they are asked, and by a schedule of their own.',
  fields: describeFields(kiokConnection),
  snapshotWays,
  scheduler: 'cluster',
  nobodyDoes: ['Nobody deletes old backups: kiok documents no retention.'],
  gaps,
  connect(values) {
    const config = parseConnection('kiok', kiokConnection, values)
    return {
      // Each master, and the questions about all of them.
      places: config.masters.length + 1,
      probe: (session) => probeKiok(session, config),
      beforeSnapshot: (session) => oneServing(probeKiok(session, config), 'ready'),
      async snapshot(session, way) {
        knownWay(kiokDriver, way)
        return askForBackup(await openApi(session, config))
      },
      schedule: async (session) => readSchedule(await openApi(session, config), session),
      changeSettings: async (session, changes) => changeSchedule(await openApi(session, config), changes),
    }
  },
}
