import * as z from 'zod'
import { refusal, replyAs } from '../../../engine/live/http-replies.ts'
import type { HttpClient, HttpReply } from '../../../ports/http-client.ts'

/** The one shard that every cluster has (source: runtime.rs, bootstrap shard). */
export const bootstrapShard = '00000000-0000-0000-0000-000000000001'
export const shardPath = `/cluster/shards/${bootstrapShard}/leader`
export const infoPath = '/cluster/info'
/** A node that is dead shall not be waited for longer. */
export const probeDeadlineMs = 3_000

/**
 * What one node says of itself. 64-bit numbers are kept as they are written: JSON's own numbers would round them. `leader_id` is no proof
 * of a quorum, `state` never says that one is lost, and members include learners (source: web/api.rs, openraft_store.rs).
 */
export interface NodeFacts {
  readonly nodeId: string
  readonly leaderId: string | null
  readonly members: readonly string[]
  readonly committed: bigint
  /** Metadata is no longer applied on this node until its composition store is rebuilt. */
  readonly isHydratorHalted: boolean
}

export async function readNode(client: HttpClient, origin: string, signal: AbortSignal): Promise<NodeFacts> {
  const get = (path: string): Promise<HttpReply> =>
    client.send({ method: 'GET', path, origin, deadlineMs: probeDeadlineMs }, signal)
  const [info, shard] = await Promise.all([get(infoPath), get(shardPath)])
  for (const reply of [info, shard]) {
    if (reply.status !== 200) throw refusal(reply, 'The node does not tell how it is.')
  }
  // Their form; the numbers are read from the text.
  replyAs(infoForm, info, 'What the node tells of itself cannot be read:')
  const told = replyAs(shardForm, shard, 'What the node tells of its shard cannot be read:')
  return {
    nodeId: wholeNumber(info.text, 'node_id') ?? '0',
    leaderId: wholeNumber(shard.text, 'leader_id'),
    members: wholeNumbers(shard.text, 'raft_members'),
    committed: BigInt(wholeNumber(shard.text, 'last_committed_seq') ?? '0'),
    isHydratorHalted: told.composition_hydrator_halted,
  }
}

/** Source (web/api.rs): none of these is ever left out. A node that is silent about one of them is not judged as if it had said 0. */
const infoForm = z.object({ node_id: z.number() })
const shardForm = z.object({
  leader_id: z.number().nullable(),
  raft_members: z.array(z.number()),
  last_committed_seq: z.number(),
  composition_hydrator_halted: z.boolean(),
})

function wholeNumber(text: string, name: string): string | null {
  return new RegExp(`"${name}"\\s*:\\s*(\\d{1,20})`).exec(text)?.[1] ?? null
}

function wholeNumbers(text: string, name: string): readonly string[] {
  const list = new RegExp(`"${name}"\\s*:\\s*\\[([\\d,\\s]*)\\]`).exec(text)?.[1] ?? ''
  return list.split(',').flatMap((each) => (each.trim() === '' ? [] : [each.trim()]))
}
