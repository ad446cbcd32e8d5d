import { afterAll } from 'vitest'
import { armadaDriver } from '../../src/main/systems/armada/live/driver.ts'
import { makeAuthority } from '../lab/certificates.ts'
import { armadaTokens, startArmadaCluster } from '../lab/masters/armada-session.ts'
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

describeClusterDriver({ driver: armadaDriver, start })
