import type {
  Known,
  Outcome,
  Runbook,
  RunbookSetting,
  Step,
  StepContext,
} from '../../../../src/main/ports/runbook.ts'
import type { Session } from '../../../../src/main/ports/cluster-driver.ts'
import { unknown } from '../../../../src/main/engine/runbook/outcomes.ts'
import { runbooksFor } from '../../../../src/main/systems/runbooks.ts'
import type { ConnectionValues } from '../../../../src/shared/contract/connection-fields.ts'
import { isHoldfastError } from '../../../../src/shared/domain/error.ts'
import type { SystemName } from '../../../../src/shared/domain/system-name.ts'
import { fakeClock, type FakeClock } from '../../../fakes/fake-clock.ts'
import { fakeRecovery } from '../../../fakes/recovery.ts'
import { fakeSession } from '../../../fakes/session.ts'

export const connections: Readonly<Record<SystemName, ConnectionValues>> = {
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

/** The steps of all that can be begun; some are of no use to this system, and say so. */
function stepsOf(runbook: Runbook, setting: RunbookSetting): readonly Step[] {
  try {
    return runbook.steps(setting)
  } catch (error) {
    if (isHoldfastError(error) && error.code === 'usage') return []
    throw error
  }
}

/** What there is to talk to; each is to call `asked` whenever it is. */
export type Surroundings = (asked: () => void, clock: FakeClock) => Partial<Session>

async function tried(work: Work, setting: RunbookSetting, surroundings: Surroundings) {
  const clock = fakeClock()
  let times = 0
  const asked = (): void => {
    times += 1
  }
  const context: StepContext = {
    setting,
    known,
    session: fakeSession(setting.cluster, new AbortController().signal, {
      clock,
      ...surroundings(asked, clock),
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
  return { times, done: outcome?.state === 'done' ? outcome.sentence : null }
}

/** Does what every step of every runbook of a system does, each by itself. */
export async function everyStep(system: SystemName, surroundings: Surroundings) {
  const done: { readonly step: string; readonly sentence: string }[] = []
  let asking = 0
  for (const runbook of await runbooksFor(system)) {
    const setting = settingOf(system, runbook)
    for (const step of stepsOf(runbook, setting)) {
      for (const work of workOf(step)) {
        const { times, done: sentence } = await tried(work, setting, surroundings)
        if (times === 0) continue
        asking += 1
        if (sentence !== null) done.push({ step: `${runbook.id} ${step.id}`, sentence })
      }
    }
  }
  return {
    /** How many of them asked anything at all: so that a connection that does not fit leaves nothing untried. */
    asking,
    /** What they called done after they had asked. */
    done,
  }
}
