import * as z from 'zod'
import { HoldfastError } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { bytesWords, countOf, countWords } from '../../../../shared/domain/size-words.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import { asUser, endWords, saidBy } from '../live/on-host.ts'
import { psql } from '../live/psql.ts'
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
  const user = asUser(host.name, databaseUser(site)).asUser ?? null
  const reached = { host, postgres: trialConnection(site, trial), user, mayWrite: false }
  const { signal } = site.session
  const told = await psql(standingQuery, standing, reached, signal)
  if (told.folder !== dataOf(trial) || told.archives !== 'off') {
    throw new HoldfastError('target.refused', {
      what: `Another server than the one of the drill answers on ${host.name}.`,
      why: `It has ${printable(told.folder)}.`,
      unchanged: 'It was asked how it is, and nothing else.',
      next: 'Check how the connection says that PostgreSQL is reached.',
    })
  }
  if (told.inRecovery) return { failed: 'PostgreSQL answers, and has not left recovery.' }
  const counted = await countRows(reached, signal)
  if (typeof counted === 'string') return { failed: counted }
  return {
    failed: null,
    databases: told.databases,
    sizeBytes: told.sizeBytes,
    seen: [
      `PostgreSQL ${printable(told.version)} left recovery and goes on in timeline ${told.timeline}.${told.lastChange === null ? '' : ` The last change in it was committed at ${told.lastChange}.`}`,
      `${countOf(told.databases, 'database')}, ${bytesWords(told.sizeBytes)}; ${printable(told.database)} has ${countOf(counted.tables, 'table')} with ${countWords(counted.rows)} rows, and each was read.`,
      `${countOf(told.publications, 'publication')}; ${countOf(told.replicators, 'role')} may log in to replicate.`,
    ],
  }
}

/** A sentence where the tables cannot be read. */
async function countRows(
  {
    host,
    postgres,
    user,
  }: { readonly host: RemoteHost; readonly postgres: string; readonly user: string | null },
  signal: AbortSignal,
): Promise<z.infer<typeof countsForm> | string> {
  const output = await host.run(
    {
      argv: ['psql', '-XAtqw', '-v', 'ON_ERROR_STOP=1', '-d', postgres, '-c', countQuery],
      ...(user !== null && { asUser: user }),
      environment: { PGCONNECT_TIMEOUT: '10', PGOPTIONS: '-c default_transaction_read_only=on' },
      deadlineMs: readAllMs,
    },
    signal,
  )
  if (output.code !== 0)
    return `Its tables cannot be read: psql ended with ${endWords(output)}. ${saidBy(output)}`
  return countsForm.parse(JSON.parse(output.stdout))
}
