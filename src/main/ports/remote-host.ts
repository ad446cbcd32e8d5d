export interface HostConnection {
  /** `user@host`, `host:port`, or a name of `~/.ssh/config`. */
  readonly address: string
  /** Private keys to try before the agent; empty: what `~/.ssh/config` names, then the agent, then `~/.ssh/id_*`. */
  readonly keyFiles: readonly string[]
  /** For encrypted key files. */
  readonly keyPassphrase: string | null
  /** `SHA256:…` of a key of the host itself (not of a jump host) that the operator has compared; null: known hosts alone. */
  readonly acceptedHostKey: string | null
  /** Answers sudo's own prompt, and nothing else, ever; null: only rules without a password work. */
  readonly sudoPassword: string | null
}

export interface HostCommand {
  /** The program and its arguments, each exactly as it shall arrive; no shell reads them. Nothing secret: `ps` shows them. */
  readonly argv: readonly [string, ...string[]]
  /** Run as this user through sudo; left out: as the one who logged in. */
  readonly asUser?: string
  /** Set for the command. Nothing secret. */
  readonly environment?: Readonly<Record<string, string>>
  /** Set for the command, and handed over through its standard input before anything else: never an argument, never a file. */
  readonly secretEnvironment?: Readonly<Record<string, string>>
  /** Left out: an empty one. */
  readonly stdin?: AsyncIterable<Uint8Array>
  /**
   * `false` (left out): however the input of the command ends but by the last piece, the command is ended and never sees an end.
   * `true`: the data tells its own end, as an archive of tar does; the bytes go to the command as they are, which is a good
   * deal faster, and where the connection breaks it sees an end too early and has to end by that itself.
   */
  readonly stdinTellsItsEnd?: boolean
  readonly deadlineMs: number
}

/** Exactly one of `code` and `signal` is given. */
export interface CommandEnd {
  readonly code: number | null
  readonly signal: string | null
  /** The last 64 KiB, made printable. */
  readonly stderr: string
}

export interface CommandOutput extends CommandEnd {
  /** At most 16 MiB; more is `host.badAnswer`, and the command is ended. */
  readonly stdout: string
}

export interface RunningCommand {
  /** Standard output as it comes, with back pressure. Leaving the loop early ends the command. */
  readonly stdout: AsyncIterable<Uint8Array>
  /** Resolves when the command has ended; a connection that broke rejects it (`host.lost`). */
  readonly ended: Promise<CommandEnd>
}

/**
 * One host, logged in to over SSH.
 *
 * Promises of every implementation, checked by one conformance suite:
 * - Arguments arrive byte for byte, whatever they hold but NUL (which is refused), also through sudo.
 * - A command's own exit status is no error; `host.lost` is a connection that broke, after which it is unknown whether the command
 *   goes on, `host.timedOut` a deadline, `host.sudo` a sudo that refused, asked although no password is known, or
 *   asked twice.
 * - The sudo password is sent only after sudo's own prompt, which is random for every command, and the data only after sudo has
 *   started the command: a rule without a password leaves it out of the data.
 * - Host keys are judged as `known_hosts` says, for jump hosts too; nothing is sent to a host before. Agents are
 *   never forwarded.
 */
export interface RemoteHost {
  /** As typed, for messages. */
  readonly name: string
  run(command: HostCommand, signal?: AbortSignal): Promise<CommandOutput>
  start(command: HostCommand, signal?: AbortSignal): Promise<RunningCommand>
  close(): Promise<void>
}

/** Throws `host.unknownKey`, `host.changedKey`, `host.authentication`, `host.unreachable`, `host.weak` or `cancelled`. */
export type OpenHost = (connection: HostConnection, signal?: AbortSignal) => Promise<RemoteHost>
