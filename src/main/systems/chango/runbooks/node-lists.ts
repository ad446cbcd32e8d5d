import { demandSuccess, evidenceOf, firstText, listOf } from '../../../engine/live/http-replies.ts'
import { isJsonObject, type JsonObject } from '../../../../shared/domain/strict-json.ts'
import type { Fact } from '../../../ports/cluster-driver.ts'
import type { StepContext } from '../../../ports/runbook.ts'
import { openApi, usualDeadlineMs, type ChangoApi } from '../live/api.ts'
import { gaps } from '../live/gaps.ts'
import type { Site } from './site.ts'

export async function apiOf(
  { config }: Pick<Site, 'config'>,
  { session }: Pick<StepContext, 'session'>,
): Promise<ChangoApi> {
  return openApi(session, config)
}

export interface Masters {
  readonly leaders: readonly string[]
  /** As the one leader calls its host; null where it does not say. */
  readonly leaderHost: string | null
  readonly ready: readonly string[]
  readonly all: readonly string[]
  readonly sentence: string
  readonly evidence: readonly Fact[]
}

/** Documented (cluster-operations): exactly one of them says `isLeader`. */
export async function listMasters(site: Site, context: StepContext): Promise<Masters> {
  const path = '/admin/api/nodes/masters'
  const { rows, evidence } = await rowsOf(path, 'The list of masters could not be read.', site, context)
  const all = rows.map(nameOf)
  const leaders = rows.filter(({ isLeader }) => isLeader === true).map(nameOf)
  const ready = rows.filter((row) => row['ready'] !== false).map(nameOf)
  const leads =
    leaders.length === 1
      ? `${leaders.join()} leads.`
      : leaders.length === 0
        ? 'No master leads.'
        : `${leaders.join(' and ')} both say that they lead.`
  const [leader, ...more] = rows.filter(({ isLeader }) => isLeader === true)
  return {
    all,
    leaders,
    leaderHost: leader === undefined || more.length > 0 ? null : firstText(leader, ['host']),
    ready,
    sentence: `${leads} ${ready.length} of ${all.length} masters are ready.`,
    evidence: [evidence],
  }
}

export async function listNodeManagers(site: Site, context: StepContext) {
  const path = '/admin/api/nodes/node-managers'
  const { rows, evidence } = await rowsOf(path, 'The list of node managers could not be read.', site, context)
  return {
    all: rows.map((row) => ({ name: nameOf(row), host: firstText(row, ['host', 'nodeId']) ?? '' })),
    waiting: rows.filter((row) => row['ready'] === false).map(nameOf),
    evidence: [evidence],
  }
}

/** A list behind the login. */
export async function rowsOf(path: string, what: string, site: Site, context: StepContext) {
  const api = await apiOf(site, context)
  const reply = await api.send({ method: 'GET', path, deadlineMs: usualDeadlineMs })
  demandSuccess(reply, what)
  const rows = listOf(reply, what, [...gaps.nodeLists.names, 'keys', 'patches', 'library', 'hosts']).filter(
    isJsonObject,
  )
  return { rows, evidence: { name: path, value: `${evidenceOf('GET', path, reply)}, ${rows.length}` } }
}

function nameOf(row: JsonObject): string {
  return firstText(row, gaps.nodeNames.names) ?? 'one without a name'
}
