import { cancelled } from '../../../shared/domain/cancelled.ts'
import { HoldfastError, type ErrorCode, type ErrorText } from '../../../shared/domain/error.ts'
import type { Clock } from '../../ports/clock.ts'
import { S3Nonsense, S3Refusal } from './failure.ts'
import { networkProblem } from './network-problem.ts'

/** What was being done, for the sentence that says that it failed. */
export interface Action {
  /** Follows "Could not", and names the key where there is one: `read "backups/x" from`. */
  readonly doing: string
  readonly signal?: AbortSignal | undefined
  /** True for what changes nothing even when it fails half-way. */
  readonly reads: boolean
}

export interface Place {
  readonly bucket: string
  /** URL of the server. */
  readonly endpoint: string
  /** The region that requests are signed for. */
  readonly region: string
  /** True where the keys came with a session token: they end by themselves. */
  readonly hasSessionToken: boolean
  readonly clock: Clock
}

const skewMs = 300_000

/** Failures after which the server has certainly done nothing. */
const nothingHappened: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'repository.accessDenied',
  'repository.badKeyPair',
  'repository.expiredToken',
  'repository.wrongRegion',
  'repository.notFound',
  'repository.clockSkew',
  'repository.tls',
  'repository.full',
  'object.changed',
])

/** Makes an expected failure of whatever a request ended with. What is one already stays as it is. */
export function translate(error: unknown, action: Action, place: Place): HoldfastError {
  if (error instanceof HoldfastError) return error
  if (action.signal?.aborted === true) return cancelled()
  if (error instanceof S3Refusal) return refused(error, action, place)
  if (error instanceof S3Nonsense) return failed(nonsense(error.message), action, place, error)
  // What the SDK could not read it marks with the response.
  if (error instanceof Error && '$response' in error) {
    return failed(nonsense('a header or body that cannot be read'), action, place, error)
  }
  return failed(networkProblem(error), action, place, error)
}

function nonsense(what: string): Problem {
  return {
    code: 'repository.badAnswer',
    why: `The answer is not what S3 answers: ${what}. It may come from a login page, a proxy or another service.`,
    next: 'Check the endpoint and the bucket in the address.',
  }
}

interface Problem {
  readonly code: ErrorCode
  readonly why: string
  readonly next: string
}

function failed({ code, why, next }: Problem, action: Action, place: Place, error: unknown): HoldfastError {
  const text: ErrorText = {
    what: `Could not ${action.doing} bucket "${place.bucket}" at ${place.endpoint}.`,
    why,
    ...(!action.reads && nothingHappened.has(code) && { unchanged: 'Nothing was changed there.' }),
    next,
  }
  return new HoldfastError(code, text, { cause: withoutExchange(error) })
}

/** The SDK hangs responses and options on what it throws; only name, message, code and stack are kept. */
function withoutExchange(error: unknown): Error {
  if (error instanceof S3Refusal || error instanceof S3Nonsense) return error
  if (!(error instanceof Error)) return new Error(typeof error)
  const kept = new Error(error.message)
  kept.name = error.name
  if (error.stack !== undefined) kept.stack = error.stack
  return 'code' in error && typeof error.code === 'string' ? Object.assign(kept, { code: error.code }) : kept
}

/** What a listing does, for whoever reads that it failed. */
export function listing(prefix: string): string {
  return prefix === '' ? 'list' : `list ${JSON.stringify(prefix)} in`
}

function refused(refusal: S3Refusal, action: Action, place: Place): HoldfastError {
  return failed(problemOf(refusal, place), action, place, refusal)
}

function problemOf({ status, code, region, serverTimeMs }: S3Refusal, place: Place): Problem {
  const said = `The server answered ${status}${code === null ? '' : ` ${code}`}.`
  switch (code ?? '') {
    case 'InvalidAccessKeyId':
      return {
        code: 'repository.badKeyPair',
        why: `${said} It does not know this access key.`,
        next: 'Check the access key, where these keys come from, and that they belong to this server.',
      }
    case 'ExpiredToken':
    case 'ExpiredTokenException':
    case 'TokenRefreshRequired':
    case 'InvalidToken':
      return {
        code: 'repository.expiredToken',
        why: `${said} The session token has expired or is not valid here.`,
        next: 'Get new temporary keys and try again.',
      }
    case 'NoSuchBucket':
      return {
        code: 'repository.notFound',
        why: `${said} There is no such bucket.`,
        next: 'Check the name of the bucket, the endpoint and the style in the address.',
      }
    case 'InvalidObjectState':
      return {
        code: 'object.unreadable',
        why: `${said} The object is in an archive tier.`,
        next: 'Restore it to a readable tier with the tools of the storage, then try again.',
      }
    case 'QuotaExceeded':
      return {
        code: 'repository.full',
        why: `${said} A quota is used up.`,
        next: 'Free space or raise the quota.',
      }
    case 'NoSuchKey':
    case 'NoSuchVersion':
      return { code: 'object.missing', why: `${said} It is not there.`, next: 'List the repository again.' }
    case 'PreconditionFailed':
    case 'ConditionalRequestConflict':
      return {
        code: 'object.changed',
        why: `${said} The object is not in the expected state.`,
        next: 'List the repository again.',
      }
    default:
  }
  if (region !== null && region !== place.region && isElsewhere(status, code)) {
    return {
      code: 'repository.wrongRegion',
      why: `The bucket is in region ${region}; the request was made for ${place.region}.`,
      next: `Write region=${region} into the address.`,
    }
  }
  const skew = serverTimeMs === null ? 0 : serverTimeMs - place.clock.now()
  if (code === 'RequestTimeTooSkewed' || (status === 403 && Math.abs(skew) > skewMs)) {
    return clockSkew(serverTimeMs === null ? null : skew, said)
  }
  if (code === 'SignatureDoesNotMatch') {
    return {
      code: 'repository.badKeyPair',
      why: `${said} The secret key does not belong to the access key, or a proxy changed the request.`,
      next: 'Check the secret key, where these keys come from.',
    }
  }
  if (status === 401 || status === 403) {
    return {
      code: 'repository.accessDenied',
      // Ceph RGW says no more of keys that it does not know, nor of a token that has expired, once it gives out temporary ones.
      why: `${said} These keys may not do this here, ${place.hasSessionToken ? 'or they were temporary and have expired, ' : ''}or the server does not know them; not every server says which.`,
      next: 'Check the keys; have the policy of the user or the bucket allow it, or use other keys.',
    }
  }
  if ((status >= 500 && status !== 501) || status === 429 || status === 408 || code === 'SlowDown') {
    return {
      code: 'repository.unreachable',
      why: `${said} The server has a passing trouble or is too busy.`,
      next: 'Try again later.',
    }
  }
  return {
    code: 'repository.badAnswer',
    why: said,
    next: 'Check the endpoint, the region and the style in the address.',
  }
}

/** Signs that a request went to another region than the bucket's. */
export function isElsewhere(status: number, code: string | null): boolean {
  return (
    status === 301 ||
    status === 307 ||
    (status === 400 && (code === null || code === 'AuthorizationHeaderMalformed' || /region/i.test(code)))
  )
}

function clockSkew(skew: number | null, said: string): Problem {
  const minutes = skew === null ? null : Math.round(Math.abs(skew) / 60_000)
  const way = skew !== null && skew > 0 ? 'behind' : 'ahead of'
  return {
    code: 'repository.clockSkew',
    why: `${said} The clock of this machine is ${minutes === null ? 'far from' : `${minutes} minutes ${way}`} the server's.`,
    next: 'Set the clock (NTP) of the machine that is wrong.',
  }
}
