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

test('What a host repeats of a secret that it was sent is blotted out of what it said', async () => {
  const password = 'the sudo password'
  const key = 'a key = of the "lab"'
  const command = {
    argv: ['tool'],
    deadlineMs: 20_000,
    secretEnvironment: { KEY: key },
  } as const
  const remote = remoteCommand(command, systemRandom)
  const channel = Object.assign(new PassThrough(), { stderr: new PassThrough(), close: () => undefined })
  const connection = {
    exec: (_line: string, done: (error: undefined, channel: unknown) => void) => done(undefined, channel),
  } as unknown as Connection
  const running = await runCommand(connection, {
    command,
    remote,
    host: 'db',
    sudoPassword: password,
    clock: fakeClock(),
    onLost: () => () => undefined,
  })
  channel.stderr.write(`${remote.mark}\nsh: ${key}: not found; sudo had ${password}, ${btoa(password)}\n`)
  channel.emit('exit', 127)
  await new Promise((resolve) => setImmediate(resolve))
  channel.emit('close')
  const { stderr } = await running.ended
  expect(stderr).toContain('sh: [withheld]: not found; sudo had [withheld], [withheld]')
})
