import { done, failed, notYet } from '../../../engine/runbook/outcomes.ts'
import { check } from '../../../engine/runbook/steps.ts'
import { objectOf, refusal } from '../../../engine/live/http-replies.ts'
import { isJsonObject } from '../../../../shared/domain/strict-json.ts'
import type { HttpClient } from '../../../ports/http-client.ts'
import type { CheckStep, RunbookSetting, StepContext } from '../../../ports/runbook.ts'
import { probeDeadlineMs } from '../live/node-facts.ts'
import { openNodes } from './nodes.ts'
import { unfit, type KisekiSite } from './site.ts'

/** Source (web/api.rs): the ETag of an object is its composition, which names its chunks; each node tells of its own alone. */
export function sampleObjects(site: KisekiSite, setting: RunbookSetting): CheckStep {
  const ids = (setting.inputs['samples'] ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '')
  const odd = ids.find((id) => !/^[0-9a-f-]{36}$/i.test(id))
  if (odd !== undefined)
    throw unfit(`${JSON.stringify(odd)} is no ETag of an object of kiseki: those are UUIDs.`)
  return check({
    id: 'accept-samples',
    section: 'accept',
    title: 'Look up objects by their ETags',
    why: 'That nodes agree says nothing of the bytes that they hold.',
    touches: 'Reads where the chunks of the objects lie.',
    skip: 'operator',
    look: async (context) => {
      if (ids.length === 0) {
        return notYet('No object was named to look up.', {
          next: 'Read some objects over S3 and compare them by hand; then go past this with what was read.',
        })
      }
      const client = await openNodes(site, context)
      const evidence: { name: string; value: string }[] = []
      for (const id of ids) {
        const value = await lookUp(id, client, site, context)
        evidence.push({ name: id, value })
      }
      const missing = evidence.filter(({ value }) => !value.startsWith('there'))
      return missing.length === 0
        ? done(`${ids.length} objects have all their chunks.`, { evidence })
        : failed(`${missing.map(({ name, value }) => `${name}: ${value}`).join('; ')}.`, {
            evidence,
            next: 'Look at the other nodes, and at the scrubs.',
          })
    },
  })
}

async function lookUp(
  id: string,
  client: HttpClient,
  site: KisekiSite,
  context: StepContext,
): Promise<string> {
  const get = async (path: string, origin: string) =>
    client.send({ method: 'GET', path, origin, deadlineMs: probeDeadlineMs }, context.session.signal)
  const [first] = site.nodes
  if (first === undefined) return 'no node'
  const reply = await get(`/admin/composition/${id}`, first.origin)
  if (reply.status === 404) return `not known to ${new URL(first.origin).host}`
  if (reply.status !== 200) throw refusal(reply, 'The object could not be looked up.')
  const { chunk_ids: chunks, has_inline_data: isInline } = objectOf(reply, 'The answer cannot be read:')
  const names = Array.isArray(chunks) ? chunks.filter((chunk) => typeof chunk === 'string') : []
  if (names.length === 0) return isInline === true ? 'there, inline' : 'no chunk is named'
  for (const chunk of names) {
    if (!/^[0-9a-f]{64}$/.test(chunk)) return 'a chunk has no name of one'
    const told = await get(`/admin/chunk/${chunk}`, first.origin)
    if (told.status !== 200) throw refusal(told, 'The chunk could not be looked up.')
    const { cluster_state: state, has_chunk_local: isLocal } = objectOf(told, 'The answer cannot be read:')
    const placement = isJsonObject(state) ? state['placement'] : null
    const isPlaced =
      Array.isArray(placement) && placement.length > 0 && isJsonObject(state) && state['tombstoned'] !== true
    if (!isPlaced && isLocal !== true) return `chunk ${chunk.slice(0, 12)}… is nowhere`
  }
  return `there, ${names.length} chunks`
}
