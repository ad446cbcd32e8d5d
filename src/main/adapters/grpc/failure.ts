import { status, type ServiceError } from '@grpc/grpc-js'
import { HoldfastError, type ErrorCode } from '../../../shared/domain/error.ts'
import { printable } from '../../../shared/domain/printable.ts'
import type { GrpcCall, GrpcConnection } from '../../ports/grpc-client.ts'
import { tlsFailure } from '../tls-trust/tls-failure.ts'

export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' && 'details' in error
}

/** A failed call in this console's words; what is no status of gRPC is given back as it is. */
export function grpcFailure(error: unknown, { method }: GrpcCall, { target, tls }: GrpcConnection): unknown {
  if (!isServiceError(error)) return error
  const said = shortened(printable(error.details))
  const never = /^No connection established|^Name resolution failed|^Failed to connect/i.test(error.details)
  if (error.code === status.UNAVAILABLE && never) {
    const flaw = tlsIn(error.details, tls !== null)
    return flaw === null ? unreachable(target, said, error) : tlsRefused(target, flaw, error)
  }
  const isBroken =
    error.code === status.UNAVAILABLE || error.code === status.INTERNAL || error.code === status.CANCELLED
  if (
    isBroken &&
    /connection dropped|RST_STREAM|ECONNRESET|EPIPE|socket hang up|call cancelled|goaway/i.test(error.details)
  ) {
    return new HoldfastError(
      'master.outcomeUnknown',
      {
        what: `Whether ${target} has done what ${method} asks for is not known.`,
        why: 'The connection broke before the answer was whole.',
        unchanged: 'It was asked once, and is not asked again.',
        next: 'Look at what is there before you ask again.',
      },
      { cause: error },
    )
  }
  const code = codes[error.code] ?? 'master.refused'
  const name = status[error.code] ?? String(error.code)
  return new HoldfastError(
    code,
    {
      what: `${method} of ${target} ends with ${name}.`,
      ...(said !== '' && { why: `It says: ${said}` }),
      next: steps[code] ?? 'Look at the log of that server.',
    },
    { cause: error },
  )
}

const codes: Readonly<Record<number, ErrorCode>> = {
  [status.UNAUTHENTICATED]: 'master.refusedLogin',
  [status.PERMISSION_DENIED]: 'master.refusedLogin',
  [status.UNIMPLEMENTED]: 'master.notOffered',
  [status.DEADLINE_EXCEEDED]: 'master.timedOut',
  [status.UNAVAILABLE]: 'master.notReady',
}

const steps: Partial<Record<ErrorCode, string>> = {
  'master.refusedLogin': 'Check the token of this connection.',
  'master.notOffered': 'Check the version of the server, and whether this part of it is switched on.',
  'master.timedOut': 'Look at what is there before you ask again: the server may go on.',
}

/** What is wrong with TLS, from the text in which grpc-js tells why there is no connection; null: nothing. */
function tlsIn(details: string, isTls: boolean): string | null {
  if (!isTls) return null
  const named =
    /unable to (verify|get)|self.signed|certificate has expired|not yet valid|altname|certificate/i.test(
      details,
    )
  const known = tlsFailure(new Error(details))
  if (known !== null) return known
  return named
    ? shortened(printable(details.replace(/^No connection established\.\s*(Last error:\s*)?/i, '')))
    : null
}

export function tlsRefused(target: string, why: string, cause?: unknown): HoldfastError {
  return new HoldfastError(
    'master.tls',
    {
      what: `There is no TLS with ${target} that could be believed.`,
      why,
      unchanged: 'Nothing was sent to it.',
      next: 'Ask its operator which certificate it should have, then give this connection its authority or its pin.',
    },
    { cause },
  )
}

export function unreachable(target: string, why: string, cause: unknown): HoldfastError {
  const known = /ECONNREFUSED/.test(why)
    ? 'Nothing listens there.'
    : /ENOTFOUND|Name resolution/.test(why)
      ? 'The name of the host is not known.'
      : why
  return new HoldfastError(
    'master.unreachable',
    {
      what: `${target} could not be reached.`,
      why: known,
      next: 'Check that it runs, and the way to it; whether it speaks TLS or plaintext has to fit too.',
    },
    { cause },
  )
}

export function stalled({ method }: GrpcCall, { target }: GrpcConnection): HoldfastError {
  return new HoldfastError('master.timedOut', {
    what: `The stream ${method} of ${target} has stopped.`,
    why: 'Nothing came over it for too long.',
    next: 'Look at the log of that server, then try again.',
  })
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 300 ? `${line.slice(0, 300)}…` : line
}
