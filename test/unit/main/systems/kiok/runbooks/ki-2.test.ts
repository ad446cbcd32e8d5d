import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '../../../../../../src/main/adapters/system/clock.ts'
import { ki2 } from '../../../../../../src/main/systems/kiok/runbooks/ki-2.ts'
import type { HttpReply } from '../../../../../../src/main/ports/http-client.ts'
import type { RunbookSetting, StepContext } from '../../../../../../src/main/ports/runbook.ts'
import { HoldfastError } from '../../../../../../src/shared/domain/error.ts'
import { fakeHost } from '../../../../../fakes/remote-host.ts'
import { fakeSession } from '../../../../../fakes/session.ts'
import { scratch } from '../../../engine/restore/fixture.ts'

function settingOf(hosts: readonly string[], inputs: Readonly<Record<string, string>>): RunbookSetting {
  const masters = ['http://kiok-1.example:8080', 'http://kiok-2.example:8080']
  return {
    cluster: { name: 'etl', system: 'kiok', connection: { masters, hosts: [...hosts], login: 'login' } },
    inputs: { installFolder: '/opt/kiok', osUser: 'ops', ...inputs },
  }
}

/** Hosts whose commands run on this machine; masters of which these answer. */
function contextOf(setting: RunbookSetting, alive: readonly string[] = []): StepContext {
  const session = fakeSession({ name: 'etl', system: 'kiok' }, new AbortController().signal, {
    host: async (name) =>
      Promise.resolve(
        fakeHost(
          async ({ argv: [program, ...rest] }) =>
            new Promise((resolve) => {
              execFile(program, rest, (error, stdout, stderr) =>
                resolve({ stdout, stderr, code: error === null ? 0 : 1 }),
              )
            }),
          { clock: systemClock, name },
        ),
      ),
    http: async () =>
      Promise.resolve({
        async send({ origin = '' }): Promise<HttpReply> {
          if (alive.some((name) => origin.includes(name)))
            return Promise.resolve({ status: 200, header: () => null, text: '{"status":"UP"}', origin })
          throw new HoldfastError('master.unreachable', { what: `${origin} does not answer.` })
        },
        close: async () => undefined,
      }),
  })
  return { setting, session, known: new Map(), line: () => undefined } as unknown as StepContext
}

async function health(installFolder: string, dataFolder: string) {
  const setting = settingOf(['ops@kiok-1'], { installFolder, dataFolder })
  const step = ki2.steps(setting).find(({ id }) => id === 'health')
  if (step?.kind !== 'check') throw new Error('KI-2 does not look at disks and logs')
  return step.look(contextOf(setting))
}

test('what of a disk and a log was not seen is not told as a number', async () => {
  using folder = scratch()
  const home = join(folder.path, 'kiok')
  mkdirSync(join(home, 'data'), { recursive: true })
  const unread = { name: 'failures to unseal in the log of ops@kiok-1', value: 'not read' }
  expect(await health(home, join(home, 'data'))).toMatchObject({
    state: 'done',
    sentence: expect.stringMatching(/^ops@kiok-1 has \d+ MiB left\. Its log was not read/),
    evidence: [{ value: expect.stringMatching(/^\d+ MiB$/) }, unread],
  })
  expect(await health(home, join(home, 'elsewhere'))).toMatchObject({
    state: 'notYet',
    sentence: expect.stringContaining('could not be measured'),
    evidence: [{ value: 'not measured' }, unread],
  })
  mkdirSync(join(home, 'logs'))
  writeFileSync(join(home, 'logs', 'kiok.log'), 'started\n')
  expect(await health(home, join(home, 'data'))).toMatchObject({
    state: 'done',
    sentence: expect.not.stringContaining('not read'),
    evidence: [{}, { value: '0' }],
  })
  writeFileSync(join(home, 'logs', 'kiok.log'), 'x AEADBadTagException\n')
  expect(await health(home, join(home, 'data'))).toMatchObject({
    state: 'notYet',
    evidence: [{}, { value: '1' }],
  })
})

test.each([
  [['kiok-1', 'kiok-2'], []],
  [['kiok-1'], ['stop-1']],
  [['kiok-2'], ['stop-2']],
  [[], ['stop-1', 'stop-2']],
])('where %j answer, the one that the others cannot go on without is not stopped', async (alive, refused) => {
  const setting = settingOf(['ops@kiok-1', 'ops@kiok-2.example:2222'], {})
  const step = ki2.steps(setting).find(({ id }) => id === 'choose')
  const options = step?.kind === 'choice' ? await step.options(contextOf(setting, alive)) : []
  const stops = options.filter(({ id }) => id.startsWith('stop-'))
  expect(stops).toHaveLength(2)
  expect(stops.filter(({ notPossible }) => notPossible !== null).map(({ id }) => id)).toEqual(refused)
})
