import type { CommandOutput } from '../../ports/remote-host.ts'
import type { StepContext } from '../../ports/runbook.ts'
import { mustRunOn, runOn, type HostAccess } from './on-host.ts'

interface Shell {
  /** In the words of POSIX sh; everything that varies comes as `$1`, `$2`, … */
  readonly script: string
  readonly args?: readonly string[]
  readonly asUser?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly deadlineMs?: number
}

/** A few lines of shell on a host. Any status but 0 throws `host.commandFailed`. */
export async function mustShellOn(
  host: HostAccess,
  shell: Shell,
  context: Pick<StepContext, 'session'>,
): Promise<string> {
  return (await mustRunOn(host, commandOf(shell), context)).stdout
}

export async function shellOn(
  host: HostAccess,
  shell: Shell,
  context: Pick<StepContext, 'session'>,
): Promise<CommandOutput> {
  return runOn(host, commandOf(shell), context)
}

function commandOf({ script, args = [], asUser, environment, deadlineMs = 30_000 }: Shell) {
  return {
    argv: ['/bin/sh', '-c', script, 'sh', ...args] as const,
    ...(asUser !== undefined && { asUser }),
    ...(environment !== undefined && { environment }),
    deadlineMs,
  } satisfies Parameters<typeof runOn>[1]
}
