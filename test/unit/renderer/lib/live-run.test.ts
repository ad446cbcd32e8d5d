import { expect, test } from 'vitest'
import { connectionLost } from '../../../../src/renderer/lib/connect-loss.ts'
import { newerRun, runStates } from '../../../../src/renderer/lib/live-run.ts'
import type { Client } from '../../../../src/renderer/lib/client-types.ts'
import type { Run } from '../../../../src/shared/contract/runbooks.ts'
import { HoldfastError } from '../../../../src/shared/domain/error.ts'
import { aRun, aStep } from '../areas/runbooks/a-run.ts'

type Watch = Client['runbooks']['watch']

/** Each call of `watch` plays the next of these: states in order, then an end or an error. */
function playing(...streams: readonly { readonly runs: readonly Run[]; readonly error?: Error }[]) {
  let call = 0
  const watch = async () => {
    const stream = streams[call]
    call += 1
    return (async function* () {
      yield* stream?.runs ?? []
      if (stream?.error !== undefined) throw stream.error
    })()
  }
  // A link's stream has more methods than a loop uses.
  return { client: { runbooks: { watch: watch as unknown as Watch } }, calls: () => call }
}

const { signal } = new AbortController()
const step = aStep({ id: 'start' })
const at = (lastEvent: number, over: Partial<Run> = {}): Run => aRun([step], { lastEvent, ...over })

async function all(
  player: ReturnType<typeof playing>,
): Promise<{ readonly events: readonly number[]; readonly waits: readonly number[] }> {
  const events: number[] = []
  const waits: number[] = []
  const wait = async (ms: number): Promise<void> => void waits.push(ms)
  for await (const run of runStates('run-1', { client: player.client, signal, wait }))
    events.push(run.lastEvent)
  return { events, waits }
}

test('a run is watched through lost connections until it is closed', async () => {
  const player = playing(
    { runs: [at(1), at(2)], error: connectionLost('Look.') },
    { runs: [], error: connectionLost('Look.') },
    { runs: [at(3), at(4, { state: 'finished' })] },
  )
  expect(await all(player)).toEqual({ events: [1, 2, 3, 4], waits: [500, 1000] })
  expect(player.calls()).toBe(3)
})

test('a stream that ends while its run is open is asked for again, as where another process holds it', async () => {
  const player = playing({ runs: [at(1)] }, { runs: [at(2, { state: 'abandoned' })] })
  expect((await all(player)).events).toEqual([1, 2])
})

test('what is no lost connection is told at once', async () => {
  const error = new HoldfastError('runbook.notFound', { what: 'There is no such run here.' })
  await expect(all(playing({ runs: [], error }))).rejects.toBe(error)
})

test('an older state that comes late changes nothing', () => {
  const known = at(9)
  expect(newerRun(known, at(8))).toBe(known)
  expect(newerRun(known, at(10)).lastEvent).toBe(10)
})

test('of sixty steps with two hundred lines each, only the one that has changed is another value', () => {
  const lines = Array.from({ length: 200 }, (_, line) => ({
    at: '2026-11-21T02:10:00.000Z',
    severity: 'info' as const,
    sentence: `Line ${line}.`,
  }))
  const list = Array.from({ length: 60 }, (_, place) =>
    aStep({ id: `s${place}`, lines: structuredClone(lines) }),
  )
  const known = aRun(list)
  const next = structuredClone(known)
  const added = { at: '2026-11-21T02:11:00.000Z', severity: 'info' as const, sentence: 'One more.' }
  const fresh = {
    ...next,
    lastEvent: known.lastEvent + 1,
    list: next.list.map((each, place) => (place === 30 ? { ...each, lines: [...each.lines, added] } : each)),
  }
  const taken = newerRun(known, fresh)
  expect(taken).toEqual(fresh)
  expect(taken.list.filter((each, place) => each !== known.list[place])).toHaveLength(1)
})
