import { describeFields } from '../../../../shared/contract/connection-fields.ts'
import { knownWay } from '../../../engine/live/known-way.ts'
import { oneServing } from '../../../engine/live/one-serving.ts'
import type { ClusterDriver } from '../../../ports/cluster-driver.ts'
import { openApi } from './api.ts'
import { readSchedule, writeConfig } from './backup-config.ts'
import { changoConnection, readConnection } from './connection.ts'
import { beforeStop } from './host-probes.ts'
import { gaps } from './gaps.ts'
import { probeChango } from './probes.ts'
import { askedWay, askForBackup } from './snapshot.ts'
import { archiveStopped } from './stopped-snapshot.ts'
import { sealedWay, stoppedWay } from './stopped-ways.ts'

/** chango's masters over HTTP, both dialects, and their hosts over SSH: documents of chango, features/backup, leader-forward, cluster-readiness. */
export const changoDriver: ClusterDriver = {
  system: 'chango',
  summary: 'Its masters take backups when they are asked, and by a schedule and a retention of their own.',
  fields: describeFields(changoConnection),
  snapshotWays: [askedWay, stoppedWay, sealedWay],
  scheduler: 'cluster',
  nobodyDoes: ['Nobody backs up the data of the component clusters: the archive holds chango’s own stores.'],
  gaps,
  connect(values) {
    const config = readConnection(values)
    return {
      // Each master and each host, and the questions about all of them.
      places: config.masters.length + config.hosts.length + 1,
      probe: (session) => probeChango(session, config),
      beforeSnapshot: (session, way) =>
        way === stoppedWay.id || way === sealedWay.id
          ? beforeStop(session, config)
          : oneServing(probeChango(session, { ...config, hosts: [] }), 'ready'),
      async snapshot(session, way, report) {
        const known = knownWay(changoDriver, way)
        return known === askedWay
          ? askForBackup(await openApi(session, config))
          : archiveStopped(session, config, known, report)
      },
      schedule: async (session) => readSchedule(await openApi(session, config), session, config),
      changeSettings: async (session, changes) =>
        writeConfig(await openApi(session, config), changes, session, config),
    }
  },
}
