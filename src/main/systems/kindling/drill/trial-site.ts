import { HoldfastError } from '../../../../shared/domain/error.ts'
import type { KindlingConnection } from '../live/connection.ts'
import { closedConnection, type Site } from '../restore/site.ts'

/** Where a backup is restored for trial: a host, and a folder of its own there that nothing else uses. */
export interface Trial {
  readonly config: KindlingConnection
  readonly address: string
  /** In which the folder of the trial is made. */
  readonly above: string
  readonly dir: string
}

export const trialPrefix = 'holdfast-drill-'
/** Of a socket's path, with what ends it (documented: unix(7), 108 bytes with the last NUL). */
const longestSocket = 107 - '/run/.s.PGSQL.5432'.length

/** Throws `usage`. `id`: of the drill, the same where it is begun anew. */
export function trialOf(
  config: KindlingConnection,
  { id, address, above }: { readonly id: string; readonly address: string; readonly above: string },
): Trial {
  const folder = above.replace(/\/+$/, '')
  const dir = `${folder}/${trialPrefix}${id.replaceAll(/[^a-z0-9]/g, '').slice(-12)}`
  // A shell, pgBackRest's configuration and PostgreSQL's options read it, each in another way.
  const isPlain = /^(?:\/[\w.-]+)+$/.test(folder) && !/\/\.\.?(?:\/|$)/.test(folder)
  const why = !/^[\w./-]*$/.test(config.toolConfig)
    ? 'The path of the tool’s configuration has letters that a command for archived WAL cannot hold.'
    : !isPlain
      ? 'It has to be a path from the root, of letters, digits, dots, dashes and underscores.'
      : dir.length > longestSocket
        ? 'It is too long: the path of a socket in it has to fit into 107 bytes.'
        : null
  if (why === null) return { config, address, above: folder, dir }
  throw new HoldfastError('usage', {
    what: `${JSON.stringify(above)} is no folder for a drill.`,
    why,
    unchanged: 'Nothing was begun.',
    next: 'Name a folder of that host, such as /var/tmp/drills.',
  })
}

export function dataOf({ dir }: Pick<Trial, 'dir'>): string {
  return `${dir}/data`
}

/**
 * How psql reaches the server of the trial: its socket, whatever the connection of the cluster says besides, as the role that owns it,
 * which may read everything.
 */
export function trialConnection(site: Pick<Site, 'config'>, { dir }: Pick<Trial, 'dir'>): string {
  const kept = closedConnection(site)
    .split(/\s+/)
    .filter((part) => part !== '' && !/^(?:host|hostaddr|port|user|service|sslmode)=/.test(part))
  return [...kept, `host=${dir}/run`, 'port=5432'].join(' ')
}
