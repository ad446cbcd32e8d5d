import { errors } from 'undici'
import { HoldfastError, isHoldfastError } from '../../../shared/domain/error.ts'
import type { HttpRequest } from '../../ports/http-client.ts'
import { clientCertificateRefused, tlsFailure } from '../tls-trust/tls-failure.ts'
import { ProxyRefused } from './connector.ts'

/** No connection was made, so nothing was sent. */
export function neverSent(error: unknown, origin: string): HoldfastError {
  // A file of the connection that cannot be used has its own words.
  if (isHoldfastError(error)) return error
  const cause = { cause: error }
  const unchanged = 'Nothing was sent to it.'
  const tls = tlsFailure(error)
  if (tls !== null) {
    return new HoldfastError(
      'master.tls',
      { what: `There is no TLS with ${origin} that could be believed.`, unchanged, ...tls },
      cause,
    )
  }
  const isProxy = error instanceof ProxyRefused
  return new HoldfastError(
    'master.unreachable',
    {
      what: `${origin} could not be reached.`,
      why: isProxy ? `The proxy makes no way to it. ${error.message}` : whyUnreachable(error),
      unchanged,
      next: isProxy ? 'Check the proxy of this connection.' : 'Check that it runs, and the way to it.',
    },
    cause,
  )
}

function whyUnreachable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return reasons[code] ?? 'It closes the connection before it is made.'
}

const reasons: Readonly<Record<string, string>> = {
  ABORT_ERR: 'It does not answer.',
  ECONNREFUSED: 'Nothing listens there.',
  ENOTFOUND: 'The name of the host is not known.',
  EAI_AGAIN: 'The name of the host could not be looked up.',
  EHOSTUNREACH: 'There is no way to the host.',
  ENETUNREACH: 'There is no way to its network.',
  ETIMEDOUT: 'It does not answer.',
  EADDRNOTAVAIL: 'The address cannot be connected to.',
}

type Asked = Pick<HttpRequest, 'method' | 'path' | 'isLogin'>

/** What broke after a connection was made: the request, or a part of it, may have been read. */
export function brokenOff(error: unknown, origin: string, asked: Asked, isOver: boolean): HoldfastError {
  const request = `${asked.method} ${withoutQuery(asked.path)}`
  const cause = { cause: error }
  const refused = clientCertificateRefused(error)
  if (refused !== null) {
    const what = `${origin} refuses this console before it reads ${request}.`
    return new HoldfastError('master.tls', { what, unchanged: 'Nothing was asked of it.', ...refused }, cause)
  }
  const isNonsense = !isOver && nonsense.some((kind) => error instanceof kind)
  const why = isOver
    ? 'It did not answer in time.'
    : isNonsense
      ? 'What it answers is not HTTP that could be read; it may speak TLS on this port, or another protocol.'
      : 'The connection broke before the answer was whole.'
  if (changesNothing(asked)) {
    return new HoldfastError(
      isOver ? 'master.timedOut' : isNonsense ? 'master.badAnswer' : 'master.unreachable',
      {
        what: `${request} of ${origin} has no answer.`,
        why,
        ...unchangedBy(asked),
        next: isNonsense
          ? 'Check the address: its port, and http or https.'
          : 'Try again, or look at the log of that master.',
      },
      cause,
    )
  }
  return outcomeUnknown(origin, request, why, cause)
}

/** An answer of which nothing can be used. To what changes something it leaves unknown whether that was done. */
export function unusable(
  origin: string,
  asked: Asked,
  { is, why }: { /** `is answered with …` */ readonly is: string; readonly why: string },
): HoldfastError {
  const request = `${asked.method} ${withoutQuery(asked.path)}`
  if (!changesNothing(asked)) return outcomeUnknown(origin, request, `It ${is}. ${why}`)
  return new HoldfastError('master.badAnswer', {
    what: `${request} of ${origin} ${is}.`,
    why,
    ...unchangedBy(asked),
    next: 'Check the address and the path of the connection.',
  })
}

function outcomeUnknown(
  origin: string,
  request: string,
  why: string,
  cause?: { readonly cause: unknown },
): HoldfastError {
  return new HoldfastError(
    'master.outcomeUnknown',
    {
      what: `Whether ${origin} has done what ${request} asks for is not known.`,
      why,
      unchanged: 'It was asked once, and is not asked again.',
      next: 'Look at what is there before you ask again.',
    },
    cause,
  )
}

export function changesNothing({ method, isLogin }: Asked): boolean {
  return method === 'GET' || isLogin === true
}

function unchangedBy({ isLogin }: Asked): { readonly unchanged?: string } {
  return isLogin === true ? { unchanged: 'It was asked for a login, and for nothing else.' } : {}
}

const nonsense = [
  errors.HTTPParserError,
  errors.HeadersOverflowError,
  errors.ResponseContentLengthMismatchError,
]

/** Of paths only this part is told: queries may hold what is not to be seen. */
export function withoutQuery(path: string): string {
  return path.replace(/\?.*$/s, '')
}
