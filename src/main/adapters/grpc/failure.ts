import { status } from '@grpc/grpc-js'
import { HoldfastError, isHoldfastError, type ErrorCode } from '../../../shared/domain/error.ts'
import { printable } from '../../../shared/domain/printable.ts'
import type { GrpcCall, GrpcConnection } from '../../ports/grpc-client.ts'
import { blotterOf } from '../redaction/spellings.ts'
import { tlsFailure } from '../tls-trust/tls-failure.ts'
import type { Attempt } from './connector.ts'
import { noAnswer, type CallEnd, type CallEnded } from './raw-call.ts'

/** The status of a call in this console's words. */
export function callFailure(
  ended: CallEnded,
  { method, token }: GrpcCall,
  { target, tls }: GrpcConnection,
  attempt: Attempt,
): HoldfastError {
  const { end } = ended
  const cause = { cause: ended }
  const blot = blotterOf(token === undefined ? [] : [token])
  if (!end.wasSent && unsentCodes.has(end.code)) return neverSent(end, target, tls !== null, attempt, cause)
  if (isBroken(end)) {
    return new HoldfastError(
      'master.outcomeUnknown',
      {
        what: `Whether ${target} has done what ${method} asks for is not known.`,
        why: 'The connection broke before the answer was whole.',
        unchanged: 'It was asked once, and is not asked again.',
        next: 'Look at what is there before you ask again.',
      },
      cause,
    )
  }
  const http = /^Received HTTP status code (\d{3})$/.exec(end.details)
  if (http !== null || localFlaws.test(end.details)) {
    return badAnswer(method, target, said(blot(end.details)), cause)
  }
  const code = codes[end.code] ?? 'master.refused'
  const words = said(blot(end.details))
  return new HoldfastError(
    code,
    {
      what: `${method} of ${target} ends with ${status[end.code] ?? `status ${end.code}`}.`,
      ...(code !== 'master.timedOut' && words !== '' && { why: `It says: “${words}”.` }),
      next: steps[code] ?? 'Look at the log of that server.',
    },
    cause,
  )
}

export function badAnswer(
  method: string,
  target: string,
  why: string,
  options?: { readonly cause: unknown },
): HoldfastError {
  return new HoldfastError(
    'master.badAnswer',
    {
      what: `The answer of ${target} to ${method} cannot be used.`,
      why,
      next: 'Check that the address is that of the gRPC port, then look at the log of that server.',
    },
    options,
  )
}

export function stalled(method: string, target: string): HoldfastError {
  return new HoldfastError('master.timedOut', {
    what: `The stream ${method} of ${target} has stopped.`,
    why: 'Nothing came over it for too long.',
    next: 'Look at the log of that server, then try again.',
  })
}

/** Where nothing left, these say that no connection was made. */
const unsentCodes = new Set<number>([status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.INTERNAL])

function neverSent(
  { code, details }: CallEnd,
  target: string,
  isTls: boolean,
  { wasAccepted, failure }: Attempt,
  cause: { readonly cause: unknown },
): HoldfastError {
  // A file of the connection that cannot be read has its own words.
  if (isHoldfastError(failure)) return failure
  const what = `${target} could not be reached.`
  const flaw = tlsFailure(failure)
  if (isTls && flaw !== null) {
    return new HoldfastError(
      'master.tls',
      {
        what: `There is no TLS with ${target} that could be believed.`,
        why: flaw.why,
        unchanged: 'Nothing was sent to it.',
        next: flaw.next,
      },
      cause,
    )
  }
  const isSilent = code === status.DEADLINE_EXCEEDED || details === noAnswer
  if (wasAccepted && !isTls && !isSilent) {
    return new HoldfastError(
      'master.tls',
      {
        what: `${target} takes the connection, and speaks no gRPC in plaintext.`,
        why: 'It may speak TLS on this port.',
        unchanged: 'Nothing was sent to it.',
        next: 'Use https: in its address, or check the port.',
      },
      cause,
    )
  }
  const why = isSilent
    ? wasAccepted
      ? 'It takes the connection, and says nothing.'
      : noAnswer
    : wasAccepted
      ? 'It speaks TLS, and no gRPC on this port.'
      : reasonIn(details)
  return new HoldfastError(
    'master.unreachable',
    { what, why, unchanged: 'Nothing was sent to it.', next: 'Check that it runs, and the way to it.' },
    cause,
  )
}

function reasonIn(details: string): string {
  for (const [code, reason] of Object.entries(reasons)) if (details.includes(code)) return reason
  const last = /Last error: (.*?)(?: \(\d{4}-[^)]*\))?$/s.exec(details)?.[1]
  return said(last ?? noAnswer)
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens there.',
  ENOTFOUND: 'The name of the host is not known.',
  EAI_AGAIN: 'The name of the host could not be looked up.',
  'Name resolution failed': 'The name of the host is not known.',
  EHOSTUNREACH: 'There is no way to the host.',
  ENETUNREACH: 'There is no way to its network.',
  ETIMEDOUT: 'It does not answer.',
}

/** Statuses of grpc-js itself where a call that had left lost its stream or its connection (subchannel-call.js). */
const brokenPhrases =
  /^(Connection dropped|Call cancelled|Received RST_STREAM with code |Write error: |Write failed with error |No status information received|(read|write) E[A-Z]+|Client network socket disconnected|socket hang up)/

function isBroken({ code, details, isServers }: CallEnd): boolean {
  // Where it cannot be told apart, the outcome counts as unknown: a "no" that is none would be worse.
  return (
    brokenPhrases.test(details) ||
    (code === status.UNAVAILABLE && !isServers && !details.startsWith('Received HTTP'))
  )
}

/** Statuses of grpc-js itself on an answer that it cannot take, or that is too large (stream-decoder.js, compression-filter.js). */
const localFlaws =
  /^(Received message larger than max|Received message that decompresses to a size|Failed to decompress )/

const codes: Readonly<Record<number, ErrorCode>> = {
  [status.UNAUTHENTICATED]: 'master.refusedLogin',
  [status.PERMISSION_DENIED]: 'master.refusedLogin',
  [status.UNIMPLEMENTED]: 'master.notOffered',
  [status.DEADLINE_EXCEEDED]: 'master.timedOut',
  [status.UNAVAILABLE]: 'master.notReady',
}

const steps: Partial<Record<ErrorCode, string>> = {
  'master.refusedLogin': 'Check the token and the certificate of this connection.',
  'master.notOffered': 'Check the version of the server, and whether this part of it is switched on.',
  'master.timedOut': 'Look at what is there before you ask again: the server may go on.',
  'master.notReady': 'Try again when it is.',
}

/** A server's own words: on one line, not too long, and with nothing in them that acts on a screen. */
function said(details: string): string {
  const line = printable(details.replace(/\s+/g, ' ').trim())
  return line.length > 300 ? `${line.slice(0, 300)}…` : line
}
