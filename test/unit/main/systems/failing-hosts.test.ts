import { expect, test } from 'vitest'
import type {
  Known,
  Outcome,
  Runbook,
  RunbookSetting,
  Step,
  StepContext,
} from '../../../../src/main/ports/runbook.ts'
import { unknown } from '../../../../src/main/engine/runbook/outcomes.ts'
import { runbooksFor } from '../../../../src/main/systems/runbooks.ts'
import type { ConnectionValues } from '../../../../src/shared/contract/connection-fields.ts'
import { HoldfastError, isHoldfastError } from '../../../../src/shared/domain/error.ts'
import { systemNames, type SystemName } from '../../../../src/shared/domain/system-name.ts'
import { fakeClock } from '../../../fakes/fake-clock.ts'
import { fakeRecovery } from '../../../fakes/recovery.ts'
import { fakeHost, type FakeAnswer } from '../../../fakes/remote-host.ts'
import { fakeSession } from '../../../fakes/session.ts'

/**
 * What is seen or done on a host is seen or done by commands. Where every one fails, nothing was: no step of any runbook may call that
 * done. One that forgets to ask how its command ended is found here.
 */
const failing: Readonly<Record<string, FakeAnswer | HoldfastError>> = {
  'a command that ends with status 1 and says nothing': { code: 1 },
  'a command that the host does not know': { code: 127, stderr: 'sh: 1: not found' },
  'a command that is killed': { signal: 'SIGKILL' },
  'a login that is refused': new HoldfastError('host.authentication', { what: 'It takes no key of these.' }),
  'a host whose key is not known': new HoldfastError('host.unknownKey', { what: 'Its key is not known.' }),
}

/** A list of who answers is one also where nobody does; it proves nothing. */
const tellsWhoAnswers: readonly string[] = ['before-servers']

const connections: Readonly<Record<SystemName, ConnectionValues>> = {
  kiok: {
    masters: ['http://kiok-1:8080', 'http://kiok-2:8080'],
    login: 'login',
    hosts: ['ops@kiok-1', 'ops@kiok-2'],
  },
  chango: {
    masters: ['http://chango-1:8080', 'http://chango-2:8080'],
    login: 'login',
    hosts: ['operator@chango-1.example', 'operator@chango-2.example'],
  },
  kiseki: {
    nodes: ['http://kiseki-1:9000', 'http://kiseki-2:9000', 'http://kiseki-3:9000'],
    hosts: ['ops@kiseki-1', 'ops@kiseki-2', 'ops@kiseki-3'],
  },
  armada: {
    servers: ['http://armada-1:8443', 'http://armada-2:8443', 'http://armada-3:8443'],
    followers: ['http://armada-4:8443'],
    hosts: ['admin@armada-1'],
  },
  kindling: {
    hosts: ['admin@kindling-1', 'admin@kindling-2'],
    api: ['http://kindling-1:8080'],
    token: 'token',
    dataFolder: '/var/lib/postgresql/15/main',
  },
}

/** Every input is given, as its help shows it. */
function settingOf(system: SystemName, { inputs }: Runbook): RunbookSetting {
  return {
    cluster: { name: 'eu', system, connection: connections[system] },
    inputs: Object.fromEntries(
      inputs.map(({ name, usual, example, credential }) => [
        name,
        credential === undefined ? example || usual : name,
      ]),
    ),
  }
}

/** Whatever is asked of it was learnt before. */
const known = { get: () => '1', has: () => true } as unknown as Known

type Work = (context: StepContext) => Promise<Outcome>

/** All that a step does by itself. */
function workOf(step: Step): readonly Work[] {
  switch (step.kind) {
    case 'check':
    case 'wait':
      return [async (context) => step.look(context)]
    case 'action':
      return [
        async (context) => step.look(context),
        async (context) => step.act(context),
        async (context) => step.takeBack?.(context) ?? unknown('It takes nothing back.'),
      ]
    case 'manual':
      return [async (context) => step.look?.(context) ?? unknown('It looks at nothing.')]
    case 'choice':
    case 'confirm':
      return []
  }
}

interface Tried {
  /** How often a host was asked for it. */
  readonly asked: number
  /** What it called done; null where it did not. */
  readonly done: string | null
}

async function tried(
  work: Work,
  setting: RunbookSetting,
  failure: FakeAnswer | HoldfastError,
): Promise<Tried> {
  const clock = fakeClock()
  let asked = 0
  const unreachable = async (): Promise<never> =>
    Promise.reject(new HoldfastError('master.unreachable', { what: 'Nobody answers.' }))
  const context: StepContext = {
    setting,
    known,
    session: fakeSession(setting.cluster, new AbortController().signal, {
      clock,
      http: unreachable,
      grpc: unreachable,
      async host(name) {
        asked += 1
        if (failure instanceof HoldfastError) throw failure
        return Promise.resolve(fakeHost(() => failure, { clock, name }))
      },
    }),
    recovery: fakeRecovery([]),
    runId: '01',
    beganMs: clock.now(),
    startedBy: 'somebody',
    failedMs: clock.now(),
    line: () => undefined,
    progress: () => undefined,
  }
  // What is missing because no earlier step has learnt it throws: nothing was called done.
  const outcome = await clock.run(work(context)).catch(() => null)
  return {
    asked,
    done: outcome?.state === 'done' ? outcome.sentence : null,
  }
}

/** The steps of all that can be begun; some are of no use to this system, and say so. */
function stepsOf(runbook: Runbook, setting: RunbookSetting): readonly Step[] {
  try {
    return runbook.steps(setting)
  } catch (error) {
    if (isHoldfastError(error) && error.code === 'usage') return []
    throw error
  }
}

test.each(systemNames.flatMap((system) => Object.keys(failing).map((how) => [system, how] as const)))(
  'no step of %s’s runbooks takes %s for an answer',
  async (system, how) => {
    const believed: string[] = []
    let asking = 0
    for (const runbook of await runbooksFor(system)) {
      const setting = settingOf(system, runbook)
      for (const step of stepsOf(runbook, setting)) {
        for (const work of workOf(step)) {
          const { asked, done } = await tried(work, setting, failing[how] ?? { code: 1 })
          if (asked === 0) continue
          asking += 1
          if (done !== null && !tellsWhoAnswers.includes(step.id)) {
            believed.push(`${runbook.id} ${step.id}: ${done}`)
          }
        }
      }
    }
    expect(believed).toEqual([])

    expect(asking).toBeGreaterThanOrEqual(leastAsking[system])
  },
)

/** So that a connection that does not fit leaves nothing untried. */
const leastAsking: Readonly<Record<SystemName, number>> = {
  kiok: 60,
  chango: 200,
  kiseki: 65,
  armada: 15,
  kindling: 80,
}
