import { HoldfastError } from '../../../../shared/domain/error.ts'
import type { HostAccess } from '../../../engine/runbook/on-host.ts'
import { parseConnection } from '../../../engine/live/parse-connection.ts'
import type { RunbookInput, RunbookSetting } from '../../../ports/runbook.ts'
import { kiokConnection, type KiokConnection } from '../live/connection.ts'

/** Where a cluster's masters and a worker run, and as whom. */
export interface KiokSite {
  readonly connection: KiokConnection
  /** Of the masters, the first one first. */
  readonly masters: readonly [HostAccess, ...HostAccess[]]
  readonly worker: HostAccess
  readonly installFolder: string
  readonly dataFolder: string
  readonly osUser: string
  readonly javaHome: string
  readonly zooKeeper: readonly string[]
  readonly zkRoot: string
  readonly iterations: string
}

/** Usual values: kiok documents, features/configuration and installation. */
export const siteInputs: readonly RunbookInput[] = [
  {
    name: 'installFolder',
    label: 'Folder of kiok on the hosts',
    help: 'Where kiok was unpacked: bin, lib and conf are in it.',
    example: '/opt/kiok-1.0.0',
    required: true,
    usual: '',
  },
  {
    name: 'dataFolder',
    label: 'Data folder',
    help: 'kiok.base.data.dir as an absolute path. Empty: data in the folder of kiok, which is what ./data means where it is started there.',
    example: '/var/lib/kiok',
    required: false,
    usual: '',
  },
  {
    name: 'osUser',
    label: 'User that runs kiok',
    help: 'No page fixes it; chango uses kiok. sudo to it has to work where another one logs in.',
    example: 'kiok',
    required: true,
    usual: 'kiok',
  },
  {
    name: 'javaHome',
    label: 'JAVA_HOME',
    help: 'A JDK 17 or newer, where it is not on the path of that user.',
    example: '/usr/lib/jvm/java-17',
    required: false,
    usual: '',
  },
  {
    name: 'zooKeeper',
    label: 'ZooKeeper',
    help: 'kiok.zk.serverList of the cluster, every member: the same ensemble as before.',
    example: 'zk-1:2181,zk-2:2181,zk-3:2181',
    required: true,
    usual: 'localhost:2181',
  },
  {
    name: 'zkRoot',
    label: 'Root path in ZooKeeper',
    help: 'kiok.zk.rootPath of the cluster.',
    example: '/kiok',
    required: true,
    usual: '/kiok',
  },
  {
    name: 'iterations',
    label: 'PBKDF2 iterations',
    help: 'kiok.kms.pbkdf2.iterations of the cluster that made the backups: another number opens nothing.',
    example: '200000',
    required: true,
    usual: '200000',
  },
  {
    name: 'worker',
    label: 'Host of a worker',
    help: 'As the hosts of the masters. Without a worker that is ready every route stays closed. Empty: the first master’s host.',
    example: 'ops@kiok-worker-1',
    required: false,
    usual: '',
  },
]

/** Throws `usage`, `connection.invalid`. */
export function siteOf({ cluster, inputs }: RunbookSetting): KiokSite {
  if (cluster.connection === null) throw unfit('The connection to its masters is not saved.')
  const connection = parseConnection('kiok', kiokConnection, cluster.connection)
  const { ssh } = connection
  const [first, ...others] = connection.hosts.map((address) => ({ address, ssh }))
  if (first === undefined) throw unfit('Its connection names no host of a master.')
  const value = (name: string): string => {
    const given = inputs[name] ?? ''
    return given === '' ? (siteInputs.find((input) => input.name === name)?.usual ?? '') : given
  }
  const installFolder = absolute(value('installFolder'), 'Folder of kiok on the hosts')
  const given = value('dataFolder')
  const worker = value('worker')
  return {
    connection,
    masters: [first, ...others],
    worker: worker === '' ? first : { address: worker, ssh },
    installFolder,
    dataFolder: given === '' ? `${installFolder}/data` : absolute(given, 'Data folder'),
    osUser: value('osUser'),
    javaHome: value('javaHome'),
    zooKeeper: zooKeeperOf(value('zooKeeper')),
    zkRoot: rootPath(value('zkRoot')),
    iterations: whole(value('iterations')),
  }
}

/** No sudo where the login is that user already. */
export function userOn({ osUser }: Pick<KiokSite, 'osUser'>, { address }: HostAccess): string | undefined {
  return address.startsWith(`${osUser}@`) ? undefined : osUser
}

export function as(user: string | undefined): { readonly asUser?: string } {
  return user === undefined ? {} : { asUser: user }
}

function absolute(path: string, label: string): string {
  if (/^\/[^\0\n]*$/.test(path)) return path.replace(/(?<=.)\/+$/, '')
  throw unfit(`${label} is no absolute path.`)
}

function zooKeeperOf(list: string): readonly string[] {
  const members = list.split(',').map((member) => member.trim())
  if (members.every((member) => /^[\w.-]+:\d{1,5}$/.test(member))) return members
  throw unfit('ZooKeeper is a list of host:port, with commas between.')
}

function rootPath(path: string): string {
  if (/^(\/[\w.-]+)+$/.test(path)) return path
  throw unfit('The root path in ZooKeeper begins with / and has plain names.')
}

function whole(text: string): string {
  if (/^[1-9]\d{0,9}$/.test(text)) return text
  throw unfit('The number of PBKDF2 iterations is a whole number.')
}

export function unfit(why: string): HoldfastError {
  return new HoldfastError('usage', {
    what: 'The runbook cannot be begun with this.',
    why,
    unchanged: 'Nothing was changed.',
    next: 'Mend the connection of the cluster or what was given.',
  })
}
