import { HoldfastError } from '../../../../shared/domain/error.ts'
import { parseConnection } from '../../../engine/live/parse-connection.ts'
import type { HostAccess } from '../../../engine/runbook/on-host.ts'
import type { RunbookInput, RunbookSetting } from '../../../ports/runbook.ts'
import { kisekiConnection, type KisekiConnection } from '../live/connection.ts'

/** One node: where it answers, and the host that it runs on. */
export interface KisekiNode {
  /** From 1, in the order of the connection; not its own id. */
  readonly place: number
  readonly origin: string
  /** Null where the connection names none for it. */
  readonly dataPort: string | null
  readonly host: HostAccess
}

export interface KisekiSite {
  readonly connection: KisekiConnection
  readonly nodes: readonly KisekiNode[]
  readonly dataFolder: string
  readonly copyFolder: string
  readonly unit: string
  readonly user: string
}

/** Usual values: kiseki source, config.rs and examples/kiseki-server.service. */
export const siteInputs: readonly RunbookInput[] = [
  {
    name: 'dataFolder',
    label: 'Data folder of the nodes',
    help: 'KISEKI_DATA_DIR, the same on every host.',
    example: '/var/lib/kiseki',
    required: true,
    usual: '',
  },
  {
    name: 'copyFolder',
    label: 'Folder for safety copies',
    help: 'On each host, with room for the whole data folder, and outside of it.',
    example: '/var/backups/kiseki',
    required: true,
    usual: '',
  },
  {
    name: 'unit',
    label: 'systemd unit',
    help: 'Of the server, on every host.',
    example: 'kiseki-server',
    required: true,
    usual: 'kiseki-server',
  },
  {
    name: 'user',
    label: 'User that may stop, start and read it',
    help: 'sudo to it has to work where another one logs in.',
    example: 'root',
    required: true,
    usual: 'root',
  },
]

export const nodesInput: RunbookInput = {
  name: 'nodes',
  label: 'Hosts of the nodes that are down',
  help: 'As they stand in the connection, with commas between. They are brought back one at a time.',
  example: 'ops@kiseki-3',
  required: true,
  usual: '',
}

export const nodeInput: RunbookInput = {
  name: 'node',
  label: 'Host of the node',
  help: 'As it stands in the connection.',
  example: 'ops@kiseki-3',
  required: true,
  usual: '',
}

export const sampleInput: RunbookInput = {
  name: 'samples',
  label: 'Objects to look up',
  help: 'ETags of objects that must be there, with commas between: of an object on kiseki’s gateway it is its composition id.',
  example: '3f1c2b4a-0000-4000-8000-0123456789ab',
  required: false,
  usual: '',
}

/** Throws `usage`, `connection.invalid`. */
export function siteOf({ cluster, inputs }: RunbookSetting): KisekiSite {
  if (cluster.connection === null) throw unfit('The connection to its nodes is not saved.')
  const connection = parseConnection('kiseki', kisekiConnection, cluster.connection)
  const { nodes: origins, hosts, ssh, dataPorts } = connection
  if (hosts.length !== origins.length) {
    throw unfit(
      `Its connection has ${origins.length} nodes and ${hosts.length} hosts: each node needs its host, in the same order.`,
    )
  }
  const value = (name: string): string => {
    const given = inputs[name] ?? ''
    return given === '' ? (siteInputs.find((input) => input.name === name)?.usual ?? '') : given
  }
  const dataFolder = absolute(value('dataFolder'), 'The data folder')
  const copyFolder = absolute(value('copyFolder'), 'The folder for safety copies')
  if (`${copyFolder}/`.startsWith(`${dataFolder}/`))
    throw unfit('The folder for safety copies lies in the data folder.')
  const unit = value('unit')
  if (!/^[\w@.:-]+$/.test(unit) || unit.startsWith('-'))
    throw unfit('The unit has no name of a systemd unit.')
  return {
    connection,
    nodes: origins.map((origin, index) => ({
      place: index + 1,
      origin,
      dataPort: dataPorts[index] ?? null,
      host: { address: hosts[index] ?? '', ssh },
    })),
    dataFolder,
    copyFolder,
    unit,
    user: value('user'),
  }
}

/** The nodes that were named by their hosts. Throws `usage`. */
export function named(site: KisekiSite, list: string): readonly KisekiNode[] {
  const addresses = list.split(',').map((address) => address.trim())
  return addresses.map((address) => {
    const node = site.nodes.find(({ host }) => host.address === address)
    if (node === undefined) throw unfit(`${JSON.stringify(address)} is no host of its connection.`)
    return node
  })
}

/** The one that a run is about. Throws `usage`. */
export function nodeOf(site: KisekiSite, { inputs }: Pick<RunbookSetting, 'inputs'>): KisekiNode {
  const [node, ...others] = named(site, inputs['node'] ?? '')
  if (node === undefined || others.length > 0) throw unfit('It is about one node at a time.')
  return node
}

export function userOn({ user }: Pick<KisekiSite, 'user'>, { address }: HostAccess): string | undefined {
  return address.startsWith(`${user}@`) ? undefined : user
}

export function as(user: string | undefined): { readonly asUser?: string } {
  return user === undefined ? {} : { asUser: user }
}

function absolute(path: string, label: string): string {
  if (/^\/[^\0\n]+$/.test(path)) return path.replace(/\/+$/, '')
  throw unfit(`${label} is no absolute path.`)
}

export function unfit(why: string): HoldfastError {
  return new HoldfastError('usage', {
    what: 'The runbook cannot be begun with this.',
    why,
    unchanged: 'Nothing was changed.',
    next: 'Mend the connection of the cluster or what was given.',
  })
}
