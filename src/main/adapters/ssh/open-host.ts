import { Buffer } from 'node:buffer'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { CommandOutput, HostCommand, RemoteHost, RunningCommand } from '../../ports/remote-host.ts'
import { logIn, type LoginOptions } from '../ssh-login/log-in.ts'
import { parseSshAddress } from '../ssh-login/route.ts'
import { notConnected, tooMuchOutput } from './host-errors.ts'
import { remoteCommand } from './remote-command.ts'
import { runCommand } from './run-command.ts'

export interface HostOptions extends LoginOptions {
  readonly sudoPassword: string | null
  readonly clock: Clock
  readonly random: Random
}

const longestAnswerBytes = 16 * 1024 * 1024

/** One connection; where it is lost, everything fails with `host.lost` until the host is opened again. */
export async function openRemoteHost(
  address: string,
  options: HostOptions,
  signal?: AbortSignal,
): Promise<RemoteHost> {
  const { clock, random, sudoPassword } = options
  const ssh = await logIn(parseSshAddress(address), options, signal)
  const listeners = new Set<() => void>()
  ssh.connection?.on('close', () => {
    for (const listener of listeners) listener()
  })

  async function start(command: HostCommand, startSignal?: AbortSignal): Promise<RunningCommand> {
    const remote = remoteCommand(command, random)
    const { connection } = ssh
    if (connection === null) throw notConnected({ host: address, program: command.argv[0] })
    return runCommand(
      connection,
      {
        command,
        remote,
        host: address,
        sudoPassword,
        clock,
        onLost(listener) {
          listeners.add(listener)
          return () => listeners.delete(listener)
        },
      },
      startSignal,
    )
  }

  return {
    name: address,
    start,
    async run(command, runSignal): Promise<CommandOutput> {
      const running = await start(command, runSignal)
      const pieces: Uint8Array[] = []
      let sizeBytes = 0
      for await (const piece of running.stdout) {
        sizeBytes += piece.byteLength
        if (sizeBytes > longestAnswerBytes) throw tooMuchOutput({ host: address, program: command.argv[0] })
        pieces.push(piece)
      }
      return { ...(await running.ended), stdout: Buffer.concat(pieces).toString('utf8') }
    },
    async close() {
      ssh.dispose()
    },
  }
}
