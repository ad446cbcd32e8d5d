import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import type { ConnectionValues } from '../../../src/shared/contract/connection-fields.ts'
import {
  newLoginKey,
  startAnsweringHost,
  type AnsweringHost,
  type HeardCommand,
  type HostAnswer,
} from '../answering-host.ts'
import { startKindlingApi } from './kindling-api.ts'
import { listedBackups } from './kindling-backup.ts'

export interface KindlingHostsOptions {
  /** The folder that pgBackRest's repository is. */
  readonly repository: string
  /** Where the key lies that logs in; written anew. */
  readonly keyFile: string
  /** Of a platform administrator. */
  readonly token: string
  /** Writes a backup into the repository, and into what backup.info lists. */
  readonly takeBackup: (type: 'full' | 'incr') => Promise<void>
}

export interface KindlingHosts {
  /** But for the API key. */
  readonly values: ConnectionValues
  /** Backups that were asked for, of the database and of volumes. */
  changes(): number
  /** Every connection breaks once the next backup has begun. */
  breakNextBackup(): void
  kill(): Promise<void>
}

/**
 * Two hosts of a kindling and its API without any of its parts: they say what systemd, psql and pgBackRest say of a site that is whole, and what
 * lies in the repository. They take backups, and do nothing else.
 */
export async function startKindlingHosts({
  repository,
  keyFile,
  token,
  takeBackup,
}: KindlingHostsOptions): Promise<KindlingHosts> {
  let changes = 0
  let breaksNext = false
  const hosts: AnsweringHost[] = []
  const begins = (): boolean => {
    const isLost = breaksNext
    changes += 1
    breaksNext = false
    return isLost
  }

  async function backUp(args: readonly string[]): Promise<HostAnswer> {
    if (begins()) for (const host of hosts) host.cut()
    else await takeBackup(args.includes('--type=full') ? 'full' : 'incr')
    return {}
  }

  async function pgBackRest(args: readonly string[]): Promise<HostAnswer> {
    const verb = args.find((arg) => !arg.startsWith('-'))
    if (verb === 'info') return { stdout: JSON.stringify([await stanzaIn(repository)]) }
    if (verb === 'check') return {}
    return verb === 'backup' ? backUp(args) : nothingElse
  }

  async function answer(host: number, { argv: [program, ...args] }: HeardCommand): Promise<HostAnswer> {
    if (program === 'true') return {}
    if (program === 'pgbackrest' && host === 0) return pgBackRest(args)
    if (program === 'psql' && host === 0) return psql(args.at(-1) ?? '')
    if (program === 'systemctl' && args[0] === 'show') return { stdout: units(args) }
    if (program === '/bin/sh' && args[1]?.includes('postgres.dsn')) return files(args.at(-1) ?? '', host)
    return nothingElse
  }

  const login = newLoginKey()
  await writeFile(keyFile, login.private, { mode: 0o600 })
  for (const place of [0, 1])
    hosts.push(await startAnsweringHost(login, async (command) => answer(place, command)))
  const api = await startKindlingApi({
    accounts: { answer: () => false, isAccepted: (authorization) => authorization === `Bearer ${token}` },
    repository,
    changes: begins,
  })
  const addresses = hosts.map(({ port }) => `postgres@127.0.0.1:${port}`)
  return {
    values: {
      hosts: addresses,
      ssh: {
        keyFiles: [keyFile],
        hostKeys: hosts.map(({ fingerprint }, place) => ({ host: addresses[place] ?? '', fingerprint })),
      },
      api: [api.url],
    },
    changes: () => changes,
    breakNextBackup() {
      breaksNext = true
    },
    async kill() {
      await Promise.all([api.close(), ...hosts.map(async (host) => host.close())])
    },
  }
}

const nothingElse: HostAnswer = {
  code: 1,
  stderr: 'This host is none: it answers questions and takes backups, and runs nothing else.\n',
}

/** As `pgbackrest info --output=json` tells it (source: command/info/info.c), from the list in the repository. */
async function stanzaIn(repository: string): Promise<unknown> {
  const listed = Object.entries(await listedBackups(repository))
  return {
    name: 'kindling',
    status: { code: 0, message: 'ok', lock: { backup: { held: false } } },
    backup: listed.map(([label, line]) => {
      const told = JSON.parse(line) as Readonly<Record<string, unknown>>
      return {
        label,
        type: told['backup-type'],
        error: told['backup-error'],
        timestamp: { start: told['backup-timestamp-start'], stop: told['backup-timestamp-stop'] },
      }
    }),
  }
}

const publishedTables = [
  'deployments',
  'deployment_instances',
  'projects',
  'builds',
  'ci_jobs',
  'vms',
  'domains',
  'servers',
  'preview_environments',
  'instance_migrations',
  'project_volume_operations',
]

/** Of the two questions that are asked of the database before anything else. */
function psql(sql: string): HostAnswer {
  if (sql.includes("current_setting('wal_level')")) {
    const told = {
      walLevel: 'logical',
      slots: 10,
      usedSlots: 2,
      senders: 10,
      inRecovery: false,
      listeners: 2,
      published: publishedTables,
      hasPublication: true,
      role: { name: 'kindling', mayReplicate: true },
      hasOperations: true,
    }
    return { stdout: JSON.stringify(told) }
  }
  return sql.includes('FROM project_volume_operations')
    ? { stdout: JSON.stringify({ pending: 0, running: 0 }) }
    : nothingElse
}

/** A host that runs the api and a worker. */
function units(args: readonly string[]): string {
  const asked = args.filter((arg) => arg.endsWith('.service'))
  return asked
    .map((unit) =>
      /^kindling@(api|worker)\.service$/.test(unit)
        ? `NRestarts=0\nId=${unit}\nLoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nDropInPaths=\n`
        : `NRestarts=0\nId=${unit}\nLoadState=not-found\nActiveState=inactive\nSubState=dead\nUnitFileState=\nDropInPaths=\n`,
    )
    .join('\n')
}

/** The same DSN and master key on both, and an id for each: as hashes over the salt, where they are compared. */
function files(salt: string, host: number): HostAnswer {
  const hash = (content: string): string => createHash('sha256').update(`${salt}${content}`).digest('hex')
  const lines = [
    `dsn ${hash('the DSN')} 0 0`,
    `key ${hash('the master key')} 32`,
    `id 00000000-0000-4000-8000-00000000000${host}`,
    'end',
  ]
  return { stdout: `${lines.join('\n')}\n` }
}
