import { errors } from 'undici'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { tlsFailure } from '../tls-trust/tls-failure.ts'
import { PinRefused, ProxyRefused } from './connector.ts'

/** Null where something may have been sent; else why nothing was. */
export function neverSent(error: unknown, origin: string): HoldfastError | null {
  const what = `${origin} could not be reached.`
  const cause = { cause: error }
  const tls = error instanceof PinRefused ? error.message : tlsFailure(error)
  if (tls !== null) {
    return new HoldfastError(
      'master.tls',
      {
        what: `The certificate of ${origin} is not believed.`,
        why: tls,
        unchanged: 'Nothing was sent to it.',
        next: 'Ask its operator which certificate it should have, then give this connection its authority or its pin.',
      },
      cause,
    )
  }
  if (error instanceof ProxyRefused) {
    return new HoldfastError(
      'master.unreachable',
      {
        what,
        why: `The proxy makes no way to it. ${error.message}`,
        next: 'Check the proxy of this connection.',
      },
      cause,
    )
  }
  const why = error instanceof errors.ConnectTimeoutError ? 'It does not answer.' : reasons[codeOf(error)]
  if (why === undefined) return null
  return new HoldfastError(
    'master.unreachable',
    { what, why, next: 'Check that it runs, and the way to it.' },
    cause,
  )
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** Of a connection that was never made. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens there.',
  ENOTFOUND: 'The name of the host is not known.',
  EAI_AGAIN: 'The name of the host could not be looked up.',
  EHOSTUNREACH: 'There is no way to the host.',
  ENETUNREACH: 'There is no way to its network.',
  ETIMEDOUT: 'It does not answer.',
  EADDRNOTAVAIL: 'The address cannot be connected to.',
}

/** What broke after the request had left. */
export function brokenOff(
  error: unknown,
  origin: string,
  { method, path }: { readonly method: string; readonly path: string },
  isOver: boolean,
): HoldfastError {
  const why = isOver ? 'It did not answer in time.' : 'The connection broke before the answer was whole.'
  const request = `${method} ${path.replace(/\?.*$/s, '')}`
  if (method === 'GET') {
    return new HoldfastError(
      isOver ? 'master.timedOut' : 'master.unreachable',
      {
        what: `${request} of ${origin} has no answer.`,
        why,
        next: 'Try again, or look at the log of that master.',
      },
      { cause: error },
    )
  }
  return new HoldfastError(
    'master.outcomeUnknown',
    {
      what: `Whether ${origin} has done what ${request} asks for is not known.`,
      why,
      unchanged: 'It was asked once, and is not asked again.',
      next: 'Look at what is there before you ask again.',
    },
    { cause: error },
  )
}
