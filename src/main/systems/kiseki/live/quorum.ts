import { countOf } from '../../../../shared/domain/size-words.ts'
import type { Answer } from '../../../engine/live/ask.ts'
import type { NodeFacts } from './node-facts.ts'

/**
 * Computed by counting, never believed: no node ever says that its quorum is lost, and an isolated leader keeps naming itself
 * (source: openraft_store.rs has no writer of `QuorumLost`; openraft reports the leader of the last committed vote).
 */
export function quorumAnswer(alive: readonly NodeFacts[], asked: number): Answer {
  const { members, voting, needed } = votersOf(alive)
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

function votersOf(alive: readonly NodeFacts[]) {
  const members = new Set(alive.flatMap((node) => node.members))
  return {
    members,
    voting: alive.filter(({ nodeId }) => members.has(nodeId)).length,
    needed: Math.floor(members.size / 2) + 1,
  }
}

/** All nodes that answer have to name one leader, that one has to be among them, and a majority has to be there to be led. */
export function leaderAnswer(alive: readonly NodeFacts[]): Answer {
  const named = new Set(alive.map(({ leaderId }) => leaderId ?? 'none'))
  const evidence = alive.map(({ nodeId, leaderId }) => `${nodeId} → ${leaderId ?? 'none'}`).join(', ')
  const [leader] = named
  if (leader === undefined) return { state: 'notAsked', answer: 'No node answers.' }
  if (named.size > 1) return { state: 'bad', answer: 'The nodes do not agree on a leader.', evidence }
  if (leader === 'none') return { state: 'bad', answer: 'No node knows a leader.', evidence }
  const { members, voting, needed } = votersOf(alive)
  const isSingle = members.size <= 1
  if (!isSingle && voting < needed) {
    return {
      state: 'bad',
      answer: `All that answer name node ${leader}, which can lead nothing: the quorum is lost.`,
      evidence,
    }
  }
  return isSingle || alive.some(({ nodeId }) => nodeId === leader)
    ? { state: 'ok', answer: `All that answer name node ${leader}, which answers.`, evidence }
    : { state: 'bad', answer: `All that answer name node ${leader}, which does not answer.`, evidence }
}

/** The newest entry that any of them stands at; numbers begin at 1. */
export function highestEntry(nodes: readonly NodeFacts[]): bigint {
  return nodes.reduce((most, { committed }) => (committed > most ? committed : most), 0n)
}

/** Equal, or coming closer between two looks. */
export function catchUpAnswer(first: readonly NodeFacts[], second: readonly NodeFacts[]): Answer {
  const [one, ...others] = second
  if (one === undefined) return { state: 'notAsked', answer: 'No node answers.' }
  if (others.length === 0 && one.members.length > 1)
    return { state: 'unknown', answer: `Only node ${one.nodeId} answers: it can be compared with none.` }
  const evidence = second.map(({ nodeId, committed }) => `${nodeId} at ${committed}`).join(', ')
  const behind = second.filter(({ committed }) => committed < highestEntry(second))
  if (behind.length === 0)
    return { state: 'ok', answer: 'All nodes that answer stand at the same entry.', evidence }
  const distance = (node: NodeFacts, nodes: readonly NodeFacts[]): bigint =>
    highestEntry(nodes) - node.committed
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

/**
 * A node keeps its state in memory alone, and after every 1 000 entries since its start it throws away all of its log but the newest 1 000
 * (source: log/raft/state_machine.rs, kiseki-raft/config.rs, openraft config.rs). Tried with three nodes of 2026.40, leader and
 * followers, killed and stopped: none started again with its own data folder once that had happened (“failed to create Raft log
 * store”, entries 2 301 and 3 006); one that had been restarted at 900, 1 100, 1 500, 1 900 and 2 051 still did at 2 301.
 */
export const purgedFromEntry = 2000n

/** Whether a node that stops now would come back with its own data folder. */
export function restartAnswer(alive: readonly NodeFacts[]): Answer {
  if (alive.length === 0) return { state: 'notAsked', answer: 'No node answers.' }
  if (alive.every(({ members }) => members.length <= 1))
    return { state: 'notAsked', answer: 'It is a single node, which has no log to purge.' }
  const most = highestEntry(alive)
  return most < purgedFromEntry
    ? { state: 'ok', answer: `The nodes stand at entry ${most}: their logs are whole.` }
    : {
        state: 'warning',
        answer: `The nodes stand at entry ${most}. One that has taken some 2 000 entries since its start keeps only the end of its log, and does not start again once it is stopped.`,
        next: 'Restart none of them, neither for an upgrade nor for new credentials. What stops a majority at once ends the cluster: ask its makers for a way before that happens.',
      }
}
