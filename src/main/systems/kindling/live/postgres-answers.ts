import * as z from 'zod'
import { countOf } from '../../../../shared/domain/size-words.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import type { Answer } from '../../../engine/live/ask.ts'

/** What the database tells of itself. */
export const settings = z.object({
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
export type Settings = z.infer<typeof settings>
/** Counts of operations on volumes that nobody will end as they were meant. */
export const stale = z.object({ pending: z.int(), running: z.int() })

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

export function answerOf(id: string, told: Settings): Answer {
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
  if (listeners === 0) {
    return {
      state: 'warning',
      answer: 'No process of kindling listens: none runs, or none hears of changes.',
      evidence,
      next: 'Look for “WAL listener failed” in the journal of the units.',
    }
  }
  return {
    state: 'ok',
    answer: `${countOf(listeners, 'listener')} of kindling; ${usedSlots} of ${slots} slots are in use.`,
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

export function staleAnswer({ pending, running }: z.infer<typeof stale>): Answer {
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
