import * as z from 'zod'
import { countOf } from '../../../../shared/domain/size-words.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { ask, notAsked, type Answer, type Question } from '../../../engine/live/ask.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import type { KindlingConnection } from './connection.ts'
import { asUser, commandFailed, jsonOf, notUnderstood } from './on-host.ts'
import type { Asking } from './tool-probes.ts'

const deadlineMs = 20_000

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

const settings = z.object({
  walLevel: z.string(),
  slots: z.int(),
  usedSlots: z.int(),
  senders: z.int(),
  inRecovery: z.boolean(),
  listeners: z.int(),
  published: z.array(z.string()).nullable(),
  hasPublication: z.boolean(),
  role: z.object({ name: z.string(), mayReplicate: z.boolean() }).nullable(),
  hasOperations: z.boolean(),
})
type Settings = z.infer<typeof settings>
const stale = z.object({ pending: z.int(), running: z.int() })

/** Source (internal/listener/listener.go): the tables of the publication. */
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

type Connection = Pick<KindlingConnection, 'postgres' | 'toolUser' | 'tool'>

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
export async function probePostgres(host: RemoteHost, config: Connection, asking: Asking): Promise<void> {
  const { clock, signal, emit } = asking
  const [server, ...others] = postgresQuestions(host.name)
  if (server === undefined) return
  if (config.postgres === '') {
    for (const question of [server, ...others])
      emit(notAsked(question, 'The connection does not say how.', clock))
    return
  }
  let seen: Settings | null = null
  emit(
    await ask(server, clock, async () => {
      const told = await query(settingsQuery, settings, host, config, signal)
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
  const told: Settings | null = seen
  for (const question of others) {
    if (told === null) emit(notAsked(question, 'PostgreSQL does not answer.', clock))
    else
      emit(
        await ask(question, clock, async () =>
          question.id === 'operations' && settingsOf(told).hasOperations
            ? staleAnswer(await query(staleQuery, stale, host, config, signal))
            : answerOf(question.id, told),
        ),
      )
  }
}

const settingsOf = (told: Settings): Settings => told

function answerOf(id: string, told: Settings): Answer {
  switch (id) {
    case 'walLevel':
      return walLevelAnswer(told)
    case 'slots':
      return slotsAnswer(told)
    case 'role':
      return roleAnswer(told)
    case 'publication':
      return publicationAnswer(told)
    default:
      return { state: 'unknown', answer: 'Its table is not in this database.' }
  }
}

function walLevelAnswer({ walLevel }: Settings): Answer {
  const evidence = `wal_level = ${printable(walLevel)}`
  return walLevel === 'logical'
    ? { state: 'ok', answer: 'It is logical.', evidence }
    : {
        state: 'bad',
        answer: 'It is not logical: no process of kindling hears of changes.',
        evidence,
        next: 'Set wal_level = logical and restart PostgreSQL.',
      }
}

/** Source (install-host-deps.sh): 10 of each. Every process needs one of each. */
function slotsAnswer({ slots, usedSlots, senders, listeners }: Settings): Answer {
  const evidence = `max_replication_slots = ${slots}, max_wal_senders = ${senders}, slots in use ${usedSlots}`
  if (slots === 0 || senders === 0) {
    return {
      state: 'bad',
      answer: 'PostgreSQL allows none.',
      evidence,
      next: 'Set max_replication_slots and max_wal_senders to 10 and restart PostgreSQL.',
    }
  }
  if (usedSlots >= slots) {
    return {
      state: 'warning',
      answer: `All ${slots} are in use: a process that starts gets none.`,
      evidence,
      next: 'Raise max_replication_slots, or drop a slot that nobody reads.',
    }
  }
  return {
    state: 'ok',
    answer: `${countOf(listeners, 'process', 'processes')} of kindling listen; ${usedSlots} of ${slots} are in use.`,
    evidence,
  }
}

/** Source (contrib): the installer of packages makes the role without REPLICATION. */
function roleAnswer({ role }: Settings): Answer {
  if (role === null) {
    return {
      state: 'warning',
      answer: 'This database has no tables of kindling.',
      evidence: "to_regclass('servers') is null",
      next: 'Check the name of the database in the connection.',
    }
  }
  const name = printable(role.name)
  return role.mayReplicate
    ? { state: 'ok', answer: `${name}, which owns the tables, may replicate.`, evidence: 'pg_roles' }
    : {
        state: 'bad',
        answer: `${name}, which owns the tables, may not replicate: no process hears of changes.`,
        evidence: 'pg_roles: neither rolreplication nor rolsuper',
        next: `As a superuser: ALTER ROLE ${name} REPLICATION.`,
      }
}

function publicationAnswer({ hasPublication, published }: Settings): Answer {
  const evidence = 'pg_publication_tables of kindling_changes'
  if (!hasPublication) {
    return {
      state: 'warning',
      answer: 'kindling_changes is not there; a process makes it when it starts.',
      evidence,
      next: 'Look at the journal of the units: the role may lack CREATE in this database.',
    }
  }
  const missing = publishedTables.filter((table) => published?.includes(table) !== true)
  return missing.length === 0
    ? { state: 'ok', answer: `kindling_changes has all ${publishedTables.length} tables.`, evidence }
    : { state: 'warning', answer: `kindling_changes lacks ${missing.join(', ')}.`, evidence }
}

function staleAnswer({ pending, running }: z.infer<typeof stale>): Answer {
  const evidence = `project_volume_operations: ${pending} pending beyond 2 min, ${running} running beyond 45 min`
  return pending + running === 0
    ? { state: 'ok', answer: 'None is stale.', evidence }
    : {
        state: 'warning',
        answer: `${countOf(pending + running, 'operation')} on volumes are stale: a worker that starts would carry out what is pending.`,
        evidence,
        // Inferred from its source: after a restore of the database an old restore would overwrite a living disk.
        next: 'After a restore of the database, set them to failed before any worker starts.',
      }
}

async function query<T>(
  sql: string,
  schema: z.ZodType<T>,
  host: RemoteHost,
  { postgres, toolUser, tool }: Connection,
  signal: AbortSignal,
): Promise<T> {
  const usual = tool === 'barman' ? 'barman' : 'postgres'
  const output = await host.run(
    {
      argv: ['psql', '-XAtqw', '-v', 'ON_ERROR_STOP=1', '-d', postgres, '-c', sql],
      ...asUser(host.name, toolUser === '' ? usual : toolUser),
      environment: {
        PGCONNECT_TIMEOUT: '10',
        PGOPTIONS: '-c default_transaction_read_only=on -c statement_timeout=10s',
      },
      deadlineMs,
    },
    signal,
  )
  if (output.code !== 0) {
    throw commandFailed(host, 'psql', output, {
      // Documented (psql, exit status): 1 a fatal error of its own, 2 the connection, 3 an error in a script.
      why: output.code === 2 ? 'PostgreSQL could not be connected to.' : null,
      next: 'Check how the connection says that PostgreSQL is reached, and that the user may log in.',
    })
  }
  const parsed = schema.safeParse(jsonOf(output.stdout, 'psql', host))
  if (!parsed.success) throw notUnderstood('psql', host.name, output.stdout)
  return parsed.data
}
