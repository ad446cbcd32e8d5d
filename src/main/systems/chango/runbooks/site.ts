import { HoldfastError } from '../../../../shared/domain/error.ts'
import type { HostAccess } from '../../../engine/runbook/on-host.ts'
import { parseConnection } from '../../../engine/live/parse-connection.ts'
import type { RunbookSetting } from '../../../ports/runbook.ts'
import { changoConnection, type ChangoConnection } from '../live/connection.ts'
import { usualOf, type InputName } from './inputs.ts'

/** A chango cluster on its hosts, as its connection and the inputs have it. */
export interface Site {
  readonly name: string
  readonly config: ChangoConnection
  readonly hosts: readonly HostAccess[]
  /** The master on it is the one that is restored and started first. */
  readonly first: HostAccess
  readonly others: readonly HostAccess[]
  readonly user: string
  readonly home: string
  readonly data: string
  /** Null: to be found. */
  readonly base: string | null
  readonly javaHome: string
  readonly zookeeper: string
  readonly root: string
  readonly ports: readonly number[]
  readonly components: string
  readonly logs: string
  /** Who restores where both can. */
  readonly by: 'chango' | 'holdfast'
}

/** Throws `usage` or `connection.invalid` with what does not fit. */
export function siteOf({ cluster, inputs }: RunbookSetting): Site {
  const value = (name: InputName): string => {
    const given = (inputs[name] ?? '').trim()
    return given === '' ? usualOf(name) : given
  }
  if (cluster.connection === null) {
    throw unfit(
      `The masters of ${cluster.name} are not known here.`,
      'Save their addresses and hosts under Connection.',
    )
  }
  const config = parseConnection('chango', changoConnection, cluster.connection)
  const hosts = config.hosts.map((address) => ({ address, ssh: config.ssh }))
  const wanted = value('host')
  const first = wanted === '' ? hosts[0] : hosts.find(({ address }) => address === wanted)
  if (first === undefined) {
    throw wanted === ''
      ? unfit(`No host of ${cluster.name} is known here.`, 'Save the hosts of the masters under Connection.')
      : unfit(
          `${wanted} is none of the hosts of ${cluster.name}.`,
          `Choose one of ${config.hosts.join(', ')}.`,
        )
  }
  return {
    name: cluster.name,
    config,
    hosts: [first, ...hosts.filter((host) => host !== first)],
    first,
    others: hosts.filter((host) => host !== first),
    user: fitting('user', value('user'), /^[A-Za-z_][\w.-]*$/, 'the name of an account'),
    home: folder('home', value('home')),
    data: folder('data', value('data')),
    base: value('base') === '' ? null : folder('base', value('base')),
    javaHome: folder('javaHome', value('javaHome')),
    zookeeper: fitting(
      'zookeeper',
      value('zookeeper'),
      /^$|^[\w.-]+:\d{1,5}(,[\w.-]+:\d{1,5})*$/,
      'HOST:PORT,HOST:PORT',
    ),
    root: fitting('root', value('root'), /^(\/[\w.-]+)+$/, 'a path of ZooKeeper, such as /chango'),
    ports: fitting('ports', value('ports'), /^\d{1,5}(,\d{1,5})*$/, 'numbers with commas between them')
      .split(',')
      .map(Number),
    components: folder('components', value('components')),
    logs: folder('logs', value('logs')),
    by:
      fitting('by', value('by'), /^(chango|holdfast)$/, '“chango” or “holdfast”') === 'chango'
        ? 'chango'
        : 'holdfast',
  }
}

/** The same with the first host alone. */
export function oneHost(site: Site): Site {
  return { ...site, hosts: [site.first], others: [] }
}

/** A number that stands for the host in names of steps and of what was learnt. */
export function placeOf(host: HostAccess, { hosts }: Pick<Site, 'hosts'>): number {
  return hosts.indexOf(host) + 1
}

function folder(name: InputName, text: string): string {
  const parts = text.replace(/\/+$/, '').split('/').slice(1)
  const isFit =
    text.startsWith('/') &&
    parts.length > 0 &&
    parts.every((part) => part !== '' && part !== '.' && part !== '..') &&
    !/[\p{Cc}\\'"]/u.test(text)
  if (!isFit) throw unfit(`${name} is not a folder written from the root: ${JSON.stringify(text)}.`)
  return `/${parts.join('/')}`
}

function fitting(name: InputName, text: string, pattern: RegExp, form: string): string {
  if (pattern.test(text)) return text
  throw unfit(`${name} is not ${form}: ${JSON.stringify(text)}.`)
}

function unfit(what: string, next = 'Mend this input and begin again.'): HoldfastError {
  return new HoldfastError('usage', { what, unchanged: 'Nothing was begun.', next })
}
