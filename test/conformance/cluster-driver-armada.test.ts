import { afterAll } from 'vitest'
import { armadaDriver } from '../../src/main/systems/armada/live/driver.ts'
import { makeAuthority } from '../lab/certificates.ts'
import { armadaHost, armadaTokens, startArmadaCluster } from '../lab/masters/armada-session.ts'
import { describeClusterDriver, type LabCluster } from './cluster-driver.ts'

const authority = makeAuthority()
if (authority === null) throw new Error('openssl is needed for these tests')
const certificate = authority.issue('IP:127.0.0.1', 2)
afterAll(() => authority.remove())

async function start(): Promise<LabCluster> {
  const cluster = await startArmadaCluster({ accounts: 120, sessions: 400, limits: 0 }, { tls: certificate })
  const { server } = cluster
  const values = {
    servers: [server.origin],
    maintenanceToken: 'maintenance',
    tablesToken: 'tables',
    tls: { caFile: authority?.file ?? '' },
  }
  return {
    values,
    wrongCredentials: { ...values, maintenanceToken: 'wrong', tablesToken: 'wrong' },
    secrets: Object.values(armadaTokens),
    session: (signal) => cluster.session(signal),
    repository: async () => cluster.repository(),
    changes: () => server.changes(),
    breakNextSnapshot: () => server.setFaults({ stream: 'breaks' }),
    keptSecret: () => null,
    kill: async () => server.stop(),
    close: async () => cluster.close(),
  }
}

/** Only its hosts reach the servers: what is asked of them goes through the tool that they have. */
async function startHosts(): Promise<LabCluster> {
  const cluster = await start()
  let host = armadaHost({ program: 'arctl', tables: { accounts: 120, limits: 0 } })
  const values = { ...cluster.values, reach: 'cliOverSsh', hosts: ['armada-1'] }
  return {
    ...cluster,
    values,
    wrongCredentials: null,
    session: (signal) => ({ ...cluster.session(signal), host: async () => Promise.resolve(host) }),
    breakNextSnapshot() {
      host = armadaHost({ program: 'arctl', tables: {}, fails: 'backup failed: connection reset' })
    },
    async kill() {
      host = armadaHost({ program: null, tables: {} })
    },
  }
}

const ways = armadaDriver.snapshotWays
const isDirect = ({ id }: (typeof ways)[number]): boolean => id === 'direct'

describeClusterDriver({ driver: { ...armadaDriver, snapshotWays: ways.filter(isDirect) }, start })
describeClusterDriver({
  driver: { ...armadaDriver, snapshotWays: ways.filter((way) => !isDirect(way)) },
  start: startHosts,
})
