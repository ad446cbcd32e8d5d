import type { ConnectionValues } from '../../../src/shared/contract/connection-fields.ts'
import { kindlingSchema, startKindling, type KindlingLab } from '../masters/kindling.ts'
import { postgresProblem, postgresTemplate, type LabPostgres } from '../postgres.ts'

export interface KindlingSite extends KindlingLab {
  /** The lab's values name credentials by what they are; here they have ids. */
  connection(ids: { readonly token: string; readonly sudo: string }): ConnectionValues
  /** Between the second and the third note. */
  readonly target: string
  notes(): Promise<readonly string[]>
  /** Writes the second and the third note again; gives a moment between them, which is in the archive. */
  writeAround(): Promise<string>
}

export const allNotes = ['in the backup', 'before the target', 'after the target'] as const

const volume = '00000000-0000-4000-8000-0000000000aa'

/** Hosts of kindling whose database has a full backup, WAL since, and an operation on a volume that waits in it. */
export async function startKindlingSite(): Promise<KindlingSite | { readonly skip: string }> {
  const problem = postgresProblem()
  if (problem !== null) return { skip: problem }
  const template = await postgresTemplate('kindling', kindlingSchema, async () => undefined)
  const kindling = await startKindling(template)
  const { postgres } = kindling
  await postgres.pgBackRest('stanza-create')
  await postgres.sql(
    `CREATE TABLE notes (text text); INSERT INTO notes VALUES ('${allNotes[0]}');
     INSERT INTO servers (id, hostname, last_heartbeat_at) SELECT ('00000000-0000-4000-8000-00000000000' || n)::uuid, 'kindling-' || n, now() FROM generate_series(0, 2) n;
     INSERT INTO project_volumes (id, status) VALUES ('${volume}', 'restoring');
     INSERT INTO project_volume_operations (id, project_volume_id, kind) VALUES ('00000000-0000-4000-8000-0000000000bb', '${volume}', 'restore')`,
  )
  await postgres.pgBackRest('backup', '--type=full')
  const target = await writeAround(postgres)
  return {
    ...kindling,
    target,
    writeAround: async () => writeAround(postgres),
    connection: (ids) => withIds(kindling.values, ids),
    notes: async () => (await postgres.sql('SELECT text FROM notes')).split('\n'),
    async close() {
      await kindling.close()
      await template.remove()
    },
  }
}

/** Writes a note, and another one after the moment that it gives; both are in the archive. */
export async function writeAround(postgres: LabPostgres): Promise<string> {
  await postgres.sql(`INSERT INTO notes VALUES ('${allNotes[1]}')`)
  const moment = await postgres.sql(
    'SELECT to_char(clock_timestamp() AT TIME ZONE \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\')',
  )
  await postgres.sql(`SELECT pg_sleep(0.01); INSERT INTO notes VALUES ('${allNotes[2]}')`)
  // pgBackRest tells in whole seconds when WAL arrived: it has to arrive in a later one than the moment's.
  await postgres.sql('SELECT pg_sleep(1.1)')
  await postgres.sql('SELECT pg_switch_wal()')
  await postgres.pgBackRest('check')
  return moment
}

function withIds<T>(values: T, { token, sudo }: { readonly token: string; readonly sudo: string }): T {
  const text = JSON.stringify(values, (_key, value: unknown) =>
    value === 'token' ? token : value === 'sudo' ? sudo : value,
  )
  return JSON.parse(text) as T
}
