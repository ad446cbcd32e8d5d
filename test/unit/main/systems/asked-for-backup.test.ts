import { gzipSync } from 'node:zlib'
import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import type { ClusterDriver } from '../../../../src/main/ports/cluster-driver.ts'
import type { GrpcClient } from '../../../../src/main/ports/grpc-client.ts'
import { changoDriver } from '../../../../src/main/systems/chango/live/driver.ts'
import { kisekiDriver } from '../../../../src/main/systems/kiseki/live/driver.ts'
import { kiokDriver } from '../../../../src/main/systems/kiok/live/driver.ts'
import { HoldfastError, isHoldfastError, type ErrorCode } from '../../../../src/shared/domain/error.ts'
import { answeringServer, type AnsweringServer } from '../../../fakes/answering-server.ts'
import { fakeSession } from '../../../fakes/session.ts'
import { labSessions } from '../../../lab/masters/lab-session.ts'

type Fault = (response: ServerResponse) => unknown
/** `unknown`: nobody knows, and the repository is looked at. */
type Meaning = ErrorCode | 'unknown'

const password = 'a password that is shown nowhere'
const drivers = { kiok: kiokDriver, chango: changoDriver }
const json =
  (status: number, body: unknown): Fault =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const page =
  (status: number): Fault =>
  (response) =>
    response.writeHead(status, { 'content-type': 'text/html' }).end('\n<!DOCTYPE html><title>Log in</title>')
const cut: Fault = (response) => response.destroy()
const redirect: Fault = (response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()
const packed: Fault = (response) =>
  response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"backupId":"x"}'))
const huge: Fault = (response) => response.end(Buffer.alloc(5 * 1024 * 1024, ' '))
const noHttp: Fault = (response) => response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n')

let server: AnsweringServer | null = null
afterEach(async () => server?.close())

/** What comes of one request for a backup, and how often the masters were asked for one. */
async function ask(driver: ClusterDriver, at: { readonly login?: Fault; readonly backup?: Fault }) {
  let asked = 0
  const { login = json(200, { accessToken: 'a token' }), backup = json(200, { backupId: 'x' }) } = at
  server = await answeringServer(({ path }, response) => {
    if (path.endsWith('/login')) return void login(response)
    asked += 1
    backup(response)
  })
  const { url } = server
  const session = labSessions(
    { name: 'lab', system: driver.system, address: 'file:///nowhere' },
    { logins: { login: { user: 'admin', password } } },
  )()
  try {
    const outcome = await driver
      .connect({ masters: [url], login: 'login' })
      .snapshot(session, 'asked', { progress: () => undefined, log: () => undefined })
      .catch((error: unknown) => {
        if (isHoldfastError(error)) return error
        throw error
      })
    const text = isHoldfastError(outcome) ? outcome.message : JSON.stringify(outcome)
    expect(text).not.toContain(password)
    return { asked, outcome, text, host: new URL(url).host }
  } finally {
    await session.close()
  }
}

describe.each(['kiok', 'chango'] as const)('A request for a backup to %s', (system) => {
  test.each<[string, Fault, ErrorCode]>([
    ['refuses the password', json(401, { error: 'invalid credentials' }), 'master.refusedLogin'],
    [
      'wants a new password',
      json(200, { accessToken: 'a token', requirePasswordChange: true }),
      'master.passwordChange',
    ],
    ['is closed', json(503, { error: 'cluster is not open' }), 'master.notReady'],
    ['is a page for people', page(200), 'master.badAnswer'],
    ['leads elsewhere', redirect, 'master.badAnswer'],
    ['is compressed', packed, 'master.badAnswer'],
    ['is longer than any', huge, 'master.badAnswer'],
    ['hands out no token', json(200, {}), 'master.badAnswer'],
    ['is of another protocol', noHttp, 'master.badAnswer'],
    ['is cut off', cut, 'master.unreachable'],
  ])('was never made where the login %s', async (_, login, code) => {
    const { asked, outcome, text } = await ask(drivers[system], { login })
    expect(outcome).toMatchObject({ code, text: { next: expect.any(String) } })
    expect(text).not.toContain('not known')
    expect(asked).toBe(0)
  })

  test.each<[string, Fault, Meaning]>([
    ['takes the token for no login', json(401, { error: 'token expired' }), 'master.refusedLogin'],
    ['takes the rights of the user for too few', json(403, { error: 'denied' }), 'master.refusedLogin'],
    ['has no such route', json(404, {}), 'master.notOffered'],
    ['has one under way', json(409, { error: 'a backup is running' }), 'master.busy'],
    ['is no leader, and names none that is saved', json(421, { leader: '10.0.0.9' }), 'master.notLeader'],
    ['is closed', json(503, { error: 'no leader available for forwarding' }), 'master.notReady'],
    ['fails in its middle', json(500, { error: 'java.io.IOException' }), 'unknown'],
    ['did not hear the end of what it handed on', json(502, {}), 'unknown'],
    ['gave up waiting for the leader', json(504, {}), 'unknown'],
    ['is a page for people', page(200), 'unknown'],
    ['is a page of a proxy that gave up', page(524), 'unknown'],
    ['leads elsewhere', redirect, 'unknown'],
    ['is compressed', packed, 'unknown'],
    ['is longer than any', huge, 'unknown'],
    ['is of another protocol', noHttp, 'unknown'],
    ['is cut off', cut, 'unknown'],
  ])('that %s is told as what it is, and is not made again', async (how, backup, meaning) => {
    const { asked, outcome, text, host } = await ask(drivers[system], { backup })
    expect(text, how).toContain(host)
    if (meaning === 'unknown') expect(outcome).toMatchObject({ kind: 'unknown' })
    else expect(outcome).toMatchObject({ code: meaning, text: { next: expect.any(String) } })
    // By its 401 kiok did nothing; it is asked in the other header's words that its pages have.
    expect(asked).toBe(
      meaning === 'master.refusedLogin' && how.includes('token') && system === 'kiok' ? 2 : 1,
    )
  })
})

test('kiok that wants a new password before anything else is told as that, and nothing was begun', async () => {
  const backup = json(403, { error: 'password change required', requirePasswordChange: true })
  const { outcome, asked } = await ask(kiokDriver, { backup })
  expect(outcome).toMatchObject({ code: 'master.passwordChange' })
  expect(asked).toBe(1)
})

test.each<ErrorCode>(['master.outcomeUnknown', 'master.timedOut', 'master.badAnswer'])(
  'A snapshot of kiseki after whose request %s is told may exist, and is not asked for again',
  async (code) => {
    let asked = 0
    const unary = async (): Promise<never> => {
      asked += 1
      throw new HoldfastError(code, { what: 'The node said nothing that can be used.' })
    }
    const session = fakeSession({ name: 'lab', system: 'kiseki' }, new AbortController().signal, {
      grpc: async () => Promise.resolve({ unary, close: () => undefined } as unknown as GrpcClient),
    })
    const live = kisekiDriver.connect({ nodes: ['http://node:9090'], dataPorts: ['http://node:9100'] })
    const outcome = await live.snapshot(session, 'created', {
      progress: () => undefined,
      log: () => undefined,
    })
    expect(outcome).toMatchObject({ kind: 'unknown', sentence: expect.stringContaining('nothing that can') })
    expect(asked).toBe(1)
  },
)

test.each<[string, Fault]>([
  ['a page for people', page(200)],
  ['a failure in its middle', json(500, {})],
  ['a connection that is cut', cut],
])('A change of kiok’s schedule after which comes %s is not called made, nor refused', async (_, fault) => {
  server = await answeringServer(({ path }, response) => {
    if (path.endsWith('/login')) json(200, { accessToken: 'a token' })(response)
    else fault(response)
  })
  const session = labSessions(
    { name: 'lab', system: 'kiok', address: 'file:///nowhere' },
    { logins: { login: { user: 'admin', password } } },
  )()
  const { changeSettings } = kiokDriver.connect({ masters: [server.url], login: 'login' })
  await expect(changeSettings?.(session, { cron: '0 3 * * *' })).rejects.toMatchObject({
    code: 'master.outcomeUnknown',
  })
  await session.close()
})
