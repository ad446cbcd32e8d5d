import { HoldfastError } from '../../src/shared/domain/error.ts'
import type {
  CommandOutput,
  HostCommand,
  RemoteHost,
  RunningCommand,
} from '../../src/main/ports/remote-host.ts'

/**
 * The same host, whose connection is cut where `cutsHere` says so. It is asked before each command, which then has no
 * effect, and after it, when it has taken effect and only its answer is lost.
 */
export function cutHost(host: RemoteHost, cutsHere: () => Promise<boolean>): RemoteHost {
  let isCut = false

  async function point(): Promise<void> {
    if (isCut) throw lost(host.name)
    if (!(await cutsHere())) return
    isCut = true
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

  return { name: host.name, run, start, close: async () => host.close() }
}

/**
 * The same host, and nothing is pretended: `before` is called before each command, `during` once it is under way. What they do to
 * the connection is for the host to notice.
 */
export function struckHost(
  host: RemoteHost,
  { before, during }: { readonly before: () => Promise<void>; readonly during: () => Promise<void> },
): RemoteHost {
  return {
    name: host.name,
    async run(command, signal) {
      await before()
      const ends = host.run(command, signal)
      ends.catch(() => undefined)
      await during()
      return ends
    },
    async start(command, signal) {
      await before()
      const starts = host.start(command, signal)
      starts.catch(() => undefined)
      await during()
      return starts
    },
    close: async () => host.close(),
  }
}

function lost(name: string): HoldfastError {
  return new HoldfastError('host.lost', { what: `The connection to ${name} was lost.` })
}
