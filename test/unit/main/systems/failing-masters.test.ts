import { expect, test } from 'vitest'
import { HoldfastError } from '../../../../src/shared/domain/error.ts'
import { systemNames, type SystemName } from '../../../../src/shared/domain/system-name.ts'
import { fakeHost } from '../../../fakes/remote-host.ts'
import { everyStep } from './every-step.ts'

interface Failing {
  readonly status: number
  readonly text: string
  /** Of these no document says what a reply that is well looks like. */
  readonly notOf?: readonly SystemName[]
}

/**
 * A proxy, a login page or a server that is not well answers in the place of the one that is asked. No step of any runbook may take that
 * for what it asked for.
 */
const failing: Readonly<Record<string, Failing>> = {
  'a refusal': { status: 500, text: '{"error":"no"}' },
  'a server that is not ready': { status: 503, text: '{}' },
  'a page for people': { status: 200, text: '\n<!DOCTYPE html><title>Log in</title>' },
  'an object with nothing in it': { status: 200, text: '{}', notOf: ['kiok', 'chango'] },
  'nothing at all': { status: 200, text: '', notOf: ['kiok', 'chango'] },
}

/** Lists and counts of who answers are ones also where nobody does; they prove nothing. */
const tellsWhoAnswers = new Set([
  'AR-1 before-servers',
  'AR-1 node-1-count',
  'AR-1 node-2-count',
  'CH-2 what-they-wait-for',
  'KD-7 before-servers',
])

const leastAsking: Readonly<Record<SystemName, number>> = {
  kiok: 70,
  chango: 95,
  kiseki: 33,
  armada: 30,
  kindling: 33,
}

test.each(
  Object.entries(failing).flatMap(([how, { notOf = [] }]) =>
    systemNames.filter((system) => !notOf.includes(system)).map((system) => [system, how] as const),
  ),
)('no step of %s’s runbooks takes %s for an answer', async (system, how) => {
  const { status, text } = failing[how] ?? { status: 500, text: '' }
  const { asking, done } = await everyStep(system, (asked, clock) => ({
    async http() {
      return Promise.resolve({
        async send({ origin }) {
          asked()
          return Promise.resolve({ status, text, header: () => null, origin: origin ?? 'http://master' })
        },
        close: async () => undefined,
      })
    },
    async grpc() {
      asked()
      throw new HoldfastError('master.refused', { what: 'It refuses.' })
    },
    login: async () => Promise.resolve({ user: 'somebody', password: 'a password' }),
    token: async () => Promise.resolve('a token'),
    host: async (name) => Promise.resolve(fakeHost(() => ({ code: 1 }), { clock, name })),
  }))
  expect(done.filter(({ step }) => !tellsWhoAnswers.has(step))).toEqual([])
  expect(asking).toBeGreaterThanOrEqual(leastAsking[system])
})
