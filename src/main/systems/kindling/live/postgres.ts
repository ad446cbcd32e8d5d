import type { ZodType } from 'zod'
import type { Probe } from '../../../../shared/contract/masters.ts'
import { ask, notAsked, type Question } from '../../../engine/live/ask.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import type { BackupTool } from './backup-tool.ts'
import type { KindlingConnection } from './connection.ts'
import { psql } from './psql.ts'
import { answerOf, settings, stale, staleAnswer, type Settings } from './postgres-answers.ts'
import type { Asking } from './tool-probes.ts'

/** Source (internal/listener): every process opens a slot `kindling_listener_…`, and the role owns the tables. */
const settingsQuery = `SELECT json_build_object(
 'walLevel', current_setting('wal_level'),
 'slots', current_setting('max_replication_slots')::int,
 'usedSlots', (SELECT count(*) FROM pg_replication_slots),
 'senders', current_setting('max_wal_senders')::int,
 'inRecovery', pg_is_in_recovery(),
 'listeners', (SELECT count(*) FROM pg_replication_slots WHERE active AND slot_name LIKE 'kindling\\_listener\\_%'),
 'published', (SELECT json_agg(tablename) FROM pg_publication_tables WHERE pubname = 'kindling_changes'),
 'hasPublication', EXISTS (SELECT FROM pg_publication WHERE pubname = 'kindling_changes'),
 'role', (SELECT json_build_object('name', rolname, 'mayReplicate', rolreplication OR rolsuper) FROM pg_roles
  WHERE oid = (SELECT relowner FROM pg_class WHERE oid = to_regclass('servers'))),
 'hasOperations', to_regclass('project_volume_operations') IS NOT NULL)`

/** Source (volumeops/handler.go): what waits beyond 2 min is swept up, what runs beyond 45 min is failed. */
const staleQuery = `SELECT json_build_object('pending', count(*) FILTER (WHERE status = 'pending'),
 'running', count(*) FILTER (WHERE status = 'running')) FROM project_volume_operations
 WHERE (status = 'pending' AND created_at < now() - interval '2 minutes')
 OR (status = 'running' AND coalesce(started_at, created_at) < now() - interval '45 minutes')`

/** How psql is run: as the user of the backup tool. */
interface Reaching extends Pick<KindlingConnection, 'postgres'> {
  readonly tool: Pick<BackupTool, 'userOn'>
}

export function postgresQuestions(of: string): readonly Question[] {
  const question = (id: string, words: string): Question => ({ id, of, question: words, mark: 'source' })
  return [
    question('postgres', 'PostgreSQL'),
    question('walLevel', 'WAL level'),
    question('slots', 'Replication slots'),
    question('role', 'Role'),
    question('publication', 'Publication'),
    question('operations', 'Volume operations'),
  ]
}

/** What kindling needs of its database; one read-only query answers all but the last. */
export async function probePostgres(host: RemoteHost, reaching: Reaching, asking: Asking): Promise<void> {
  const { clock, signal, emit } = asking
  const [server, ...others] = postgresQuestions(host.name)
  if (server === undefined) return
  let seen: Settings | null = null
  emit(
    await ask(server, clock, async () => {
      const told = await query(settingsQuery, settings, host, reaching, signal)
      seen = told
      return told.inRecovery
        ? {
            state: 'bad',
            answer: 'It is a standby: kindling cannot write there.',
            evidence: 'pg_is_in_recovery() = t',
            next: 'Find the primary; promote this one only if that is gone for good.',
          }
        : { state: 'ok', answer: 'It answers, and is a primary.', evidence: 'pg_is_in_recovery() = f' }
    }),
  )
  for (const question of others) emit(await askOfSettings(question, seen, host, reaching, asking))
}

async function askOfSettings(
  question: Question,
  told: Settings | null,
  host: RemoteHost,
  reaching: Reaching,
  { clock, signal }: Asking,
): Promise<Probe> {
  if (told === null) return notAsked(question, 'PostgreSQL does not answer.', clock)
  return ask(
    question,
    clock,
    async () =>
      question.id === 'operations' && told.hasOperations
        ? staleAnswer(await query(staleQuery, stale, host, reaching, signal))
        : answerOf(question.id, told),
    // The user of the tool may read settings and still not this table.
    'warning',
  )
}

async function query<T>(
  sql: string,
  schema: ZodType<T>,
  host: RemoteHost,
  { postgres, tool }: Reaching,
  signal: AbortSignal,
): Promise<T> {
  return psql(sql, schema, { host, postgres, user: tool.userOn(host), mayWrite: false }, signal)
}
