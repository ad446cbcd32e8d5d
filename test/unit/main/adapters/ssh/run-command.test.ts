import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { systemRandom } from '../../../../../src/main/adapters/system/random.ts'
import { remoteCommand } from '../../../../../src/main/adapters/ssh/remote-command.ts'
import { runCommand, type Connection } from '../../../../../src/main/adapters/ssh/run-command.ts'
import { isHoldfastError } from '../../../../../src/shared/domain/error.ts'
import { fakeClock } from '../../../../fakes/fake-clock.ts'

/** A connection that lives, on which a command is answered when the test says so. */
function hangingHost() {
  const clock = fakeClock()
  const command = { argv: ['pgbackrest', 'info'], deadlineMs: 20_000 } as const
  let answer: (channel: PassThrough & { readonly stderr: PassThrough; close(): void }) => void = () =>
    undefined
  const connection = {
    exec(_line: string, done: (error: undefined, channel: unknown) => void) {
      answer = (channel) => done(undefined, channel)
    },
  } as unknown as Connection
  const running = runCommand(connection, {
    command,
    remote: remoteCommand(command, systemRandom),
    host: 'db',
    sudoPassword: null,
    clock,
    onLost: () => () => undefined,
  })
  return { clock, running, answer: (...given: Parameters<typeof answer>) => answer(...given) }
}

test('A host that never says that it runs a command is given up at its deadline, with what is not known of it', async () => {
  const { clock, running } = hangingHost()
  const error: unknown = await clock.run(running).catch((thrown: unknown) => thrown)
  if (!isHoldfastError(error)) throw error
  expect(error.code).toBe('host.timedOut')
  expect(error.text).toEqual({
    what: 'db did not say within 20 s that it runs pgbackrest.',
    why: 'It hangs after the login: its disk, its home folders or its load.',
    unchanged: 'It is not known whether it was begun. It gets nothing to work on.',
    next: 'Look on db for what it did before it is run again.',
  })
  expect(clock.waiting).toBe(0)
})

test('A command that begins after it was given up is ended there, and the time before it counts', async () => {
  const { clock, running, answer } = hangingHost()
  await clock.run(running).catch(() => undefined)
  let isClosed = false
  const close = (): void => {
    isClosed = true
  }
  answer(Object.assign(new PassThrough(), { stderr: new PassThrough(), close }))
  await new Promise((resolve) => setImmediate(resolve))
  expect(isClosed).toBe(true)
  expect(clock.waiting).toBe(0)
})
