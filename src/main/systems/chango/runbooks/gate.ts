import { isHoldfastError } from '../../../../shared/domain/error.ts'
import { excerptOf, isPage } from '../../../engine/live/http-replies.ts'
import type { HttpReply } from '../../../ports/http-client.ts'
import type { Outcome, StepContext } from '../../../ports/runbook.ts'
import { done, notYet } from '../../../engine/runbook/outcomes.ts'
import { probeDeadlineMs } from '../live/api.ts'
import type { Site } from './site.ts'

/** Documented (cluster-readiness): until the gate opens every route but the logins answers 503 and names what it waits for. */
const gated = '/admin/api/cluster/info'

/** What one master says of its gate, asked without a login: 401 means open as much as 200. Throws where it does not answer. */
export async function askGate(
  origin: string,
  { config }: Pick<Site, 'config'>,
  { session }: Pick<StepContext, 'session'>,
): Promise<HttpReply> {
  const client = await session.http({
    origins: [origin],
    basePath: '',
    tls: config.tls,
    proxy: config.proxy,
    allowPlaintextCredentials: config.plaintext,
  })
  return client.send({ method: 'GET', path: gated, origin, deadlineMs: probeDeadlineMs }, session.signal)
}

/** What each master says, one sentence each; whatever it is, it is an answer. */
export async function gatesSay(site: Site, context: StepContext): Promise<Outcome> {
  const said = await gatesOpen(site.config.masters.length, site, context)
  return said.state === 'done' ? said : done(said.sentence, { evidence: said.evidence })
}

/** Done when at least so many masters have opened their gates; what the others wait for is said in their own words. */
export async function gatesOpen(least: number, site: Site, context: StepContext): Promise<Outcome> {
  const evidence: { name: string; value: string }[] = []
  const waiting: string[] = []
  let open = 0
  for (const origin of site.config.masters) {
    const { host } = new URL(origin)
    try {
      const reply = await askGate(origin, site, context)
      evidence.push({ name: host, value: `GET ${gated} → ${reply.status}` })
      if (isPage(reply)) waiting.push(`${host} answers with a page for people: something else stands there`)
      else if ([200, 401, 403].includes(reply.status)) open += 1
      else waiting.push(`${host} ${waitsFor(reply)}`)
    } catch (error) {
      if (!isHoldfastError(error) || error.code === 'cancelled') throw error
      evidence.push({ name: host, value: error.code })
    }
  }
  if (open >= least) {
    return done(`${open} of ${site.config.masters.length} masters are open.`, { evidence })
  }
  const said = waiting.length === 0 ? 'None of the others answers.' : `${waiting.join('; ')}.`
  return notYet(`${open} of ${least} masters are open. ${said}`, {
    evidence,
    next: `Look at the end of the master’s log: a wrong key, a peer that is missing or ZooKeeper is named there.`,
  })
}

function waitsFor(reply: HttpReply): string {
  const condition = /waiting for\s+([^"}\s]+)/.exec(reply.text)?.[1]
  if (reply.status !== 503) return `answers ${reply.status}: ${excerptOf(reply)}`
  return condition === undefined ? `is not ready: ${excerptOf(reply)}` : `waits for ${condition}`
}
