import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { cancelled, throwIfCancelled } from '../../src/shared/domain/cancelled.ts'
import { HoldfastError, type ErrorCode } from '../../src/shared/domain/error.ts'
import { printable } from '../../src/shared/domain/printable.ts'
import type { Clock } from '../../src/main/ports/clock.ts'
import type { CommandEnd, HostCommand, RemoteHost, RunningCommand } from '../../src/main/ports/remote-host.ts'

/** A command as the host sees it. */
export interface FakeCall extends Omit<HostCommand, 'stdin'> {
  /** Standard input to its end; empty where there is none. */
  readStdin(): Promise<Buffer>
  /** What `readStdin` has read so far. */
  readonly stdin: Buffer
}

/** How a host answers one command. */
export interface FakeAnswer {
  readonly stdout?: string | AsyncIterable<Uint8Array>
  readonly stderr?: string
  /** 0 where left out. */
  readonly code?: number
  readonly signal?: string
  /** After its output the command goes on until somebody ends it, or its deadline does. */
  readonly hangs?: boolean
  /** After its output this befalls it: `host.lost`, `host.sudo`, … */
  readonly fails?: ErrorCode
}

export interface FakeHost extends RemoteHost {
  /** In the order in which they came. */
  readonly calls: readonly FakeCall[]
}

/** Null: the host has no such program, so the command ends with 127. */
export type FakeScript = (call: FakeCall) => FakeAnswer | null | Promise<FakeAnswer | null>

const longestAnswerBytes = 16 * 1024 * 1024
const keptBytes = 64 * 1024

/** A host that answers as a script says. */
export function fakeHost(
  script: FakeScript,
  { clock, name = 'host.example' }: { readonly clock: Clock; readonly name?: string },
): FakeHost {
  const calls: FakeCall[] = []
  let isClosed = false

  async function start(command: HostCommand, signal?: AbortSignal): Promise<RunningCommand> {
    throwIfCancelled(signal)
    if (isClosed) throw failureOf('host.lost', name, command)
    refuseUnfit(command, name)
    const { stdin: source, ...rest } = command
    const data = source?.[Symbol.asyncIterator]()
    const read: Uint8Array[] = []
    const call: FakeCall = {
      ...rest,
      async readStdin() {
        for (let next = await data?.next(); next?.done === false; next = await data?.next())
          read.push(Buffer.from(next.value))
        return Buffer.concat(read)
      },
      get stdin() {
        return Buffer.concat(read)
      },
    }
    calls.push(call)
    const stdout = new PassThrough()
    const stop = new AbortController()
    const stopped = new Promise<never>((_, reject) => {
      stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error))
    })
    const cancel = (): void => stop.abort(cancelled())

    async function live(): Promise<CommandEnd> {
      const answer = (await script(call)) ?? {
        code: 127,
        stderr: `sh: 1: exec: ${command.argv[0]}: not found\n`,
      }
      for await (const piece of pieces(answer.stdout ?? '')) {
        stop.signal.throwIfAborted()
        if (!stdout.write(piece)) await Promise.race([once(stdout, 'drain'), stopped])
      }
      if (answer.fails !== undefined) throw failureOf(answer.fails, name, command)
      if (answer.hangs === true) await stopped
      stdout.end()
      return {
        code: answer.signal === undefined ? (answer.code ?? 0) : null,
        signal: answer.signal ?? null,
        stderr: printable((answer.stderr ?? '').slice(-keptBytes)),
      }
    }

    const ended = Promise.race([live(), stopped])
    const deadline = new AbortController()
    ended
      .catch((error: Error) => stdout.destroy(error))
      .finally(() => {
        deadline.abort()
        signal?.removeEventListener('abort', cancel)
        void data?.return?.()
      })
      .catch(() => undefined)
    clock.wait(command.deadlineMs, deadline.signal).then(
      () => stop.abort(failureOf('host.timedOut', name, command)),
      () => undefined,
    )
    signal?.addEventListener('abort', cancel, { once: true })
    // Somebody has left the loop over it; after its end this changes nothing.
    stdout.once('close', cancel)
    stdout.on('error', () => undefined)
    return { stdout, ended }
  }

  return {
    name,
    calls,
    start,
    async run(command, signal) {
      const running = await start(command, signal)
      const read: Uint8Array[] = []
      let sizeBytes = 0
      for await (const piece of running.stdout) {
        sizeBytes += piece.byteLength
        if (sizeBytes > longestAnswerBytes) throw failureOf('host.badAnswer', name, command)
        read.push(piece)
      }
      return { ...(await running.ended), stdout: Buffer.concat(read).toString('utf8') }
    },
    async close() {
      isClosed = true
    },
  }
}

async function* pieces(output: string | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (typeof output === 'string') yield Buffer.from(output)
  else yield* output
}

function refuseUnfit(command: HostCommand, name: string): void {
  const { argv, environment, secretEnvironment } = command
  const texts = [...argv, ...Object.values({ ...environment, ...secretEnvironment })]
  if (texts.some((text) => text.includes('\0') || !text.isWellFormed()))
    throw failureOf('usage', name, command)
}

function failureOf(code: ErrorCode, name: string, { argv }: HostCommand): HoldfastError {
  return code === 'cancelled'
    ? cancelled()
    : new HoldfastError(code, { what: `${argv[0]} on ${name}: ${code}, as the script says.` })
}
