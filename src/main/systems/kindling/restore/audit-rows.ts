import * as z from 'zod'
import { countOf } from '../../../../shared/domain/size-words.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { done } from '../../../engine/runbook/outcomes.ts'
import type { Outcome } from '../../../ports/runbook.ts'
import { chosenTool } from '../live/chosen-tool.ts'
import { psql } from '../live/psql.ts'
import { toolHost, type Site } from './site.ts'

const mostRows = 200

/** Source (schema.sql): written by the platform alone; who asked from where stays where it is. */
const query = `SELECT coalesce(json_agg(row_to_json(e) ORDER BY e.created_at DESC), '[]') FROM (
 SELECT id::text, created_at, action, resource_type, resource_id::text, details FROM cluster_audit_events
 ORDER BY created_at DESC LIMIT ${mostRows}) e`

const rows = z.array(
  z.object({
    id: z.string(),
    created_at: z.string(),
    action: z.string(),
    resource_type: z.string().nullish(),
    resource_id: z.string().nullish(),
    details: z.unknown(),
  }),
)

/** Source (audit/cluster.go): host names, states, and names of settings. What else may stand there is not known, so it is not kept. */
const withoutSecrets: ReadonlySet<string> = new Set([
  'server.drain',
  'server.activate',
  'cluster.settings.update',
])

/** What the platform has written of its own changes: a restore takes the table back as well, and these rows tell when it went wrong. */
export async function keepAuditRows(site: Site): Promise<Outcome> {
  const host = await toolHost(site)
  const user = chosenTool(site.config).userOn(host)
  const reached = { host, postgres: site.config.postgres, user, mayWrite: false }
  const found = await psql(query, rows, reached, site.session.signal)
  const evidence = found.map(({ created_at: at, action, resource_type: kind, resource_id: of, details }) => ({
    name: printable(at),
    value: printable(
      [action, kind ?? '', of ?? '', withoutSecrets.has(action) ? JSON.stringify(details ?? null) : '']
        .filter((part) => part !== '')
        .join(' ')
        .slice(0, 500),
    ),
  }))
  const first = evidence[0]
  const words = `${countOf(found.length, 'audit row')} ${found.length === 1 ? 'is' : 'are'} kept in the evidence`
  return done(
    first === undefined ? 'The platform has written no audit row.' : `${words}, the newest of ${first.name}.`,
    { evidence },
  )
}
