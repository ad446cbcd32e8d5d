/**
 * Why a TLS connection was not made, in words; null where the error is of another kind. Codes are those of Node ("TLS/SSL errors") and OpenSSL.
 */
export function tlsFailure(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const known = reasons[code]
  if (known !== undefined) return known
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `Its certificate is for another name: ${error.message}`
  if (/wrong version number|packet length too long|http request/i.test(error.message)) {
    return 'It does not speak TLS on this port.'
  }
  if (/certificate required|bad certificate|handshake failure/i.test(error.message)) {
    return 'It asks for a client certificate, and refuses the one that it was given, or none.'
  }
  if (/unsupported protocol|no protocols available|protocol version/i.test(error.message)) {
    return 'It speaks no version of TLS that is believed here (1.2 and newer).'
  }
  return code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') ? error.message : null
}

const unknownIssuer = 'Its certificate was issued by an authority that is not believed here.'

const reasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'Its certificate has expired.',
  CERT_NOT_YET_VALID: 'Its certificate is not valid yet.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'Its certificate is signed by itself alone.',
  SELF_SIGNED_CERT_IN_CHAIN: unknownIssuer,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownIssuer,
  ERR_SSL_WRONG_VERSION_NUMBER: 'It does not speak TLS on this port.',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'It asks for a client certificate, and was given none.',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'It speaks no version of TLS that is believed here (1.2 and newer).',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'It speaks no version of TLS that is believed here (1.2 and newer).',
}
