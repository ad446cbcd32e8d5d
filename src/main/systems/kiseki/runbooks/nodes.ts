import { isHoldfastError } from '../../../../shared/domain/error.ts'
import { done, failed, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import type { HttpClient } from '../../../ports/http-client.ts'
import type { Outcome, StepContext } from '../../../ports/runbook.ts'
import { readNode, type NodeFacts } from '../live/node-facts.ts'
import { catchUpAnswer, leaderAnswer, quorumAnswer } from '../live/quorum.ts'
import type { KisekiNode, KisekiSite } from './site.ts'

export interface SeenNode {
  readonly node: KisekiNode
  /** Null: it does not tell. */
  readonly facts: NodeFacts | null
  /** What is there instead of its facts, where something answers: a server that is not well, or another program. */
  readonly otherwise: string | null
}

/** Nobody was there. */
const silences: ReadonlySet<string> = new Set(['master.unreachable', 'master.timedOut'])

export async function openNodes(
  { connection }: KisekiSite,
  { session }: Pick<StepContext, 'session'>,
): Promise<HttpClient> {
  return session.http({
    origins: connection.nodes,
    basePath: '',
    tls: connection.tls,
    proxy: '',
    allowPlaintextCredentials: false,
  })
}

/** Every node's own words, asked at once. */
export async function seeNodes(site: KisekiSite, context: StepContext): Promise<readonly SeenNode[]> {
  const client = await openNodes(site, context)
  return Promise.all(
    site.nodes.map(async (node) => ({
      node,
      ...(await readNode(client, node.origin, context.session.signal).then(
        (facts) => ({ facts, otherwise: null }),
        (error: unknown) => {
          if (!isHoldfastError(error) || error.code === 'cancelled') throw error
          return { facts: null, otherwise: silences.has(error.code) ? null : error.text.what }
        },
      )),
    })),
  )
}

export function factsOf(seen: readonly SeenNode[]): readonly NodeFacts[] {
  return seen.flatMap(({ facts }) => (facts === null ? [] : [facts]))
}

export function evidenceOf(seen: readonly SeenNode[]) {
  return seen.map(({ node, facts, otherwise }) => ({
    name: `${new URL(node.origin).host}, ${node.host.address}`,
    value:
      facts === null
        ? (otherwise ?? 'does not answer')
        : `node ${facts.nodeId} at ${facts.committed}, leader ${facts.leaderId ?? 'none'}, members ${facts.members.join(' ')}`,
  }))
}

/** By counting alone: who answers, of those that are members (source: no node ever says that its quorum is lost). */
export function quorumOf(seen: readonly SeenNode[]): Outcome {
  const { state, answer, next } = quorumAnswer(factsOf(seen), seen.length)
  const evidence = evidenceOf(seen)
  return state === 'bad'
    ? failed(answer, { evidence, ...(next !== undefined && { next }) })
    : done(answer, { evidence })
}

/** Whether nothing at all answers at a node’s address: only then is it down. */
export async function lookDown(node: KisekiNode, site: KisekiSite, context: StepContext): Promise<Outcome> {
  const seen = await seeNodes(site, context)
  const evidence = evidenceOf(seen)
  const own = seen.find((each) => each.node.place === node.place)
  const { address } = node.host
  if (own === undefined) throw new Error('a node that is none of its site')
  if (own.facts !== null) {
    return failed(`${address} answers.`, {
      evidence,
      next: 'Leave it as it is. Where another node is down, begin a run for that one.',
    })
  }
  return own.otherwise === null
    ? done(`${address} does not answer.`, { evidence })
    : unknown(`Something answers there, and it is no node that tells how it is. ${own.otherwise}`, {
        evidence,
        next: 'Look at that host: a node that runs must not be restarted.',
      })
}

/** Ids that the survivors name and that do not answer. */
export function missingIds(seen: readonly SeenNode[]): readonly string[] {
  const alive = factsOf(seen)
  const ids = new Set(alive.map(({ nodeId }) => nodeId))
  return [...new Set(alive.flatMap(({ members }) => members))].filter((id) => !ids.has(id))
}

const betweenMs = 1_000

/**
 * All that answer stand at the same entry, in two looks, and name one leader that answers. `back`: who has to answer. `applying`:
 * whose metadata has to be applied as well; another one that has halted is told and stops nothing, for no step of a run
 * about something else could repair it.
 */
export async function isEven(
  site: KisekiSite,
  context: StepContext,
  { back, applying }: { readonly back: readonly KisekiNode[]; readonly applying: readonly KisekiNode[] },
): Promise<Outcome> {
  const first = await seeNodes(site, context)
  await context.session.clock.wait(betweenMs, context.session.signal)
  const second = await seeNodes(site, context)
  const evidence = evidenceOf(second)
  const silent = second.filter(({ node, facts }) => facts === null && back.includes(node))
  if (silent.length > 0) {
    return notYet(`These do not answer: ${silent.map(({ node }) => node.host.address).join(', ')}.`, {
      evidence,
    })
  }
  const leader = leaderAnswer(factsOf(second))
  if (leader.state !== 'ok') return notYet(leader.answer, { evidence })
  const tips = [first, second].map((seen) => new Set(factsOf(seen).map(({ committed }) => committed)))
  const caughtUp = catchUpAnswer(factsOf(first), factsOf(second))
  if (tips.some((tip) => tip.size !== 1)) return notYet(caughtUp.answer, { evidence })
  const halted = second.filter(({ facts }) => facts?.isHydratorHalted === true).map(({ node }) => node)
  const names = halted.map(({ host }) => host.address).join(', ')
  if (halted.some((node) => applying.includes(node))) {
    return failed(`Metadata is not applied on ${names}.`, {
      evidence,
      next: 'KS-7 repairs it, after this run.',
    })
  }
  const told =
    halted.length === 0 ? '' : ` Metadata is not applied on ${names}: KS-7 repairs it, after this run.`
  return done(`${caughtUp.answer} ${leader.answer}${told}`, { evidence })
}
