import { expect, test } from 'vitest'
import { setDrillSchedule } from '../../../../src/main/desk/drills/drill-schedule.ts'
import type { Desk } from '../../../../src/main/desk/desk.ts'
import { mastersConnection } from '../../../../src/main/desk/live/connection.ts'
import { setOwnSchedule } from '../../../../src/main/desk/live/schedules.ts'
import { pinBackup, saveRules } from '../../../../src/main/desk/retention/saved-rules.ts'
import { savedCluster } from '../../../../src/main/desk/saved.ts'
import { trustHost } from '../../../../src/main/desk/trust-host.ts'
import type { AuditEvent } from '../../../../src/main/ports/audit-log.ts'
import { memoryAuditLog } from '../../../fakes/audit-log.ts'
import { memoryDeskState } from '../../../fakes/desk-state.ts'
import { fakeClock } from '../../../fakes/fake-clock.ts'
import { savedClusterOf } from '../../../support/saved-cluster.ts'

const connection = { masters: ['http://kiok-1:8080'] }

/** Its audit chain writes nothing until it is told to: whatever is changed meanwhile has begun with the same cluster. */
async function busyDesk() {
  const clock = fakeClock()
  const state = memoryDeskState()
  await state.repositories.put({ id: 'r1', name: 'R', address: '/r', system: 'kiok' } as never)
  await state.clusters.put(savedClusterOf({ connection }))
  const log = memoryAuditLog(clock)
  const jobs: unknown[] = []
  let write = (): void => undefined
  const writing = new Promise<void>((resolve) => (write = resolve))
  const parts = {
    state,
    clock,
    audit: { append: async (event: AuditEvent) => writing.then(async () => log.append(event)) },
    publish: () => undefined,
    healths: { forget: () => undefined },
    views: {
      view: async () => {
        const backups = ['b1', 'b2'].map((backupId) => ({ backup: { backupId } }))
        return { backups }
      },
    },
    jobs: { list: () => jobs },
  }
  const now = () => savedCluster('c1', state)
  return { desk: parts as unknown as Desk, state, jobs, log, write, now }
}

const key = (letter: string): string => `SHA256:${letter.repeat(43)}`
const pin = (backupId: string) => ({ backupId, reason: 'Legal case 12' })
const none = { confirm: null, reason: null }

test('Whatever is changed of a cluster at once, all of it stays', async () => {
  const { desk, write, now } = await busyDesk()
  const changes = [
    pinBackup(now(), pin('b1'), desk),
    pinBackup(now(), pin('b2'), desk),
    saveRules(now(), { rules: { keepLast: 3, keepDays: null, atMost: null }, sweepsOrphans: true }, desk),
    trustHost(now(), { address: 'kiok-1', fingerprint: key('A') }, null, desk),
    trustHost(now(), { address: 'kiok-2', fingerprint: key('B') }, null, desk),
    setOwnSchedule({ id: 'c1', schedule: null }, desk),
    setDrillSchedule({ clusterId: 'c1', schedule: null, ...none }, desk),
  ]
  write()
  await Promise.all(changes)
  expect(now().retention.pins.map(({ backupId }) => backupId)).toEqual(['b1', 'b2'])
  expect(now().retention).toMatchObject({ rules: { keepLast: 3 }, sweepsOrphans: true })
  expect(now().connection).toMatchObject({
    ssh: { hostKeys: [{ host: 'kiok-1' }, { host: 'kiok-2' }] },
  })
})

test('Of two keys of one host that are trusted at once the first stays, and the other is refused', async () => {
  const { desk, write, now } = await busyDesk()
  const changes = ['A', 'B'].map(async (letter) =>
    trustHost(now(), { address: 'kiok-1', fingerprint: key(letter) }, null, desk),
  )
  write()
  const [first, second] = await Promise.allSettled(changes)
  expect(first).toMatchObject({ status: 'fulfilled' })
  expect(second).toMatchObject({ status: 'rejected', reason: { code: 'host.changedKey' } })
  expect(now().connection).toMatchObject({ ssh: { hostKeys: [{ fingerprint: key('A') }] } })
})

test('A cluster that is removed while a change of it is written down is not brought back', async () => {
  const { desk, state, write, now } = await busyDesk()
  const gone = { code: 'cluster.notFound' }
  const changes = [
    pinBackup(now(), pin('b1'), desk),
    trustHost(now(), { address: 'kiok-1', fingerprint: key('A') }, null, desk),
    mastersConnection(desk).forget(now(), null),
    setOwnSchedule({ id: 'c1', schedule: null }, desk),
    setDrillSchedule({ clusterId: 'c1', schedule: null, ...none }, desk),
  ]
  const ends = Promise.allSettled(changes)
  await state.clusters.remove('c1')
  write()
  for (const end of await ends) expect(end).toMatchObject({ status: 'rejected', reason: gone })
  expect(state.clusters.list()).toEqual([])
})

test('A pin is refused where a clean-up began while the backups were listed', async () => {
  const { desk, jobs, log, write, now } = await busyDesk()
  write()
  const pinning = pinBackup(now(), pin('b1'), desk)
  jobs.push({ id: 'j1', kind: 'prune', state: 'running', clusterId: 'c1', subject: 'kiok-prod' })
  await expect(pinning).rejects.toMatchObject({ code: 'job.refused' })
  expect([now().retention.pins, log.entries]).toEqual([[], []])
})

test('A pin too many is refused before anything is written down', async () => {
  const { desk, state, log, write, now } = await busyDesk()
  write()
  const pins = Array.from({ length: 1_000 }, (_, n) => ({ ...pin(`old-${n}`), at: now().addedAt }))
  await state.clusters.change('c1', (each) => ({ ...each, retention: { ...each.retention, pins } }))
  await expect(pinBackup(now(), pin('b1'), desk)).rejects.toMatchObject({ code: 'usage' })
  expect(log.entries).toEqual([])
})
