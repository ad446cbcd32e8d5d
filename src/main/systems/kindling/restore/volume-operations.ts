import * as z from 'zod'
import { HoldfastError } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { countOf } from '../../../../shared/domain/size-words.ts'
import { done, notYet } from '../../../engine/runbook/outcomes.ts'
import type { Outcome } from '../../../ports/runbook.ts'
import { psql } from '../live/psql.ts'
import { readHostFiles } from '../live/host-files.ts'
import { closedConnection, databaseHost, type Site } from './site.ts'
import { userOn } from './postgres-server.ts'

const rows = z.array(z.looseObject({ id: z.string(), kind: z.string(), status: z.string() }))
type Rows = z.infer<typeof rows>

async function run<T>(site: Site, sql: string, schema: z.ZodType<T>, mayWrite: boolean): Promise<T> {
  const host = await databaseHost(site)
  const reached = { host, postgres: closedConnection(site), user: userOn(site, host), mayWrite }
  return psql(sql, schema, reached, site.session.signal)
}

const open = "status IN ('pending','running')"

/**
 * Operations on volumes that the restored database holds as pending or running. Source (volumeops/handler.go), and tried with the real
 * server: within two seconds of its start a worker begins those that wait, however old they are, and an old restore would overwrite a
 * living disk.
 */
export async function listVolumeOperations(site: Site): Promise<Outcome & { readonly rows: Rows }> {
  const found = await run(
    site,
    `SELECT coalesce(json_agg(row_to_json(o) ORDER BY o.created_at), '[]') FROM project_volume_operations o WHERE ${open}`,
    rows,
    false,
  )
  const evidence = found.map((row, place) => ({ name: `operation ${place + 1}`, value: JSON.stringify(row) }))
  const outcome =
    found.length === 0
      ? done('No operation on a volume waits.', { evidence })
      : notYet(
          `${countOf(found.length, 'operation')} on volumes would be carried out by the workers: ${found.map(rowWords).join('; ')}.`,
          { evidence, next: 'Set them to failed before any unit starts.' },
        )
  return { ...outcome, rows: found }
}

/**
 * Ends them as failed, and their volumes and backups as kindling itself does when an operation fails (from source:
 * volumeops/handler.go, failOperation), in one transaction. The rows as they were are the evidence. A second call finds none.
 */
export async function neutraliseVolumeOperations(site: Site): Promise<Outcome & { readonly rows: Rows }> {
  const error = "'ended by Holdfast after a restore of the database'"
  const ended = await run(
    site,
    `WITH before AS (SELECT o.* FROM project_volume_operations o WHERE ${open} FOR UPDATE),
 gone AS (UPDATE project_volume_operations o SET status = 'failed', error = ${error}, failed_at = now(), updated_at = now()
  FROM before b WHERE o.id = b.id RETURNING o.id),
 volumes AS (UPDATE project_volumes v SET status = CASE WHEN v.health IN ('missing','corrupt') THEN 'unavailable' ELSE 'detached' END,
  last_error = ${error}, updated_at = now()
  FROM before b WHERE v.id = b.project_volume_id AND v.status IN ('backing_up','restoring','repairing') RETURNING v.id),
 backups AS (UPDATE project_volume_backups k SET status = 'failed', error = ${error}, failed_at = now(), updated_at = now()
  WHERE k.status IN ('pending','running') RETURNING k.id)
 SELECT json_build_object('rows', coalesce((SELECT json_agg(row_to_json(before)) FROM before), '[]'),
 'gone', (SELECT count(*) FROM gone), 'volumes', (SELECT count(*) FROM volumes), 'backups', (SELECT count(*) FROM backups))`,
    z.object({ rows, gone: z.int(), volumes: z.int(), backups: z.int() }),
    true,
  )
  const evidence = [
    ...ended.rows.map((row, place) => ({
      name: `operation ${place + 1}, before`,
      value: JSON.stringify(row),
    })),
    { name: 'volumes set free', value: String(ended.volumes) },
    { name: 'backups ended', value: String(ended.backups) },
  ]
  const sentence =
    ended.gone === 0
      ? 'No operation on a volume waits.'
      : `${countOf(ended.gone, 'operation')} on volumes ended as failed: ${ended.rows.map(rowWords).join('; ')}.`
  return { ...done(sentence, { evidence }), rows: ended.rows }
}

function rowWords(row: Rows[number]): string {
  return printable(`${row.kind} ${row.id} (${row.status})`)
}

/** From source (queries.sql, ServerFindDead): active servers with a heartbeat older than 30 s. */
const graceMinutes = 10

/**
 * Gives the servers of the hosts that come back a heartbeat of the near future, so that whoever starts first marks none of them dead.
 * The others are told: they will be marked dead, and their guests placed anew, 30 s after the first unit starts. Tried with the real
 * server: the row with a heartbeat of an hour ago was marked dead after 30 s, the one with a heartbeat of the near future was not.
 */
export async function heartbeatGrace(
  site: Site,
): Promise<Outcome & { readonly given: readonly string[]; readonly left: readonly string[] }> {
  const { session, config } = site
  if (config.serviceUser === '') {
    throw new HoldfastError('connection.invalid', {
      what: 'Which servers come back cannot be told.',
      why: 'serviceUser: the ids of the servers lie in its home.',
      unchanged: 'Nothing was changed.',
      next: 'Name the user of the kindling units in the connection.',
    })
  }
  const files = await Promise.all(
    config.hosts.map(async (address) =>
      readHostFiles(await session.host(address, config.ssh), config.serviceUser, 'server-id', session.signal),
    ),
  )
  const ids = files.flatMap(({ serverId }) => serverId ?? []).filter((id) => /^[0-9a-f-]{36}$/.test(id))
  const list = ids.map((id) => `'${id}'::uuid`).join(', ')
  const isReturning = ids.length === 0 ? 'false' : `id IN (${list})`
  const told = await run(
    site,
    `WITH given AS (UPDATE servers SET last_heartbeat_at = now() + interval '${graceMinutes} minutes' WHERE status = 'active' AND ${isReturning} RETURNING hostname)
 SELECT json_build_object('given', coalesce((SELECT json_agg(hostname ORDER BY hostname) FROM given), '[]'),
 'left', coalesce((SELECT json_agg(hostname ORDER BY hostname) FROM servers WHERE status = 'active' AND NOT (${isReturning})), '[]'))`,
    z.object({ given: z.array(z.string()), left: z.array(z.string()) }),
    true,
  )
  const evidence = [
    { name: 'given', value: told.given.join(', ') },
    { name: 'left', value: told.left.join(', ') },
  ]
  const sentence = `${told.given.length === 0 ? 'No server' : told.given.join(', ')} got ${graceMinutes} min.`
  const others =
    told.left.length === 0
      ? ''
      : ` Marked dead 30 s after the first unit starts, and their guests placed anew: ${told.left.join(', ')}.`
  return { ...done(`${sentence}${others}`, { evidence }), ...told }
}
