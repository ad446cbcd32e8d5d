import { expect, test } from 'vitest'
import { driverOf } from '../../../../src/main/systems/drivers.ts'
import type { Session } from '../../../../src/main/ports/cluster-driver.ts'
import { healthOf } from '../../../../src/main/desk/live/health-of.ts'
import type { ConnectionValues } from '../../../../src/shared/contract/connection-fields.ts'
import type { Probe } from '../../../../src/shared/contract/masters.ts'
import { HoldfastError, isHoldfastError } from '../../../../src/shared/domain/error.ts'
import type { SystemName } from '../../../../src/shared/domain/system-name.ts'
import { fakeClock } from '../../../fakes/fake-clock.ts'
import { memoryStore } from '../../../fakes/memory-store.ts'
import { fakeSession } from '../../../fakes/session.ts'

const connections: Partial<Record<SystemName, ConnectionValues>> = {
  kiok: { masters: ['https://kiok-1', 'https://kiok-2'], login: 'login' },
  chango: { masters: ['https://chango-1', 'https://chango-2'], login: 'login' },
  kiseki: { nodes: ['https://kiseki-1', 'https://kiseki-2'] },
  kindling: { hosts: ['db'], api: ['https://kindling-1'], token: 'token' },
}

/** What answers every question in the place of a master. */
const answers: Readonly<Record<string, { readonly status: number; readonly text: string }>> = {
  'a refusal': { status: 500, text: '{"error":"no"}' },
  'a page for people': { status: 200, text: '\n<!DOCTYPE html><title>Log in</title>' },
  'a page for people that says no': { status: 403, text: '<html>' },
  'a reply that is cut': { status: 200, text: '{"accessToken":"' },
  'a text': { status: 200, text: '"accessToken"' },
  'a number beyond all': { status: 200, text: '1e999' },
  'objects in objects without end': {
    status: 200,
    text: `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
  },
  'a name that reaches into objects': { status: 200, text: '{"__proto__":{"ready":true,"accessToken":"x"}}' },
  'bytes that are no text': { status: 200, text: '\ufffd\u0000\u001b[31m' },
}

/** Of these a status alone is the answer: what comes with it no document fixes. The login alone is answered as it should be. */
const toldByStatus = new Set(['answers', 'ready', 'login'])

function sessionOf(system: SystemName, answer: { readonly status: number; readonly text: string }): Session {
  const entered = { status: 200, text: '{"accessToken":"a token"}' }
  return fakeSession({ name: 'eu', system }, new AbortController().signal, {
    clock: fakeClock(),
    http: async () =>
      Promise.resolve({
        send: async ({ origin, path }) =>
          Promise.resolve({
            ...(path.endsWith('/login') ? entered : answer),
            header: () => null,
            origin: origin ?? 'https://master',
          }),
        close: async () => undefined,
      }),
    grpc: async () => Promise.reject(new HoldfastError('master.unreachable', { what: 'Nobody answers.' })),
    host: async () => Promise.reject(new HoldfastError('host.unreachable', { what: 'Nobody answers.' })),
    login: async () => Promise.resolve({ user: 'somebody', password: 'a password' }),
    token: async () => Promise.resolve('a token'),
    masterKeys: async () => Promise.resolve([]),
    repository: async () => Promise.resolve(memoryStore()),
  })
}

test.each(
  (['kiok', 'chango', 'kiseki', 'kindling'] as const).flatMap((system) =>
    Object.keys(answers).map((what) => [system, what] as const),
  ),
)('No question to %s takes %s for a good answer, and its health is not good', async (system, what) => {
  const live = (await driverOf(system)).connect(connections[system] ?? {})
  const session = sessionOf(system, answers[what] ?? { status: 500, text: '' })
  const probes: Probe[] = []
  for await (const probe of live.probe(session)) probes.push(probe)
  expect(probes.length).toBeGreaterThan(4)
  expect(probes.filter(({ id, state }) => state === 'ok' && !toldByStatus.has(id))).toEqual([])
  expect(healthOf(probes, '2026-11-20T02:00:00Z').state).not.toBe('up')
  for (const { answer, evidence } of probes)
    expect(`${answer}${evidence ?? ''}`).not.toMatch(/[\u0000\u001b]/)
  const schedule = await live.schedule(session).catch((error: unknown) => {
    if (isHoldfastError(error)) return null
    throw error
  })
  expect(schedule?.state).not.toBe('on')
})
