import { expect, test } from 'vitest'
import type { Desk } from '../../../../src/main/desk/desk.ts'
import { lastPosture, runPostures } from '../../../../src/main/desk/postures.ts'
import { backupSystemOf } from '../../../../src/main/systems/registry.ts'
import type { Change } from '../../../../src/shared/contract/host.ts'
import { noAccess } from '../../../../src/shared/contract/repositories.ts'
import { HoldfastError } from '../../../../src/shared/domain/error.ts'
import { memoryDeskState } from '../../../fakes/desk-state.ts'
import { fakeClock, type FakeClock } from '../../../fakes/fake-clock.ts'
import { memoryLog } from '../../../fakes/memory-log.ts'
import { memoryStore } from '../../../fakes/memory-store.ts'
import { givenSecrets } from '../../../fakes/secrets.ts'
import { savedClusterOf } from '../../../support/saved-cluster.ts'

/** Two clusters of one repository, and a repository that no cluster uses. */
async function openDesk(clock: FakeClock) {
  // Loaded once, in time that no clock here counts.
  await backupSystemOf('kiok')
  const state = memoryDeskState()
  const place = { system: 'kiok', access: noAccess } as const
  await state.repositories.put({ ...place, id: 'r1', name: 'one', address: 'file:///one/' })
  await state.repositories.put({ ...place, id: 'r2', name: 'two', address: 'file:///two/' })
  await state.clusters.put(savedClusterOf({ id: 'c1' }))
  await state.clusters.put(savedClusterOf({ id: 'c2', name: 'kiok-test' }))
  const look = { failure: null as unknown, isLooking: false }
  const opened: string[] = []
  const published: Change[] = []
  const place1 = { isGone: false }
  const desk = {
    state,
    clock,
    log: memoryLog(),
    secrets: givenSecrets({}),
    publish: (change: Change) => void published.push(change),
    openStore: async ({ folder }: { readonly folder: string }) => {
      opened.push(`${new Date(clock.now()).toISOString().slice(11, 16)} ${folder}`)
      if (place1.isGone) throw new HoldfastError('repository.unreachable', { what: 'It is gone.' })
      return Promise.resolve(memoryStore())
    },
    views: {
      look: () => look,
      isLooking: () => look.isLooking,
      view: async () => Promise.resolve({ system: { name: 'kiok' }, backups: [] }),
    },
  }
  return { desk: desk as unknown as Desk, state, look, opened, published, place: place1 }
}

async function run(desk: Desk, clock: FakeClock, hours: number): Promise<void> {
  const stop = new AbortController()
  const watch = (async () => {
    await clock.wait(hours * 3_600_000)
    stop.abort()
  })()
  await clock.run(Promise.all([runPostures(desk, stop.signal), watch]))
}

/** Without the looks into the other one for copies. */
const judged = (opened: readonly string[]): readonly string[] =>
  opened.filter((line) => line.endsWith('/one'))

test('A repository that clusters use is judged once a day, and remembered with its time', async () => {
  const clock = fakeClock(Date.parse('2026-11-22T12:00:00Z'))
  const { desk, state, opened, published } = await openDesk(clock)
  await run(desk, clock, 25)
  expect(judged(opened)).toHaveLength(2)
  expect(state.postures.get('r1')?.posture.asOf).toMatch(/^2026-11-23T12:00/)
  expect(state.postures.get('r2')).toBeNull()
  // The rows that show it, and never the whole fleet.
  const told = [{ topic: 'postures', id: 'r1' }, ...['c1', 'c2'].map((id) => ({ topic: 'cluster', id }))]
  expect(published).toEqual([...told, ...told])
})

test('Nothing is judged while repositories are looked at, nor what could not be looked at', async () => {
  const clock = fakeClock()
  const { desk, look, opened } = await openDesk(clock)
  look.isLooking = true
  await run(desk, clock, 1)
  expect(opened).toEqual([])
  Object.assign(look, { isLooking: false, failure: { code: 'repository.unreachable' } })
  await run(desk, clock, 1)
  expect(opened).toEqual([])
  look.failure = null
  await run(desk, clock, 1)
  expect(judged(opened)).toHaveLength(1)
})

test('What could not be judged is not tried again at each tick', async () => {
  const clock = fakeClock()
  const { desk, state, opened, place } = await openDesk(clock)
  place.isGone = true
  await run(desk, clock, 2)
  expect(judged(opened)).toHaveLength(1)
  expect(state.postures.get('r1')).toBeNull()
})

test('What was judged at another place, or reached in another way, is not what is known of this one', async () => {
  const clock = fakeClock()
  const { desk, state } = await openDesk(clock)
  await run(desk, clock, 1)
  const saved = state.repositories.get('r1')
  if (saved === null) throw new Error('It is not there.')
  expect(lastPosture(saved, desk)).not.toBeNull()
  const moved = { ...saved, address: 'file:///elsewhere/' }
  for (const other of [moved, { ...saved, access: { ...saved.access, caFile: '/own.pem' } }])
    expect(lastPosture(other, desk)).toBeNull()
  // It is judged where it is now, at once.
  await state.repositories.put(moved)
  await run(desk, clock, 1)
  expect(lastPosture(moved, desk)).not.toBeNull()
})
