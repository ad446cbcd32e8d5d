import type { ErrorCode } from '../../../shared/domain/error.ts'

interface NetworkProblem {
  readonly code: ErrorCode
  readonly why: string
  readonly next: string
}

const checkNetwork = 'Check the endpoint in the address, the network and the firewall, then try again.'

/** By the code of Node's error (`errno` names, OpenSSL's verification codes, `ERR_…`, the HTTP parser's `HPE_…`). */
export function networkProblem(error: unknown): NetworkProblem {
  const code = codeOf(error)
  const tls = tlsProblem(code)
  if (tls !== null) return { code: 'repository.tls', ...tls }
  const why = unreachable(code)
  if (why !== null) return { code: 'repository.unreachable', why: `${why} (${code}).`, next: checkNetwork }
  if (code.startsWith('HPE_')) {
    return {
      code: 'repository.badAnswer',
      why: `What answered does not speak HTTP (${code}).`,
      next: 'Check the endpoint in the address: its port, and http or https.',
    }
  }
  return {
    code: 'internal',
    why: `The request failed in an unforeseen way (${code === '' ? 'no code' : code}).`,
    next: 'Report this with the log.',
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.name === 'TimeoutError' ? 'ETIMEDOUT' : ''
}

function unreachable(code: string): string | null {
  switch (code) {
    case 'ECONNREFUSED':
      return 'Nothing listens there'
    case 'ENOTFOUND':
      return 'There is no host of this name'
    case 'EAI_AGAIN':
      return 'The name could not be looked up'
    case 'ETIMEDOUT':
      return 'The server did not answer in time'
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return 'The connection broke'
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
    case 'ENETDOWN':
    case 'EADDRNOTAVAIL':
      return 'There is no way to this host'
    default:
      return null
  }
}

function tlsProblem(code: string): { why: string; next: string } | null {
  switch (code) {
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return {
        why: `The server's certificate is from an unknown authority (${code}).`,
        next: "Give the authority's certificate as the CA file, if this is the server you mean.",
      }
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        why: `The server's certificate is for another name (${code}).`,
        next: 'Use the name that the certificate is for, or style=path where the bucket is part of the name.',
      }
    case 'CERT_HAS_EXPIRED':
      return {
        why: `The server's certificate has expired (${code}).`,
        next: 'Have the certificate renewed; if it is not expired, set the clock of this machine.',
      }
    case 'CERT_NOT_YET_VALID':
      return {
        why: `The server's certificate is not valid yet (${code}).`,
        next: 'Set the clock of this machine; if it is right, have the certificate replaced.',
      }
    default:
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) {
    return {
      why: `No secure connection could be agreed on (${code}).`,
      next: 'Check that the endpoint speaks https on this port, with TLS 1.2 or later.',
    }
  }
  if (/^(CERT_|CRL_|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH)/.test(code)) {
    return { why: `The server's certificate was refused (${code}).`, next: 'Have the certificate replaced.' }
  }
  return null
}
