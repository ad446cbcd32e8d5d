import { expect, test } from 'vitest'
import type { HttpReply } from '../../../../../../src/main/ports/http-client.ts'
import type { RunbookSetting, StepContext } from '../../../../../../src/main/ports/runbook.ts'
import { systemClock } from '../../../../../../src/main/adapters/system/clock.ts'
import { ch2 } from '../../../../../../src/main/systems/chango/runbooks/ch-2.ts'
import { ch4 } from '../../../../../../src/main/systems/chango/runbooks/ch-4.ts'
import { ch5 } from '../../../../../../src/main/systems/chango/runbooks/ch-5.ts'
import { fakeHost } from '../../../../../fakes/remote-host.ts'
import { fakeSession } from '../../../../../fakes/session.ts'

const byName = ['ops@chango-1.example', 'ops@chango-2.example:2222']
const byNumber = ['ops@10.0.0.1', 'ops@10.0.0.2']

function settingOf(hosts: readonly string[]): RunbookSetting {
  const masters = ['https://chango-1.example:8080', 'https://chango-2.example:8080']
  return {
    cluster: {
      name: 'payments',
      system: 'chango',
      connection: { masters, hosts: [...hosts], login: 'login' },
    },
    inputs: { zookeeper: 'zk-1:2181' },
  }
}

/** Masters of which one leads, as their list names it; every other list of theirs is empty. */
function contextOf(setting: RunbookSetting, leader: string, said = ''): StepContext {
  const reply = (body: unknown, status = 200): HttpReply => ({
    status,
    header: () => null,
    text: JSON.stringify(body),
    origin: 'https://chango-1.example:8080',
  })
  const lists: Readonly<Record<string, unknown>> = {
    '/admin/api/auth/login': { accessToken: 'token' },
    '/admin/api/nodes/masters': [
      { nodeId: 'master-1', host: leader, isLeader: true },
      { nodeId: 'master-2', host: 'another', isLeader: false },
    ],
    '/admin/api/nodes/node-managers': [{ nodeId: 'nm-worker-1-9000', host: 'worker-1' }],
  }
  const session = fakeSession({ name: 'payments', system: 'chango' }, new AbortController().signal, {
    login: async () => Promise.resolve({ user: 'admin', password: 'password' }),
    host: async (name) => Promise.resolve(fakeHost(() => ({ stdout: said }), { clock: systemClock, name })),
    http: async () =>
      Promise.resolve({
        send: async ({ path }) =>
          Promise.resolve(path in lists ? reply(lists[path]) : reply({ error: 'not found' }, 404)),
        close: async () => undefined,
      }),
  })
  return { setting, session, known: new Map(), line: () => undefined } as unknown as StepContext
}

const optionsOf = async (hosts: readonly string[], leader: string) => {
  const setting = settingOf(hosts)
  const step = ch2.steps(setting).find(({ id }) => id === 'choose-restart')
  return step?.kind === 'choice' ? step.options(contextOf(setting, leader)) : []
}

test.each([
  [byName, 'chango-2', byName[1]],
  [byName, 'chango-2.example', byName[1]],
  [byNumber, '10.0.0.2', byNumber[1]],
  [byName, 'nobody-knows', undefined],
])('CH-2 of %j does not restart the master that leads (%s)', async (hosts, leader, refused) => {
  const options = await optionsOf(hosts, leader)
  expect(options.filter(({ notPossible }) => notPossible !== null).map(({ id }) => id)).toEqual(
    refused === undefined ? [] : [refused],
  )
  const others = options.filter(({ id }) => id !== 'none' && id !== refused)
  expect(others.every(({ says }) => says.join(' ').includes('master-1 leads now'))).toBe(true)
})

test('CH-2 restarts an only master, though it leads', async () => {
  const options = await optionsOf(byName.slice(0, 1), 'chango-1')
  expect(options.map(({ notPossible }) => notPossible)).toEqual([null, null])
})

const leaderKnown = async (hosts: readonly string[], leader: string) => {
  const setting = settingOf(hosts)
  const step = ch5.steps(setting).find(({ id }) => id === 'leader-known')
  if (step?.kind !== 'check') throw new Error('CH-5 does not look who leads')
  return step.look(contextOf(setting, leader))
}

test('CH-5 stops the leader last, and says where it cannot tell which host that is', async () => {
  expect(await leaderKnown(byName, 'chango-1')).toMatchObject({ state: 'done' })
  expect((await leaderKnown(byName, 'chango-1')).sentence).not.toContain('cannot be told')
  for (const [hosts, leader] of [
    [byName, 'chango-2'],
    [byNumber, '10.0.0.2'],
  ] as const) {
    expect(await leaderKnown(hosts, leader)).toMatchObject({
      state: 'failed',
      next: expect.stringContaining(`give ${hosts[1]}`),
    })
  }
  expect(await leaderKnown(byNumber, 'chango-2')).toMatchObject({
    state: 'done',
    sentence: expect.stringContaining('Which of the hosts that is cannot be told: chango-2'),
  })
})

test.each([
  ['runs and is unknown', 'trino-9 4242\n', 'failed', 'trino-9 runs and is not in the inventory'],
  ['could not be looked at', '', 'notYet', 'Not looked at'],
] as const)('the row of what runs is not green where something %s', async (_, said, state, words) => {
  const setting = settingOf(byName.slice(0, 1))
  const row = ch4.steps(setting).find(({ id }) => id === 'accept-stray')
  if (row?.kind !== 'check') throw new Error('the sheet has no row of what runs')
  const outcome = await row.look(contextOf(setting, 'chango-1', said))
  expect(outcome).toMatchObject({ state, sentence: expect.stringContaining(words) })
  expect(outcome.next).toContain('except the row')
  // Before the sheet it is a list, and holds nobody up.
  const list = ch4.steps(setting).find(({ id }) => id === 'stray-processes')
  expect(
    await (list?.kind === 'check' ? list.look(contextOf(setting, 'chango-1', said)) : null),
  ).toMatchObject({ state: 'done' })
})
