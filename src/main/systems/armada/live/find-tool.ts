import { HoldfastError } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'

export interface Tool {
  /** Newer releases have moved the commands from the server's program to a tool of their own (source, newer: RFC 004). */
  readonly program: 'arctl' | 'armada'
  readonly version: string | null
}

/** The newer one first. Throws `host.commandFailed` where the host has neither. */
export async function findTool(host: RemoteHost, signal: AbortSignal): Promise<Tool> {
  for (const program of ['arctl', 'armada'] as const) {
    const { code, stdout } = await host.run({ argv: [program, 'version'], deadlineMs: 10_000 }, signal)
    if (code === 0) return { program, version: versionIn(stdout) }
  }
  throw new HoldfastError('host.commandFailed', {
    what: `${host.name} has neither arctl nor armada.`,
    why: 'Neither is in the path of the account that is logged in to.',
    unchanged: 'Nothing was changed there.',
    next: 'Install one of them, or name another host.',
  })
}

/** Source (version.go): a line with the project's former name, then `Version: v0.10.0`. */
function versionIn(stdout: string): string | null {
  const version = /^Version:\s*(\S{1,64})/im.exec(stdout)?.[1]
  return version === undefined ? null : printable(version)
}
