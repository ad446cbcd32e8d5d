import { expect, test } from 'vitest'
import type { Desk } from '../../../../../src/main/desk/desk.ts'
import { runOwnSchedules, setOwnSchedule } from '../../../../../src/main/desk/live/schedules.ts'
import { driverOf } from '../../../../../src/main/systems/drivers.ts'
import type { SavedCluster } from '../../../../../src/main/ports/desk-state.ts'
import type { JobSpec } from '../../../../../src/main/ports/job-runner.ts'
import type { OwnSchedule } from '../../../../../src/shared/contract/masters.ts'
import { memoryAuditLog } from '../../../../fakes/audit-log.ts'
import { memoryDeskState } from '../../../../fakes/desk-state.ts'
import { fakeClock, type FakeClock } from '../../../../fakes/fake-clock.ts'
import { savedClusterOf } from '../../../../support/saved-cluster.ts'

const nightly: OwnSchedule = { cron: '0 2 * * *', zone: 'Europe/Berlin', way: 'asked' }

function cluster(fields: Partial<SavedCluster> = {}): SavedCluster {
  return savedClusterOf({ connection: { masters: ['http://127.0.0.1:1'] }, ownSchedule: nightly, ...fields })
}

/** A desk with one cluster, whose jobs are only noted. */
async function deskWith(saved: SavedCluster, clock: FakeClock) {
  // Loading it takes real time, in which the clock would find nobody waiting.
  await driverOf(saved.system)
  const state = memoryDeskState()
  await state.clusters.put(saved)
  const started: { readonly at: string; readonly spec: JobSpec }[] = []
  const incidents: unknown[] = []
  const audit = memoryAuditLog(clock)
  const parts = {
    state,
    clock,
    audit,
    publish: () => undefined,
    runbooks: { openRunOf: () => null },
    secrets: { status: async () => ({ state: 'open' }) },
    jobs: {
      list: () => [],
      start: async (spec: JobSpec) => started.push({ at: new Date(clock.now()).toISOString(), spec }),
    },
    log: {
      incident: (_event: string, error: unknown) => {
        incidents.push(error)
        return 'incident'
      },
    },
  }
  return { desk: parts as unknown as Desk, started, incidents, state, audit }
}

/** Runs the schedules until the clock has come to `until`. */
async function runUntil(desk: Desk, clock: FakeClock, until: string): Promise<void> {
  const stop = new AbortController()
  const watch = (async () => {
    await clock.wait(Date.parse(until) - clock.now())
    stop.abort()
  })()
  await clock.run(Promise.all([runOwnSchedules(desk, stop.signal), watch]))
}

test('A snapshot is begun at each of its times, in its zone, once', async () => {
  const clock = fakeClock(Date.parse('2026-11-20T23:30:00Z'))
  const { desk, started, incidents } = await deskWith(cluster(), clock)
  await runUntil(desk, clock, '2026-11-22T02:00:00Z')
  expect(started.map(({ at }) => at.slice(0, 16))).toEqual(['2026-11-21T01:00', '2026-11-22T01:00'])
  expect(started[0]?.spec).toMatchObject({ kind: 'snapshot', clusterId: 'c1', request: { way: 'asked' } })
  expect(incidents).toEqual([])
})

test('A time that passed while nothing ran is not made up for', async () => {
  const clock = fakeClock(Date.parse('2026-11-21T01:00:30Z'))
  const { desk, started } = await deskWith(cluster(), clock)
  await runUntil(desk, clock, '2026-11-21T12:00:00Z')
  expect(started).toEqual([])
})

test('A cluster that is read-only now is left alone, and that is in the log', async () => {
  const clock = fakeClock(Date.parse('2026-11-21T00:59:00Z'))
  const { desk, started, incidents } = await deskWith(cluster({ mode: 'readOnly' }), clock)
  await runUntil(desk, clock, '2026-11-21T01:05:00Z')
  expect(started).toEqual([])
  expect(incidents).toMatchObject([{ code: 'cluster.readOnly' }])
})

test('A schedule is kept with its next times, and written into the chain', async () => {
  const clock = fakeClock(Date.parse('2026-11-21T12:00:00Z'))
  const { desk, state, audit } = await deskWith(cluster({ ownSchedule: null }), clock)
  const next = await setOwnSchedule({ id: 'c1', schedule: nightly }, desk)
  expect(next[0]).toBe('2026-11-22T01:00:00.000Z')
  expect(state.clusters.get('c1')?.ownSchedule).toEqual(nightly)
  expect(audit.entries.map(({ action }) => action)).toEqual(['schedule.changed'])
})

test('What makes nothing, or a way that is not known, cannot be scheduled', async () => {
  const clock = fakeClock()
  const kiseki = cluster({
    system: 'kiseki',
    connection: { nodes: ['http://127.0.0.1:1'] },
    ownSchedule: null,
  })
  const { desk, state, audit } = await deskWith(kiseki, clock)
  for (const way of ['logged', 'no-such-way']) {
    await expect(setOwnSchedule({ id: 'c1', schedule: { ...nightly, way } }, desk)).rejects.toMatchObject({
      code: 'usage',
    })
  }
  expect(state.clusters.get('c1')?.ownSchedule).toBeNull()
  expect(audit.entries).toEqual([])
})
