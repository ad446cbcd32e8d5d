import { makeAuthority } from '../../lab/certificates.ts'
import { armadaHost, armadaTokens, startArmadaCluster } from '../../lab/masters/armada-session.ts'
import type { LabCluster } from '../cluster-driver.ts'

type Authority = NonNullable<ReturnType<typeof makeAuthority>>
type Certificate = ReturnType<Authority['issue']>

let made: { readonly authority: Authority; readonly certificate: Certificate } | null = null

function certified() {
  if (made !== null) return made
  const authority = makeAuthority()
  if (authority === null) throw new Error('openssl is needed for these tests')
  made = { authority, certificate: authority.issue('IP:127.0.0.1', 2) }
  return made
}

export function endArmadaLabs(): void {
  made?.authority.remove()
  made = null
}

export async function startArmadaLab(): Promise<LabCluster> {
  const { authority, certificate } = certified()
  const cluster = await startArmadaCluster({ accounts: 120, sessions: 400, limits: 0 }, { tls: certificate })
  const { server } = cluster
  const values = {
    servers: [server.origin],
    maintenanceToken: 'maintenance',
    tablesToken: 'tables',
    tls: { caFile: authority.file },
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
export async function startArmadaHosts(): Promise<LabCluster> {
  const cluster = await startArmadaLab()
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
