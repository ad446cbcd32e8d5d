import type { NodeSSH, SSHExecCommandOptions } from 'node-ssh'
import { cancelled, throwIfCancelled, untilCancelled } from '../../../shared/domain/cancelled.ts'
import type { Clock } from '../../ports/clock.ts'
import type { CommandEnd, HostCommand, RunningCommand } from '../../ports/remote-host.ts'
import { blotterOf } from '../redaction/spellings.ts'
import { readErrorOutput } from './error-output.ts'
import * as errors from './host-errors.ts'
import { readOutput } from './output.ts'
import type { RemoteCommand } from './remote-command.ts'
import { sendFramed, sendPlain } from './send-data.ts'

export type Connection = NonNullable<NodeSSH['connection']>
type Channel = Parameters<NonNullable<SSHExecCommandOptions['onChannel']>>[0]

export interface RunOptions {
  readonly command: HostCommand
  readonly remote: RemoteCommand
  readonly host: string
  readonly sudoPassword: string | null
  readonly clock: Clock
  /** Calls back when the connection is gone; what it returns stops that. */
  readonly onLost: (listener: () => void) => () => void
}

/** Starts a command on an open connection; see `remoteScript` for what the host does. */
export async function runCommand(
  connection: Connection,
  options: RunOptions,
  signal?: AbortSignal,
): Promise<RunningCommand> {
  throwIfCancelled(signal)
  const where: errors.Where = { host: options.host, program: options.command.argv[0] }
  const { deadlineMs } = options.command
  const ending = new AbortController()
  // From here on: a host may hang before it says that it has begun.
  const deadline: Deadline = {
    isOver: options.clock.wait(deadlineMs, ending.signal).then(
      () => true,
      () => false,
    ),
    end: () => ending.abort(),
  }
  const opening = new Promise<RunningCommand>((resolve, reject) => {
    const fail = (error: Error): void => {
      stopListening()
      deadline.end()
      reject(error)
    }
    // The command may have been started before the host could say so.
    const stopListening = options.onLost(() => fail(errors.connectionLost(where)))
    void deadline.isOver.then((isOver) => {
      if (isOver) fail(errors.notAnswered(where, deadlineMs))
    })
    try {
      connection.exec(options.remote.line, (error, channel) => {
        stopListening()
        // At once: the end of a short command may be in the same packet as the answer.
        if (error === undefined) resolve(follow(channel, where, { ...options, deadline }, signal))
        else fail(errors.noChannel(where, error))
      })
    } catch {
      // ssh2's way to say that the connection has ended.
      fail(errors.notConnected(where))
    }
  })
  return untilCancelled(opening, signal)
}

interface Deadline {
  readonly isOver: Promise<boolean>
  end(): void
}

function follow(
  channel: Channel,
  where: errors.Where,
  options: RunOptions & { readonly deadline: Deadline },
  signal: AbortSignal | undefined,
): RunningCommand {
  const { command, remote, sudoPassword, deadline } = options
  const data = command.stdin?.[Symbol.asyncIterator]()
  const output = readOutput(channel, remote.mark)
  const { promise: ended, resolve, reject } = withResolvers<CommandEnd>()
  // Whoever is not interested in the end reads the failure from the output.
  ended.catch(() => undefined)
  let isOver = false
  let status: { readonly code: number | null; readonly signal: string | null } | null = null
  let passwordsSent = 0

  function over(settle: () => void, failure?: Error): void {
    if (isOver) return
    isOver = true
    deadline.end()
    stopListening()
    signal?.removeEventListener('abort', cancel)
    // Not waited for: a source that is stuck would never answer.
    data?.return?.().catch(() => undefined)
    // The host ends the command when its channel is gone.
    if (failure !== undefined) channel.close()
    settle()
    output.close(failure)
  }
  const fail = (failure: Error): void => over(() => reject(failure), failure)
  const cancel = (): void => fail(cancelled())
  const stopListening = options.onLost(() => fail(errors.connectionLost(where)))
  const sudoFails = (problem: errors.SudoProblem): void =>
    fail(errors.sudoFailure(where, command.asUser, problem))

  // Resolves when the bytes are in the window of the channel, and never once it is closed: who sends to it stays behind.
  const send = (bytes: Uint8Array | string): Promise<void> =>
    new Promise((sent) => {
      if (isOver) return
      channel.write(bytes, (error) => {
        if (error === undefined || error === null) sent()
      })
    })

  const errorOutput = readErrorOutput(remote, {
    onPrompt() {
      if (passwordsSent > 0) return sudoFails({ kind: 'wrongPassword' })
      if (sudoPassword === null || isOver) return sudoFails({ kind: 'noPassword' })
      passwordsSent += 1
      void send(`${sudoPassword}\n`)
    },
    onMark() {
      if (isOver) return
      if (remote.secrets !== '') void send(remote.secrets)
      if (data === undefined) return
      const isPlain = command.stdinTellsItsEnd === true
      const sent = isPlain ? sendPlain(data, send).then(() => channel.end()) : sendFramed(data, send)
      sent.catch((error: unknown) => fail(asError(error)))
    },
    blot: blotterOf([sudoPassword ?? '', ...Object.values(command.secretEnvironment ?? {})]),
  })
  channel.stderr.on('data', (piece: Buffer) => errorOutput.take(piece))
  channel.on('exit', (code: number | null, name?: string) => {
    status ??= { code, signal: name ?? null }
  })
  channel.on('close', () => {
    const end = status
    if (!errorOutput.hasBegun && command.asUser !== undefined)
      return sudoFails({ kind: 'notStarted', said: errorOutput.said() })
    if (!errorOutput.hasBegun) return fail(errors.notStarted(where, errorOutput.said()))
    if (end === null)
      return fail(errors.connectionLost(where, 'The host closed it without saying how it ended.'))
    over(() => resolve({ ...end, stderr: errorOutput.text() }))
  })
  signal?.addEventListener('abort', cancel, { once: true })
  if (signal?.aborted === true) cancel()
  void deadline.isOver.then((isOver) => {
    if (!isOver) return
    if (errorOutput.hasBegun || command.asUser === undefined) fail(errors.timedOut(where, command.deadlineMs))
    else sudoFails({ kind: 'silent', said: errorOutput.said() })
  })

  return {
    ended,
    stdout: (async function* () {
      try {
        yield* output.pieces()
      } finally {
        cancel()
      }
    })(),
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers<T>() {
  let resolve: (value: T) => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}
