import { expect, test } from 'vitest'
import type { Desk } from '../../../../../src/main/desk/desk.ts'
import { drillScheduleOf, setDrillSchedule } from '../../../../../src/main/desk/drills/drill-schedule.ts'
import { runDrillSchedules } from '../../../../../src/main/desk/drills/run-drill-schedules.ts'
import { savedCluster } from '../../../../../src/main/desk/saved.ts'
import { memoryOfThisRun } from '../../../../../src/main/engine/verify/no-memory.ts'
import type { JobSpec } from '../../../../../src/main/ports/job-runner.ts'
import type { OpenRun } from '../../../../../src/main/ports/runbook-runner.ts'
import type { Verdict } from '../../../../../src/shared/domain/verdict.ts'
import { memoryAuditLog } from '../../../../fakes/audit-log.ts'
import { memoryDeskState } from '../../../../fakes/desk-state.ts'
import { fakeClock, type FakeClock } from '../../../../fakes/fake-clock.ts'
import { drillOf } from '../../../../support/drills.ts'
import { savedClusterOf } from '../../../../support/saved-cluster.ts'
import { noAccess } from '../../../../../src/shared/contract/repositories.ts'

const weekly = { everyDays: 7, at: '03:00', zone: 'UTC', folder: null, host: null }
const saved = savedClusterOf({
  addedAt: '2026-11-01T02:00:00.000Z',
  drillSchedule: { ...weekly, firstAt: '2026-11-21T03:00:00.000Z' },
})

const openRun: OpenRun = {
  id: 'run-1',
  title: 'Restore a fresh master',
  startedAt: '2026-11-21T02:00:00.000Z',
  startedBy: 'ann@console',
}

/** A desk with one cluster of three backups, whose jobs are only noted. */
async function deskWith(clock: FakeClock, { open = null }: { readonly open?: OpenRun | null } = {}) {
  const state = memoryDeskState()
  const audit = memoryAuditLog(clock)
  const memory = memoryOfThisRun()
  await state.clusters.put(saved)
  await state.repositories.put({
    id: 'r1',
    name: 'kiok-prod',
    address: 'file:///backups/',
    system: 'kiok',
    access: noAccess,
  })
  const started: { readonly at: string; readonly spec: JobSpec }[] = []
  const backup = (backupId: string, verdict: Verdict) => ({
    backup: { backupId, alsoNamed: [] },
    verdict,
    report: { findings: [], stores: [] },
  })
  const backups = [backup('newest', 'unknown'), backup('proved', 'good'), backup('older', 'good')]
  const parts = {
    state,
    clock,
    audit,
    publish: () => undefined,
    runbooks: { openRunOf: () => open },
    scratch: { refuse: async () => undefined },
    views: { view: async () => ({ backups, repository: 'file:///backups/' }) },
    openCatalog: async () => ({ openRepository: async () => memory }),
    secrets: { status: async () => ({ state: 'open' }) },
    jobs: {
      list: () => [],
      start: async (spec: JobSpec) => {
        started.push({ at: new Date(clock.now()).toISOString(), spec })
        return { id: 'job-1' }
      },
    },
    log: { incident: (_event: string, error: unknown) => expect.unreachable(String(error)) },
  }
  return { desk: parts as unknown as Desk, started, state, audit, memory }
}

async function runUntil(desk: Desk, clock: FakeClock, until: string): Promise<void> {
  const stop = new AbortController()
  const watch = (async () => {
    await clock.wait(Date.parse(until) - clock.now())
    stop.abort()
  })()
  await clock.run(Promise.all([runDrillSchedules(desk, stop.signal), watch]))
}

test('The newest good backup is drilled each so many days, at its time, once', async () => {
  const clock = fakeClock(Date.parse('2026-11-20T12:00:00Z'))
  const { desk, started } = await deskWith(clock)
  await runUntil(desk, clock, '2026-11-29T00:00:00Z')
  expect(started.map(({ at }) => at.slice(0, 16))).toEqual(['2026-11-21T03:00', '2026-11-28T03:00'])
  expect(started[0]?.spec).toMatchObject({
    kind: 'drill',
    clusterId: 'c1',
    request: { backupId: 'proved', folder: null, host: null },
  })
})

test('While a run of the cluster is open none is begun, and who runs it since when is in the chain and told as missed', async () => {
  const clock = fakeClock(Date.parse('2026-11-21T02:59:00Z'))
  const { desk, started, audit, state } = await deskWith(clock, { open: openRun })
  await runUntil(desk, clock, '2026-11-21T04:00:00Z')
  expect(started).toEqual([])
  const why = 'Restore a fresh master, begun 2026-11-21T02:00:00.000Z by ann@console.'
  expect(audit.entries).toMatchObject([{ action: 'drill.skipped', subject: 'kiok-prod' }])
  expect((await drillScheduleOf(savedCluster('c1', state), desk)).missed).toEqual({
    at: '2026-11-21T03:00:00.000Z',
    because: expect.stringContaining(why),
  })
})

test('A time that passed while nothing ran is told as missed, and is not made up for', async () => {
  const clock = fakeClock(Date.parse('2026-11-21T09:00:00Z'))
  const { desk, started, memory, state } = await deskWith(clock)
  await runUntil(desk, clock, '2026-11-21T12:00:00Z')
  expect(started).toEqual([])
  const plan = await drillScheduleOf(savedCluster('c1', state), desk)
  expect(plan).toMatchObject({
    next: ['2026-11-28T03:00:00.000Z', '2026-12-05T03:00:00.000Z', '2026-12-12T03:00:00.000Z'],
    missed: { at: '2026-11-21T03:00:00.000Z', because: 'Holdfast did not run at that time.' },
  })
  // Whoever drills it by hand has made it.
  memory.rememberDrill(drillOf({ startedAt: '2026-11-21T11:00:00.000Z' }))
  expect((await drillScheduleOf(savedCluster('c1', state), desk)).missed).toBeNull()
})

test('A schedule is kept with its first time, and written into the chain; null ends it', async () => {
  const clock = fakeClock(Date.parse('2026-11-22T12:00:00Z'))
  const { desk, state, audit } = await deskWith(clock)
  const asked = { clusterId: 'c1', confirm: null, reason: null }
  const plan = await setDrillSchedule({ ...asked, schedule: { ...weekly, everyDays: 2 } }, desk)
  expect(plan.next.slice(0, 2)).toEqual(['2026-11-23T03:00:00.000Z', '2026-11-25T03:00:00.000Z'])
  expect(state.clusters.get('c1')?.drillSchedule?.firstAt).toBe(plan.next[0])
  expect(await setDrillSchedule({ ...asked, schedule: null }, desk)).toEqual({
    schedule: null,
    next: [],
    missed: null,
  })
  expect(audit.entries.map(({ action }) => action)).toEqual(['schedule.changed', 'schedule.changed'])
})
