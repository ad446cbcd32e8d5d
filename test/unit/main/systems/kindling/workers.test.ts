import { expect, test } from 'vitest'
import { readConnection } from '../../../../../src/main/systems/kindling/live/connection.ts'
import { withWorkers } from '../../../../../src/main/systems/kindling/live/workers.ts'
import { kindlingRunbooks } from '../../../../../src/main/systems/kindling/runbooks/runbooks.ts'
import type { StepContext } from '../../../../../src/main/ports/runbook.ts'
import { fakeClock } from '../../../../fakes/fake-clock.ts'
import { fakeRecovery } from '../../../../fakes/recovery.ts'
import { fakeSession } from '../../../../fakes/session.ts'

const connection = { hosts: ['root@one'], api: ['https://api'], token: 'key' }
const worker = { id: 'a', hostname: 'kindling-1', status: 'active', heartbeat_health: 'healthy' }

/** kindling's API that lists these servers, and no project. */
function sessionWith(servers: unknown) {
  return fakeSession({ name: 'eu', system: 'kindling' }, new AbortController().signal, {
    clock: fakeClock(),
    token: async () => Promise.resolve('knd_key'),
    http: async () =>
      Promise.resolve({
        send: async ({ path }) =>
          Promise.resolve({
            status: 200,
            header: () => null,
            text: JSON.stringify(path === '/api/projects' ? [] : path.endsWith('/details') ? {} : servers),
            origin: 'https://api',
          }),
        close: async () => undefined,
      }),
  })
}

test('servers are told bare, or under their name', async () => {
  const config = readConnection(connection)
  for (const servers of [[worker], { servers: [worker] }]) {
    expect(
      await withWorkers(config, { session: sessionWith(servers) }, async (workers) => workers.list()),
    ).toEqual([worker])
  }
})

test('one server that cannot be read is not left out: none is told', async () => {
  const listed = withWorkers(
    readConnection(connection),
    { session: sessionWith([worker, { id: 'b', hostname: 'kindling-2' }]) },
    async (workers) => workers.list(),
  )
  await expect(listed).rejects.toMatchObject({ code: 'master.badAnswer' })
})

test('a worker whose heartbeat is late is neither dead nor alive, so nothing is decided on it', async () => {
  const look = async (status: string, heartbeat: string) => {
    const kd7 = kindlingRunbooks.find(({ id }) => id === 'KD-7')
    const setting = {
      cluster: { name: 'eu', system: 'kindling' as const, connection },
      inputs: { server: 'a', target: '' },
    }
    const step = kd7?.steps(setting).find(({ id }) => id === 'worker')
    if (step?.kind !== 'check') throw new Error('KD-7 has no such step')
    const context: StepContext = {
      setting,
      known: new Map(),
      session: sessionWith([{ ...worker, status, heartbeat_health: heartbeat }]),
      recovery: fakeRecovery([]),
      runId: '01',
      beganMs: 0,
      startedBy: 'somebody',
      failedMs: 0,
      line: () => undefined,
      progress: () => undefined,
    }
    return step.look(context)
  }
  expect(await look('active', 'healthy')).toMatchObject({ state: 'done', learnt: { worker: 'alive' } })
  expect(await look('dead', 'stale')).toMatchObject({ state: 'done', learnt: { worker: 'dead' } })
  expect(await look('active', 'stale')).toMatchObject({ state: 'notYet' })
})
