import { HoldfastError } from '../../../../shared/domain/error.ts'
import type { HostAccess } from '../../../engine/runbook/on-host.ts'
import type { RunbookSetting, StepContext } from '../../../ports/runbook.ts'
import { readConnection, type KindlingConnection } from '../live/connection.ts'
import { databaseAddress, dataFolder, type Site } from '../restore/site.ts'

/** Throws `usage` where the connection is not known: hosts, stanza and data folder are asked once, there. */
export function connectionOf({ cluster }: RunbookSetting): KindlingConnection {
  if (cluster.connection !== null) return readConnection(cluster.connection)
  throw new HoldfastError('usage', {
    what: `How ${cluster.name} is reached is not known here.`,
    unchanged: 'Nothing was begun.',
    next: 'Give its connection first: hosts, stanza, data folder.',
  })
}

/** As `connectionOf`; throws also where the connection does not say what a restore of the database needs. */
export function databaseOf(setting: RunbookSetting): KindlingConnection {
  const config = connectionOf(setting)
  dataFolder({ config })
  return config
}

export function siteOf(config: KindlingConnection, { session, line }: StepContext): Site {
  return { session, config, line }
}

export function hostsOf({ hosts, ssh }: KindlingConnection): readonly HostAccess[] {
  return hosts.map((address) => ({ address, ssh }))
}

/** Those, and the one with PostgreSQL. */
export function databaseHostsOf(config: KindlingConnection): readonly HostAccess[] {
  const addresses = new Set([...config.hosts, databaseAddress(config)])
  return hostsOf({ ...config, hosts: [...addresses] })
}
