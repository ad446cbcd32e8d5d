import { describe, expect, test } from 'vitest'
import type { Session } from '../../../../src/main/ports/cluster-driver.ts'
import type { HttpRequest } from '../../../../src/main/ports/http-client.ts'
import { openApi as openChango } from '../../../../src/main/systems/chango/live/api.ts'
import { readConnection } from '../../../../src/main/systems/chango/live/connection.ts'
import { openApi as openKiok } from '../../../../src/main/systems/kiok/live/api.ts'
import { kiokConnection } from '../../../../src/main/systems/kiok/live/connection.ts'
import { fakeClock, type FakeClock } from '../../../fakes/fake-clock.ts'
import { fakeSession } from '../../../fakes/session.ts'

const values = { masters: ['https://master'], login: 'login' }
const open = {
  kiok: async (session: Session) => openKiok(session, kiokConnection.parse(values)),
  chango: async (session: Session) => openChango(session, readConnection(values)),
}

/** Masters whose tokens live a quarter of an hour, and that take a scheme alone, or no token at all. */
function masters(system: 'kiok' | 'chango', clock: FakeClock, takes: 'Bearer' | 'Token' | 'none' = 'Bearer') {
  const given: number[] = []
  const asked: string[] = []
  const session = fakeSession({ name: 'eu', system }, new AbortController().signal, {
    clock,
    login: async () => Promise.resolve({ user: 'somebody', password: 'a password' }),
    http: async () =>
      Promise.resolve({
        async send({ path, authorization = '' }: HttpRequest) {
          const reply = (status: number, text: string) =>
            Promise.resolve({ status, text, header: () => null, origin: 'https://master' })
          if (path.endsWith('/login')) {
            given.push(clock.now())
            return reply(200, JSON.stringify({ accessToken: `${given.length - 1}` }))
          }
          asked.push(authorization)
          const [scheme = '', token = ''] = authorization.split(' ')
          const age = clock.now() - (given[Number(token)] ?? 0)
          return reply(scheme === takes && age < 15 * 60_000 ? 200 : 401, '{}')
        },
        close: async () => undefined,
      }),
  })
  return { given, asked, session }
}

const request = { method: 'POST', path: '/run', deadlineMs: 1000 } as const

describe.each(['kiok', 'chango'] as const)('A token of %s', (system) => {
  test('that has expired is replaced by a new login, once, and what was refused is asked for again', async () => {
    const clock = fakeClock()
    const { given, asked, session } = masters(system, clock)
    const api = await open[system](session)
    expect((await api.send(request)).status).toBe(200)
    await clock.run(clock.wait(16 * 60_000))
    expect((await api.send(request)).status).toBe(200)
    expect(given).toHaveLength(2)
    expect(asked).toEqual(['Bearer 0', 'Bearer 0', 'Bearer 1'])
  })

  test('that was just given out and is refused is a refusal, and nobody logs in again', async () => {
    const { given, session } = masters(system, fakeClock(), 'none')
    const api = await open[system](session)
    expect((await api.send(request)).status).toBe(401)
    expect(given).toHaveLength(1)
  })

  test('that is refused however new it is ends in a refusal', async () => {
    const clock = fakeClock()
    const { given, session } = masters(system, clock, 'none')
    const api = await open[system](session)
    await api.send(request)
    await clock.run(clock.wait(16 * 60_000))
    expect((await api.send(request)).status).toBe(401)
    expect(given).toHaveLength(2)
  })
})

test('A kiok that takes the scheme of its page on logins alone is asked in it from then on', async () => {
  const clock = fakeClock()
  const { given, asked, session } = masters('kiok', clock, 'Token')
  const api = await open.kiok(session)
  expect([(await api.send(request)).status, (await api.send(request)).status]).toEqual([200, 200])
  await clock.run(clock.wait(16 * 60_000))
  expect((await api.send(request)).status).toBe(200)
  expect(given).toHaveLength(2)
  expect(asked).toEqual(['Bearer 0', 'Token 0', 'Token 0', 'Token 0', 'Bearer 1', 'Token 1'])
})
