import { expect, test } from 'vitest'
import { HoldfastError } from '../../../../src/shared/domain/error.ts'
import { systemNames, type SystemName } from '../../../../src/shared/domain/system-name.ts'
import { fakeHost, type FakeAnswer } from '../../../fakes/remote-host.ts'
import { everyStep } from './every-step.ts'

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
const tellsWhoAnswers = new Set(['AR-1 before-servers'])

const leastAsking: Readonly<Record<SystemName, number>> = {
  kiok: 60,
  chango: 200,
  kiseki: 65,
  armada: 15,
  kindling: 80,
}

const unreachable = async (): Promise<never> =>
  Promise.reject(new HoldfastError('master.unreachable', { what: 'Nobody answers.' }))

test.each(systemNames.flatMap((system) => Object.keys(failing).map((how) => [system, how] as const)))(
  'no step of %s’s runbooks takes %s for an answer',
  async (system, how) => {
    const failure = failing[how] ?? { code: 1 }
    const { asking, done } = await everyStep(system, (asked, clock) => ({
      http: unreachable,
      grpc: unreachable,
      async host(name) {
        asked()
        if (failure instanceof HoldfastError) throw failure
        return Promise.resolve(fakeHost(() => failure, { clock, name }))
      },
    }))
    expect(done.filter(({ step }) => !tellsWhoAnswers.has(step))).toEqual([])
    expect(asking).toBeGreaterThanOrEqual(leastAsking[system])
  },
)
