import { describe, expect, test } from 'vitest'
import { readNode, type NodeFacts } from '../../../../../src/main/systems/kiseki/live/node-facts.ts'
import {
  catchUpAnswer,
  leaderAnswer,
  quorumAnswer,
  restartAnswer,
} from '../../../../../src/main/systems/kiseki/live/quorum.ts'
import type { HttpClient } from '../../../../../src/main/ports/http-client.ts'

const node = (nodeId: string, members: readonly string[]): NodeFacts => ({
  nodeId,
  leaderId: '1',
  members,
  committed: 7n,
  isHydratorHalted: false,
})

describe('the quorum', () => {
  const three = ['1', '2', '3']

  test.each([
    ['ok', three],
    ['warning', ['1', '3']],
    ['bad', ['2']],
  ])('is %s where of three members %s answer', (state, answering) => {
    expect(
      quorumAnswer(
        answering.map((id) => node(id, three)),
        3,
      ).state,
    ).toBe(state)
  })

  test('is nothing to lose for the one node of a connection that has one', () => {
    expect(quorumAnswer([node('0', [])], 1)).toMatchObject({ state: 'ok' })
  })

  test('is not believed of a node that knows no other one, where the connection has three', () => {
    for (const members of [[], ['1']]) {
      const { state, next } = quorumAnswer([node('1', members)], 3)
      expect(state).toBe('bad')
      expect(next).toContain('KISEKI_RAFT_PEERS')
    }
  })

  test('is unknown where nobody answers', () => {
    expect(quorumAnswer([], 1).state).toBe('bad')
  })
})

describe('a survivor without a quorum', () => {
  const alone = [node('1', ['1', '2', '3'])]

  test('leads nothing, though it names itself', () => {
    expect(leaderAnswer(alone)).toMatchObject({
      state: 'bad',
      answer: expect.stringContaining('the quorum is lost'),
    })
    expect(leaderAnswer([...alone, node('2', ['1', '2', '3'])])).toMatchObject({ state: 'ok' })
  })

  test('is even with nobody', () => {
    expect(catchUpAnswer(alone, alone).state).toBe('unknown')
  })
})

describe('coming back after a stop', () => {
  const three = ['1', '2', '3']

  test('is in doubt from the entry on at which logs lose their beginning', () => {
    expect(restartAnswer([node('1', three), { ...node('2', three), committed: 1_999n }]).state).toBe('ok')
    const { state, next } = restartAnswer([node('1', three), { ...node('2', three), committed: 2_000n }])
    expect(state).toBe('warning')
    expect(next).toContain('Restart none')
  })

  test('is no question for a node that has no log', () => {
    expect(restartAnswer([{ ...node('0', []), committed: 9_000n }]).state).toBe('notAsked')
    expect(restartAnswer([]).state).toBe('notAsked')
  })
})

describe('what a node tells', () => {
  const info = { node_id: 1 }
  const shard = {
    leader_id: null,
    raft_members: [1, 2, 3],
    last_committed_seq: 0,
    composition_hydrator_halted: false,
  }

  async function read(told: { readonly info: object; readonly shard: object }): Promise<NodeFacts> {
    const client: HttpClient = {
      send: async ({ path }) =>
        Promise.resolve({
          status: 200,
          header: () => null,
          text: JSON.stringify(path === '/cluster/info' ? told.info : told.shard),
          origin: 'http://one',
        }),
      close: async () => undefined,
    }
    return readNode(client, 'http://one', new AbortController().signal)
  }

  test('is taken as it is, a leader that nobody knows too', async () => {
    expect(await read({ info, shard })).toEqual({
      nodeId: '1',
      leaderId: null,
      members: ['1', '2', '3'],
      committed: 0n,
      isHydratorHalted: false,
    })
  })

  test.each(Object.keys(shard))('is not read as 0 or none where %s is left out', async (name) => {
    const { [name as keyof typeof shard]: _, ...rest } = shard
    await expect(read({ info, shard: rest })).rejects.toMatchObject({ code: 'master.badAnswer' })
  })

  test('names the node itself', async () => {
    await expect(read({ info: {}, shard })).rejects.toMatchObject({ code: 'master.badAnswer' })
  })
})
