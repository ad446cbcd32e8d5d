import { HoldfastError, type ErrorCode } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import type { CommandEnd, RemoteHost } from '../../../ports/remote-host.ts'

/** The user to become through sudo; none where the login is that user already. */
export function asUser(address: string, user: string): { readonly asUser?: string } {
  return address.startsWith(`${user}@`) ? {} : { asUser: user }
}

/** What a program said, in one line; shown, never believed. */
export function saidBy({ stderr }: Pick<CommandEnd, 'stderr'>): string {
  const line = printable(stderr.trim().replace(/\s+/g, ' '))
  return line.length > 400 ? `${line.slice(0, 400)}…` : line
}

/** `exit status 55`, or the signal that ended it. */
export function endWords({ code, signal }: Pick<CommandEnd, 'code' | 'signal'>): string {
  return code === null ? `signal ${signal ?? 'unknown'}` : `exit status ${code}`
}

export function commandFailed(
  { name }: Pick<RemoteHost, 'name'>,
  program: string,
  end: CommandEnd,
  text: {
    readonly why?: string | null
    readonly unchanged?: string
    readonly next: string
    readonly code?: ErrorCode
  },
): HoldfastError {
  const { why, unchanged, next, code = 'host.commandFailed' } = text
  // POSIX sh: 127 where there is no such program.
  const reason = end.code === 127 ? 'There is no such program on the path of that user.' : (why ?? null)
  const said = saidBy(end)
  const reasons = [...(reason === null ? [] : [reason]), ...(said === '' ? [] : [`It says: ${said}`])]
  return new HoldfastError(code, {
    what: `${program} on ${name} ended with ${endWords(end)}.`,
    ...(reasons.length > 0 && { why: reasons.join(' ') }),
    ...(unchanged !== undefined && { unchanged }),
    next,
  })
}

/** Throws `host.badAnswer` for what is no JSON. */
export function jsonOf(text: string, program: string, { name }: Pick<RemoteHost, 'name'>): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw notUnderstood(program, name, text)
  }
}

export function notUnderstood(program: string, host: string, text: string): HoldfastError {
  const begins = printable(text.trim().slice(0, 120).replace(/\s+/g, ' '))
  return new HoldfastError('host.badAnswer', {
    what: `The answer of ${program} on ${host} cannot be read.`,
    why: begins === '' ? 'It is empty.' : `It begins: ${begins}`,
    next: 'Check the version of that program, and what else writes to its output.',
  })
}
