import { describeFields } from '../../../../shared/contract/connection-fields.ts'
import { knownWay } from '../../../engine/live/known-way.ts'
import { oneServing } from '../../../engine/live/one-serving.ts'
import { parseConnection } from '../../../engine/live/parse-connection.ts'
import type { ClusterDriver } from '../../../ports/cluster-driver.ts'
import { openApi } from './api.ts'
import { readSchedule, writeConfig } from './backup-config.ts'
import { changoConnection } from './connection.ts'
import { probeChango } from './probes.ts'
import { askedWay, askForBackup } from './snapshot.ts'

/** chango's masters over HTTP, both dialects: documents of chango, features/backup, leader-forward, cluster-readiness. */
export const changoDriver: ClusterDriver = {
  system: 'chango',
  summary: 'Its masters take backups when they are asked, and by a schedule and a retention of their own.',
  fields: describeFields(changoConnection),
  snapshotWays: [askedWay],
  scheduler: 'cluster',
  nobodyDoes: ['Nobody backs up the data of the component clusters: the archive holds chango’s own stores.'],
  connect(values) {
    const config = parseConnection('chango', changoConnection, values)
    return {
      // Each master, and the questions about all of them.
      places: config.masters.length + 1,
      probe: (session) => probeChango(session, config),
      beforeSnapshot: (session) => oneServing(probeChango(session, config), 'ready'),
      async snapshot(session, way) {
        knownWay(changoDriver, way)
        return askForBackup(await openApi(session, config))
      },
      schedule: async (session) => readSchedule(await openApi(session, config), session),
      changeSettings: async (session, changes) => writeConfig(await openApi(session, config), changes),
    }
  },
}
