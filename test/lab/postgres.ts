import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { appendFile, chown, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { mountSmallDisk, unmount } from './small-disk.ts'

const run = promisify(execFile)
const programs = '/usr/lib/postgresql/15/bin'

/** Null where a PostgreSQL 15 with pgBackRest can be started here; else why not. */
export function postgresProblem(): string | null {
  if (process.getuid?.() !== 0) return 'becoming the user postgres takes root'
  for (const program of [`${programs}/initdb`, '/usr/bin/pgbackrest', '/usr/bin/psql']) {
    if (!existsSync(program)) return `there is no ${program} (Debian: postgresql-15, pgbackrest)`
  }
  return null
}

export interface LabPostgres {
  /** As psql reaches it: a folder with its socket. */
  readonly connection: string
  readonly repository: string
  /** PGDATA. */
  readonly dataFolder: string
  /** Of pgBackRest; its stanza is `kindling`. */
  readonly config: string
  /** Holds what pgBackRest takes before a backup. */
  readonly lockFile: string
  sql(statements: string, database?: string): Promise<string>
  pgBackRest(...args: readonly string[]): Promise<string>
  /** Reads the changes of a publication through a slot, as a program that listens to them does, until the server stops. */
  listen(slot: string, publication: string): Promise<void>
  /** Where its file system begins, if it has one of its own. */
  readonly disk: string | null
  /** As a host that dies: nothing of it is removed. */
  end(): Promise<void>
  /** Where it does not run. */
  begin(): Promise<void>
  stop(): Promise<void>
}

/** A cluster at rest, to be copied: making one takes longer than copying it. */
export interface PostgresTemplate {
  /** `options`: further lines of pgBackRest's `[global]`. `diskBytes`: of a small file system of its own. */
  start(options?: readonly string[], diskBytes?: number): Promise<LabPostgres>
  remove(): Promise<void>
}

/** PostgreSQL 15 in a folder of its own, run by the user postgres: small, without fsync, on a socket alone; with an archive. */
export async function postgresTemplate(
  database: string,
  statements: string,
  first: (postgres: LabPostgres) => Promise<void>,
): Promise<PostgresTemplate> {
  const template = await emptyFolder()
  await asPostgres(`${programs}/initdb`, [
    `--pgdata=${join(template, 'data')}`,
    '--auth=trust',
    '--no-sync',
    '--username=postgres',
    '--encoding=UTF8',
    '--no-instructions',
  ])
  const made = await started(template, [], null)
  await made.sql(`CREATE DATABASE ${database}`, 'postgres')
  await made.sql(statements, database)
  await first(made)
  await stopIn(template, 'fast')
  return {
    async start(options = [], diskBytes) {
      const folder = await emptyFolder()
      if (diskBytes !== undefined) mountSmallDisk(folder, diskBytes)
      await cp(template, folder, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })
      await run('chown', ['-R', 'postgres:postgres', folder])
      return started(folder, options, diskBytes === undefined ? null : folder)
    },
    remove: async () => rm(template, { recursive: true, force: true }),
  }
}

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-pg-'))
  const { stdout } = await run('id', ['-u', 'postgres'])
  await chown(folder, Number(stdout), -1)
  return folder
}

async function started(
  folder: string,
  options: readonly string[],
  disk: string | null,
): Promise<LabPostgres> {
  const path = (name: string): string => join(folder, name)
  const config = path('pgbackrest.conf')
  for (const name of ['repo', 'lock', 'log']) await mkdir(path(name), { recursive: true })
  await writeFile(
    config,
    [
      '[global]',
      `repo1-path=${path('repo')}`,
      'repo1-retention-full=2',
      `log-path=${path('log')}`,
      `lock-path=${path('lock')}`,
      'log-level-file=off',
      'start-fast=y',
      ...options,
      '[kindling]',
      `pg1-path=${path('data')}`,
      `pg1-socket-path=${folder}`,
      '',
    ].join('\n'),
  )
  const own = '# The lab:'
  const usual = (await readFile(path('data/postgresql.conf'), 'utf8')).split(own)[0] ?? ''
  await writeFile(
    path('data/postgresql.conf'),
    [
      `${usual}${own}`,
      "listen_addresses = ''",
      `unix_socket_directories = '${folder}'`,
      'fsync = off',
      'synchronous_commit = off',
      'full_page_writes = off',
      'shared_buffers = 1MB',
      'max_connections = 12',
      'wal_level = logical',
      'archive_mode = on',
      `archive_command = 'pgbackrest --config=${config} --stanza=kindling archive-push %p'`,
      '',
    ].join('\n'),
  )
  await run('chown', ['-R', 'postgres:postgres', folder])
  const start = async (): Promise<unknown> =>
    asPostgres(`${programs}/pg_ctl`, [
      'start',
      '--wait',
      `--pgdata=${path('data')}`,
      `--log=${path('log/postgres.log')}`,
    ])
  await start()
  const sql = async (statements: string, database = 'kindling'): Promise<string> => {
    return asPostgres('psql', [
      '-XAtqw',
      '-v',
      'ON_ERROR_STOP=1',
      '-h',
      folder,
      '-d',
      database,
      '-c',
      statements,
    ])
  }
  const stopNow = (): void => void stopIn(folder)
  process.once('exit', stopNow)
  return {
    connection: `host=${folder} dbname=kindling`,
    repository: path('repo'),
    dataFolder: path('data'),
    config,
    lockFile: path('lock/kindling-backup.lock'),
    disk,
    sql,
    pgBackRest: async (...args) =>
      asPostgres('pgbackrest', [`--config=${config}`, '--stanza=kindling', ...args]),
    async listen(slot, publication) {
      await sql(`SELECT pg_create_logical_replication_slot('${slot}', 'pgoutput')`)
      spawn(
        'runuser',
        [
          '-u',
          'postgres',
          '--',
          `${programs}/pg_recvlogical`,
          '--start',
          '--no-loop',
          '--file=/dev/null',
          '--dbname=kindling',
          `--host=${folder}`,
          `--slot=${slot}`,
          '--option=proto_version=1',
          `--option=publication_names=${publication}`,
        ],
        { stdio: 'ignore', cwd: '/' },
      )
      const isActive = `SELECT active FROM pg_replication_slots WHERE slot_name = '${slot}'`
      while ((await sql(isActive)) !== 't');
    },
    end: async () => stopIn(folder),
    async begin() {
      const isThere = await sql('SELECT 1', 'postgres').then(
        () => true,
        () => false,
      )
      if (!isThere) await start()
    },
    async stop() {
      process.off('exit', stopNow)
      // A test may have stopped it already.
      await stopIn(folder).catch(() => undefined)
      if (disk !== null) unmount(disk)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A standby that follows it, in a folder of its own, through its socket; it archives nothing. */
export async function standbyOf(
  primary: LabPostgres,
): Promise<Pick<LabPostgres, 'connection' | 'sql' | 'stop'>> {
  const folder = await emptyFolder()
  const data = join(folder, 'data')
  const [host = ''] = primary.connection.split(' ')
  await asPostgres(`${programs}/pg_basebackup`, [
    `--pgdata=${data}`,
    `--dbname=${host}`,
    '--checkpoint=fast',
    '--write-recovery-conf',
  ])
  await appendFile(
    join(data, 'postgresql.conf'),
    `unix_socket_directories = '${folder}'\narchive_mode = off\n`,
  )
  await asPostgres(`${programs}/pg_ctl`, ['start', '--wait', `--pgdata=${data}`, `--log=${folder}/log`])
  const stopNow = (): void => void stopIn(folder)
  process.once('exit', stopNow)
  return {
    connection: `host=${folder} dbname=kindling`,
    sql: async (statements, database = 'kindling') =>
      asPostgres('psql', ['-XAtqw', '-v', 'ON_ERROR_STOP=1', '-h', folder, '-d', database, '-c', statements]),
    async stop() {
      process.off('exit', stopNow)
      await stopIn(folder).catch(() => undefined)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** `immediate` loses what was not written yet. */
async function stopIn(folder: string, mode: 'fast' | 'immediate' = 'immediate'): Promise<void> {
  await asPostgres(`${programs}/pg_ctl`, ['-D', join(folder, 'data'), '-m', mode, '-w', 'stop'])
}

async function asPostgres(program: string, args: readonly string[]): Promise<string> {
  // Its output goes to files where a server stays behind: an inherited pipe would never end.
  const { stdout } = await run('runuser', ['-u', 'postgres', '--', program, ...args], { cwd: '/' })
  return stdout.trim()
}
