import { HoldfastError } from '../../src/shared/domain/error.ts'
import type {
  CommandOutput,
  HostCommand,
  RemoteHost,
  RunningCommand,
} from '../../src/main/ports/remote-host.ts'

export interface CutHost extends RemoteHost {
  /** How many times it could have been cut: before each command, and after each. */
  readonly passed: () => number
}

/**
 * The same host, whose connection is cut at the `at`-th point (never for 0): odd ones lie before a command, which then has
 * no effect, even ones after it, when it has taken effect and only its answer is lost. `onCut` sees where.
 */
export function cutHost(host: RemoteHost, at: number, onCut: () => Promise<void>): CutHost {
  let passed = 0
  let isCut = false

  async function point(): Promise<void> {
    if (isCut) throw lost(host.name)
    passed += 1
    if (passed !== at) return
    isCut = true
    await onCut()
    await host.close()
    throw lost(host.name)
  }

  async function run(command: HostCommand, signal?: AbortSignal): Promise<CommandOutput> {
    await point()
    const output = await host.run(command, signal)
    await point()
    return output
  }

  async function start(command: HostCommand, signal?: AbortSignal): Promise<RunningCommand> {
    await point()
    const running = await host.start(command, signal)
    return {
      ended: running.ended,
      stdout: (async function* () {
        yield* running.stdout
        await point()
      })(),
    }
  }

  return { name: host.name, run, start, close: async () => host.close(), passed: () => passed }
}

function lost(name: string): HoldfastError {
  return new HoldfastError('host.lost', { what: `The connection to ${name} was lost.` })
}
