import { Buffer } from 'node:buffer'
import { spawn } from 'node:child_process'
import { cancelled, throwIfCancelled } from '../../src/shared/domain/cancelled.ts'
import { HoldfastError } from '../../src/shared/domain/error.ts'
import type { CommandEnd, HostCommand, RemoteHost, RunningCommand } from '../../src/main/ports/remote-host.ts'

/**
 * This machine as a host: commands are real processes, only the connection is missing. For matrices of faults in which each
 * cell would else log in anew. Knows no sudo.
 */
export function shellHost(name = 'shell-host'): RemoteHost {
  const running = new Set<() => void>()
  const lost = (): HoldfastError =>
    new HoldfastError('host.lost', { what: `The connection to ${name} was lost.` })

  async function start(command: HostCommand, signal?: AbortSignal): Promise<RunningCommand> {
    throwIfCancelled(signal)
    const [program, ...args] = command.argv
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, ...command.environment, ...command.secretEnvironment },
    })
    const failures: Error[] = []
    const end = (error: Error): void => {
      failures.push(error)
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It has ended already.
      }
    }
    const cut = (): void => end(lost())
    const cancel = (): void => end(cancelled())
    running.add(cut)
    signal?.addEventListener('abort', cancel, { once: true })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.stdin.on('error', () => undefined)
    void feed(command.stdin, child.stdin)
    const ended = new Promise<CommandEnd>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, by) => {
        running.delete(cut)
        signal?.removeEventListener('abort', cancel)
        const [failure] = failures
        if (failure === undefined) resolve({ code, signal: by, stderr })
        else reject(failure)
      })
    })
    ended.catch(() => undefined)
    return {
      ended,
      stdout: (async function* () {
        try {
          for await (const piece of child.stdout) if (piece instanceof Uint8Array) yield piece
          const [failure] = failures
          if (failure !== undefined) throw failure
        } finally {
          if (failures.length === 0 && !child.stdout.readableEnded) cancel()
        }
      })(),
    }
  }

  return {
    name,
    start,
    async run(command, signal) {
      const command_ = await start(command, signal)
      const pieces: Uint8Array[] = []
      for await (const piece of command_.stdout) pieces.push(piece)
      return { ...(await command_.ended), stdout: Buffer.concat(pieces).toString('utf8') }
    },
    async close() {
      for (const cut of running) cut()
    },
  }
}

async function feed(
  pieces: AsyncIterable<Uint8Array> | undefined,
  stdin: NodeJS.WritableStream,
): Promise<void> {
  try {
    for await (const piece of pieces ?? []) {
      // The piece stays its owner's.
      if (!stdin.write(Uint8Array.from(piece)))
        await new Promise((resolve) => {
          stdin.once('drain', resolve)
          stdin.once('close', resolve)
        })
    }
    stdin.end()
  } catch {
    // Nothing tells the command that the data has ended.
  }
}
