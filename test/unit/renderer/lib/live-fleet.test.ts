import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import { createRouterClient } from '@orpc/server'
import { QueryClient } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import { implementation } from '../../../../src/main/handlers/implement.ts'
import { fleetRefresher } from '../../../../src/renderer/lib/live-fleet.ts'
import type { Cluster } from '../../../../src/shared/contract/clusters.ts'
import { memoryLog } from '../../../fakes/memory-log.ts'

function cluster(id: string, name = id): Cluster {
  return {
    id,
    name,
    system: 'kiok',
    mode: 'normal',
    repositoryId: 'r',
    address: 'file:///r',
    masterKeys: [],
    masterKeyHints: [],
    rpoMs: 86_400_000,
    rtoMs: null,
    hostKeys: [],
    addedAt: '2026-11-21T02:00:00Z',
    masters: { state: 'none', words: null, at: null },
    posture: null,
    look: null,
    looking: false,
  }
}

/** A shown fleet of three, and what was asked of the console for it. `during`: happens while changed ones are asked for. */
async function shownFleet() {
  const known = new Map(['a', 'b', 'c'].map((id) => [id, cluster(id)]))
  const asked: string[] = []
  const hooks: { during: (() => Promise<void>)[] } = { during: [] }
  const { clusters: os } = implementation
  const router = {
    clusters: {
      list: os.list.handler(() => {
        asked.push('list')
        return [...known.values()]
      }),
      some: os.some.handler(async ({ input }) => {
        asked.push(`some ${input.ids.join(' ')}`)
        const answer = input.ids.flatMap((id) => known.get(id) ?? [])
        await hooks.during.shift()?.()
        return answer
      }),
    },
  }
  const client = createRouterClient(router, { context: { shell: 'browser', log: memoryLog() } })
  const desk = createTanstackQueryUtils(client)
  const queries = new QueryClient()
  const list = { ...desk.clusters.list.queryOptions(), staleTime: Infinity }
  await queries.fetchQuery(list)
  asked.length = 0
  return {
    asked,
    refresh: fleetRefresher({ client, desk, queries }),
    rename: (id: string, name: string) => void known.set(id, cluster(id, name)),
    whileAsked: (work: () => Promise<void>) => void hooks.during.push(work),
    askForAll: async () => {
      await queries.invalidateQueries({ queryKey: list.queryKey })
      await queries.fetchQuery(list)
    },
    isStale: () => queries.getQueryState(list.queryKey)?.isInvalidated,
    rows: () => queries.getQueryData(list.queryKey) ?? [],
    names: () => (queries.getQueryData(list.queryKey) ?? []).map(({ name }) => name),
  }
}

test('a changed cluster changes its row alone, and the fleet is not asked for again', async () => {
  const fleet = await shownFleet()
  const [first] = fleet.rows()
  fleet.rename('b', 'new b')
  await fleet.refresh(['b'])
  expect(fleet.names()).toEqual(['a', 'new b', 'c'])
  expect(fleet.rows()[0]).toBe(first)
  expect(fleet.asked).toEqual(['some b'])
})

test('what changes while changed clusters are asked for is asked for once, together', async () => {
  const fleet = await shownFleet()
  fleet.rename('a', 'new a')
  fleet.whileAsked(async () => {
    for (const id of ['b', 'c']) fleet.rename(id, `new ${id}`)
    void fleet.refresh(['b'])
    void fleet.refresh(['b', 'c'])
  })
  await fleet.refresh(['a'])
  expect(fleet.names()).toEqual(['new a', 'new b', 'new c'])
  expect(fleet.asked).toEqual(['some a', 'some b c'])
})

test('an answer that the whole fleet has overtaken is asked for again, so that nothing old stays', async () => {
  const fleet = await shownFleet()
  fleet.whileAsked(async () => {
    fleet.rename('a', 'newest a')
    await fleet.askForAll()
  })
  await fleet.refresh(['a'])
  expect(fleet.names()).toEqual(['newest a', 'b', 'c'])
  expect(fleet.asked).toEqual(['some a', 'list', 'some a'])
})

test('where changed clusters cannot be had, the whole fleet is asked for when it is shown next', async () => {
  const fleet = await shownFleet()
  fleet.whileAsked(async () => {
    throw new Error('gone')
  })
  await fleet.refresh(['a'])
  expect(fleet.isStale()).toBe(true)
  expect(fleet.names()).toEqual(['a', 'b', 'c'])
})
