import * as z from 'zod'
import { HoldfastError } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { bytesWords, countOf, countWords } from '../../../../shared/domain/size-words.ts'
import type { CommandOutput, RemoteHost } from '../../../ports/remote-host.ts'
import { asUser, commandFailed, endWords, jsonOf, saidBy } from '../live/on-host.ts'
import { databaseUser, type Site } from '../restore/site.ts'
import { dataOf, trialConnection, type Trial } from './trial-site.ts'

const standing = z.object({
  folder: z.string(),
  archives: z.string(),
  database: z.string(),
  version: z.string(),
  inRecovery: z.boolean(),
  timeline: z.int(),
  lastChange: z.string().nullable(),
  databases: z.int(),
  sizeBytes: z.int(),
  publications: z.int(),
  replicators: z.int(),
})

/** From source (xlogfuncs.c): the time of the last replayed commit is still told after recovery. */
const standingQuery = `SELECT json_build_object(
 'folder', current_setting('data_directory'), 'archives', current_setting('archive_mode'),
 'database', current_database(), 'version', current_setting('server_version'),
 'inRecovery', pg_is_in_recovery(), 'timeline', (SELECT timeline_id FROM pg_control_checkpoint()),
 'lastChange', to_char(pg_last_xact_replay_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
 'databases', (SELECT count(*) FROM pg_database WHERE NOT datistemplate),
 'sizeBytes', (SELECT sum(pg_database_size(oid)) FROM pg_database),
 'publications', (SELECT count(*) FROM pg_publication),
 'replicators', (SELECT count(*) FROM pg_roles WHERE rolreplication AND rolcanlogin))`

const countsForm = z.object({ tables: z.int(), rows: z.int() })

/** Every row of every table is read; views and foreign tables are not. */
const countQuery = `SELECT json_build_object('tables', count(*), 'rows', coalesce(sum(
 (xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM %I.%I', n.nspname, c.relname), false, true, '')))[1]::text::bigint), 0))
 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'm') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'`

const readAllMs = 6 * 60 * 60_000

/** What came of asking the restored database; `failed` where it cannot be read. */
export type TrialAnswer =
  | {
      readonly failed: null
      readonly databases: number
      readonly sizeBytes: number
      readonly seen: readonly string[]
    }
  | { readonly failed: string }

export async function askTrial(site: Site, host: RemoteHost, trial: Trial): Promise<TrialAnswer> {
  const stood = await ask(standingQuery, site, host, trial)
  if (stood.code !== 0) {
    throw commandFailed(host, 'psql', stood, {
      unchanged: 'Neither the cluster nor its backups were touched.',
      next: 'The user of PostgreSQL has to be a role of the database; the connection names a database that the backup has.',
    })
  }
  const told = standing.parse(jsonOf(stood.stdout, 'psql', host))
  if (told.folder !== dataOf(trial) || told.archives !== 'off') {
    throw new HoldfastError('target.refused', {
      what: `Another server than the one of the drill answers on ${host.name}.`,
      why: `It has ${printable(told.folder)}.`,
      unchanged: 'It was asked how it is, and nothing else.',
      next: 'Check how the connection says that PostgreSQL is reached.',
    })
  }
  if (told.inRecovery) return { failed: 'PostgreSQL answers, and has not left recovery.' }
  const counted = await ask(countQuery, site, host, trial)
  if (counted.code !== 0) {
    return { failed: `Its tables cannot be read: psql ended with ${endWords(counted)}. ${saidBy(counted)}` }
  }
  const { tables, rows } = countsForm.parse(jsonOf(counted.stdout, 'psql', host))
  return {
    failed: null,
    databases: told.databases,
    sizeBytes: told.sizeBytes,
    seen: [
      `PostgreSQL ${printable(told.version)} left recovery and goes on in timeline ${told.timeline}.${told.lastChange === null ? '' : ` The last change in it was committed at ${told.lastChange}.`}`,
      `${countOf(told.databases, 'database')}, ${bytesWords(told.sizeBytes)}; ${printable(told.database)} has ${countOf(tables, 'table')} with ${countWords(rows)} rows, and each was read.`,
      `${countOf(told.publications, 'publication')}; ${countOf(told.replicators, 'role')} may log in to replicate.`,
    ],
  }
}

/** One statement in a session that may change nothing; a large database takes its time. */
async function ask(sql: string, site: Site, host: RemoteHost, trial: Trial): Promise<CommandOutput> {
  return host.run(
    {
      argv: ['psql', '-XAtqw', '-v', 'ON_ERROR_STOP=1', '-d', trialConnection(site, trial), '-c', sql],
      ...asUser(host.name, databaseUser(site)),
      environment: { PGCONNECT_TIMEOUT: '10', PGOPTIONS: '-c default_transaction_read_only=on' },
      deadlineMs: readAllMs,
    },
    site.session.signal,
  )
}
