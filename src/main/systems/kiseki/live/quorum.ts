import { countOf } from '../../../../shared/domain/size-words.ts'
import type { Answer } from '../../../engine/live/ask.ts'
import type { NodeFacts } from './node-facts.ts'

/**
 * Computed by counting, never believed: no node ever says that its quorum is lost, and an isolated leader keeps naming itself
 * (source: openraft_store.rs has no writer of `QuorumLost`; openraft reports the leader of the last committed vote).
 */
export function quorumAnswer(alive: readonly NodeFacts[], asked: number): Answer {
  const members = new Set(alive.flatMap((node) => node.members))
  if (alive.length === 0)
    return { state: 'bad', answer: `None of ${countOf(asked, 'node')} tells its members.` }
  // A single node has no Raft group, and lists nobody.
  if (members.size <= 1) {
    return asked === 1
      ? { state: 'ok', answer: 'It is a single node: there is no quorum to lose.' }
      : {
          state: 'bad',
          answer: `The connection has ${asked} nodes, and those that answer name no other member than themselves.`,
          evidence: `answering ${alive.map(({ nodeId }) => nodeId).join(', ')}`,
          next: 'A node that was started without its peers is a cluster of its own: check KISEKI_RAFT_PEERS of each, and this connection.',
        }
  }
  const voting = alive.filter(({ nodeId }) => members.has(nodeId)).length
  const needed = Math.floor(members.size / 2) + 1
  const evidence = `members ${[...members].join(', ')}; answering ${alive.map(({ nodeId }) => nodeId).join(', ')}`
  if (voting >= needed) {
    return voting === members.size
      ? { state: 'ok', answer: `All ${members.size} members answer.`, evidence }
      : {
          state: 'warning',
          answer: `${voting} of ${members.size} members answer: the quorum holds, and ${voting - needed} more may be lost.`,
          evidence,
          next: 'Bring the missing node back with its own data folder; restart one node at a time.',
        }
  }
  return {
    state: 'bad',
    answer: `${voting} of ${members.size} members answer, and ${needed} are needed: the quorum is lost, or nodes are missing in this connection.`,
    evidence,
    next: `Bring back ${needed - voting} of the original nodes with their own data folders. Copy the data folders of the survivors before anything else.`,
  }
}

/** All nodes that answer have to name one leader, and that one has to be among them. */
export function leaderAnswer(alive: readonly NodeFacts[]): Answer {
  const named = new Set(alive.map(({ leaderId }) => leaderId ?? 'none'))
  const evidence = alive.map(({ nodeId, leaderId }) => `${nodeId} → ${leaderId ?? 'none'}`).join(', ')
  const [leader] = named
  if (leader === undefined) return { state: 'notAsked', answer: 'No node answers.' }
  if (named.size > 1) return { state: 'bad', answer: 'The nodes do not agree on a leader.', evidence }
  if (leader === 'none') return { state: 'bad', answer: 'No node knows a leader.', evidence }
  const members = new Set(alive.flatMap((node) => node.members))
  const isAlive = members.size <= 1 || alive.some(({ nodeId }) => nodeId === leader)
  return isAlive
    ? { state: 'ok', answer: `All that answer name node ${leader}, which answers.`, evidence }
    : { state: 'bad', answer: `All that answer name node ${leader}, which does not answer.`, evidence }
}

/** Equal, or coming closer between two looks. */
export function catchUpAnswer(first: readonly NodeFacts[], second: readonly NodeFacts[]): Answer {
  if (second.length === 0) return { state: 'notAsked', answer: 'No node answers.' }
  const highest = (nodes: readonly NodeFacts[]): bigint =>
    nodes.reduce((most, { committed }) => (committed > most ? committed : most), 0n)
  const evidence = second.map(({ nodeId, committed }) => `${nodeId} at ${committed}`).join(', ')
  const behind = second.filter(({ committed }) => committed < highest(second))
  if (behind.length === 0)
    return { state: 'ok', answer: 'All nodes that answer stand at the same entry.', evidence }
  const distance = (node: NodeFacts, nodes: readonly NodeFacts[]): bigint => highest(nodes) - node.committed
  const isStuck = behind.some((node) => {
    const before = first.find(({ nodeId }) => nodeId === node.nodeId)
    return before !== undefined && distance(node, second) >= distance(before, first)
  })
  const names = behind.map(({ nodeId }) => nodeId).join(', ')
  return isStuck
    ? {
        state: 'warning',
        answer: `Behind and not coming closer: node ${names}.`,
        evidence,
        next: 'Look at the log of that node; do not restart another one before it has caught up.',
      }
    : { state: 'ok', answer: `Behind and catching up: node ${names}.`, evidence }
}
