import { isHoldfastError, type ErrorCode, type ErrorText, type UnknownHost } from './error.ts'
import { printable } from './printable.ts'

/** An error as it is told across a boundary: no stack, no cause, and of what was not expected nothing but an incident's id. */
export interface Failure {
  code: ErrorCode
  what: string
  why?: string | undefined
  unchanged?: string | undefined
  next?: string | undefined
  incident?: string | undefined
  unknownHost?: UnknownHost | undefined
}

/**
 * `log` keeps what is not told. `where`: what was being done, for whoever searches the log. A text may hold what a server or a name
 * said: nothing in it acts.
 */
export function failureOf(
  error: unknown,
  log: { incident(event: string, error: unknown): string },
  where: string,
): Failure {
  if (isHoldfastError(error)) return { code: error.code, ...shown(error.text) }
  return {
    code: 'internal',
    what: 'Something happened that this program does not know.',
    next: 'Search the log for the incident, and report it.',
    incident: log.incident(where, error),
  }
}

function shown({ what, why, unchanged, next, ...rest }: ErrorText): ErrorText {
  return {
    ...rest,
    what: printable(what),
    ...(why !== undefined && { why: printable(why) }),
    ...(unchanged !== undefined && { unchanged: printable(unchanged) }),
    ...(next !== undefined && { next: printable(next) }),
  }
}
