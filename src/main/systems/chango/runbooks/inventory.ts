import { demandSuccess, firstText, listOf } from '../../../engine/live/http-replies.ts'
import { isJsonObject, jsonOrNull, type JsonObject } from '../../../../shared/domain/strict-json.ts'
import type { StepContext } from '../../../ports/runbook.ts'
import { usualDeadlineMs, type ChangoApi } from '../live/api.ts'
import { apiOf } from './node-lists.ts'
import type { Site } from './site.ts'

/**
 * The kinds of components, documented (component-operations); one that a version does not have answers 404. What others
 * keep their data in comes first: that order is inferred.
 */
const kinds = [
  'postgres',
  'shannonstore',
  'kafka',
  'schema-registry',
  'polaris',
  'neorunbase',
  'itdastream',
  'ontul',
  'spark',
  'flink',
  'trino',
  'trino-gateway',
  'mium',
  'kiok',
  'ui-proxy',
] as const

/** One cluster of a component, as the masters know it. */
export interface Component {
  readonly kind: string
  readonly id: string
  /** As the masters say it; `UNKNOWN` where they say nothing that is known. */
  readonly status: string
  /** Of its instances; as far as the reply names them. */
  readonly instances: readonly string[]
}

/** Every component cluster that the masters know. Throws where a list that is offered cannot be read. */
export async function inventoryOf(site: Site, context: StepContext): Promise<readonly Component[]> {
  const api = await apiOf(site, context)
  const found: Component[] = []
  for (const kind of kinds) {
    const reply = await api.send({ method: 'GET', path: `/admin/api/${kind}`, deadlineMs: usualDeadlineMs })
    if (reply.status === 404 || reply.status === 405) continue
    demandSuccess(reply, `The list of ${kind} is not told.`)
    const rows = listOf(reply, `The list of ${kind} cannot be read:`, [
      'clusters',
      'instances',
      'items',
      kind,
    ])
    for (const row of rows.filter(isJsonObject)) {
      const id = firstText(row, ['clusterId', 'id', 'instanceId'])
      if (id !== null) found.push(await detailsOf(kind, id, api))
    }
  }
  return found
}

/** Throws what the request throws. */
export async function detailsOf(kind: string, id: string, api: ChangoApi): Promise<Component> {
  const path = componentPath(kind, id)
  const reply = await api.send({ method: 'GET', path, deadlineMs: usualDeadlineMs })
  const value: unknown = reply.status === 200 ? jsonOrNull(reply.text) : null
  const details = isJsonObject(value) ? value : {}
  return { kind, id, status: statusOf(details), instances: instancesIn(details) }
}

export function componentPath(kind: string, id: string): string {
  return `/admin/api/${encodeURIComponent(kind)}/${encodeURIComponent(id)}`
}

/** The documents disagree between `status` and `state`, and between a field of the cluster and those of its instances. */
function statusOf(details: JsonObject): string {
  const own = firstText(details, ['status', 'state'])
  if (own !== null) return own.toUpperCase()
  const each = rowsIn(details).map((row) => firstText(row, ['status', 'state'])?.toUpperCase() ?? 'UNKNOWN')
  const [first] = each
  if (first === undefined) return 'UNKNOWN'
  return each.every((status) => status === first)
    ? first
    : (each.find((status) => status !== 'RUNNING') ?? first)
}

function instancesIn(details: JsonObject): readonly string[] {
  const own = firstText(details, ['instanceId'])
  const each = rowsIn(details).flatMap((row) => firstText(row, ['instanceId', 'id']) ?? [])
  return own === null ? each : [own, ...each]
}

function rowsIn(details: JsonObject): readonly JsonObject[] {
  return ['instances', 'nodes'].flatMap((name) => {
    const rows = details[name]
    return Array.isArray(rows) ? rows.filter(isJsonObject) : []
  })
}
