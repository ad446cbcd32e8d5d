import { X509Certificate } from 'node:crypto'
import { printable } from '../../../shared/domain/printable.ts'
import { keyPin, PinRefused } from './pin.ts'

export interface TlsFailure {
  readonly why: string
  readonly next: string
}

interface Noted {
  /** The server's certificate, DER. */
  readonly raw: Uint8Array
  /** What it has to be for. */
  readonly name: string
}

interface Shown {
  readonly certificate: X509Certificate
  readonly name: string
}

/** Errors of node:tls do not hold the certificate that they are about. */
const notes = new WeakMap<Error, Noted>()

export function noteCertificate(error: Error, noted: Noted): void {
  notes.set(error, noted)
}

/**
 * Why a TLS connection was not made, in words; null where the error is of another kind. Codes are those of Node ("TLS/SSL
 * errors") and OpenSSL ("X509_V_ERR_…").
 */
export function tlsFailure(error: unknown): TlsFailure | null {
  if (!(error instanceof Error)) return null
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const noted = notes.get(error)
  const shown = noted === undefined ? null : { certificate: new X509Certificate(noted.raw), name: noted.name }
  return (
    (error instanceof PinRefused ? ofPin(error, shown) : ofCertificate(code, shown)) ??
    clientCertificateRefused(error) ??
    ofHandshake(code, error.message)
  )
}

/**
 * The server refuses our certificate. With TLS 1.3 it says so only after we have sent the first request, which it has not
 * read (RFC 8446 §4.4.2.4 and §6.2).
 */
export function clientCertificateRefused(error: unknown): TlsFailure | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return clientAlerts.test(code)
    ? {
        why: 'It asks for a client certificate, and refuses the one that it was given, or none.',
        next: 'Give this connection a client certificate that the server believes.',
      }
    : null
}

const clientAlerts =
  /^ERR_SSL_(TLSV13_ALERT_CERTIFICATE_REQUIRED|(SSLV3|TLSV1)_ALERT_(BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_(EXPIRED|REVOKED|UNKNOWN)|UNSUPPORTED_CERTIFICATE))$/

function ofPin({ flaw, pin }: PinRefused, shown: Shown | null): TlsFailure {
  switch (flaw) {
    case 'other key':
      return {
        why: `${shown === null ? 'Its key is another one' : `Its key is ${keyPin(shown.certificate)}`}, and the pin is ${pin}.`,
        next: 'Ask its operator whether the key was changed, and give this connection the new pin only if it was.',
      }
    case 'expired':
      return expired(shown)
    case 'not yet valid':
      return notYetValid(shown)
    case 'no certificate':
      return { why: 'It shows no certificate, and a pin is given.', next: checkAddress }
  }
}

function ofCertificate(code: string, shown: Shown | null): TlsFailure | null {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return expired(shown)
    case 'CERT_NOT_YET_VALID':
      return notYetValid(shown)
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return {
        why: `Its certificate is signed by itself alone.${itsKey(shown)}`,
        next: 'Compare the key with its operator, then give this connection that pin.',
      }
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return {
        why: `Its certificate was issued by ${issuerOf(shown)}, an authority that is not believed here.${itsKey(shown)}`,
        next: "Give this connection the file with that authority's certificate, or compare the key with its operator and give its pin.",
      }
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'HOSTNAME_MISMATCH':
      return {
        why: shown === null ? 'Its certificate is for another name.' : otherName(shown),
        next: 'Use the name that the certificate is for in the address, or as the server name of this connection.',
      }
    default:
  }
  if (!/^(CERT_|CRL_|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_)/.test(code)) return null
  return { why: `Its certificate is refused (${code}).`, next: 'Have its operator replace the certificate.' }
}

function ofHandshake(code: string, message: string): TlsFailure | null {
  if (/wrong.version.number|packet.length.too.long|http.request/i.test(`${code} ${message}`)) {
    return {
      why: 'It does not speak TLS on this port.',
      next: 'Check the port; where it speaks plaintext, use http: in its address.',
    }
  }
  if (/unsupported.protocol|no.protocols.available|protocol.version/i.test(`${code} ${message}`)) {
    return {
      why: 'It speaks no version of TLS that is believed here (1.2 and newer).',
      next: 'Have its operator switch on TLS 1.2 or newer.',
    }
  }
  if (/handshake.failure/i.test(`${code} ${message}`)) {
    return {
      why: 'It breaks the handshake off: it asks for a client certificate, or has no cipher that is believed here.',
      next: 'Give this connection a client certificate, if that server asks for one.',
    }
  }
  if (!/^(EPROTO$|ERR_SSL_|ERR_TLS_)/.test(code)) return null
  return { why: `No secure connection could be agreed on (${code}).`, next: checkAddress }
}

const checkAddress = 'Check the address and the port of this connection.'

function expired(shown: Shown | null): TlsFailure {
  return {
    why: `Its certificate expired${shown === null ? '' : ` on ${day(shown.certificate.validTo)}`}.`,
    next: 'Have its operator renew the certificate; if it is not over, set the clock of this machine.',
  }
}

function notYetValid(shown: Shown | null): TlsFailure {
  return {
    why: `Its certificate is not valid yet${shown === null ? '' : `, but from ${day(shown.certificate.validFrom)} on`}.`,
    next: 'Set the clock of this machine; if it is right, have the certificate replaced.',
  }
}

/** OpenSSL's `Nov 20 11:16:19 2026 GMT`, to the minute. */
function day(time: string): string {
  const ms = Date.parse(time)
  return Number.isNaN(ms) ? quoted(time) : `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

function itsKey(shown: Shown | null): string {
  return shown === null ? '' : ` Its key is ${keyPin(shown.certificate)}.`
}

function issuerOf(shown: Shown | null): string {
  const issuer = shown?.certificate.issuer.split('\n').findLast((part) => part.startsWith('CN=')) ?? null
  return issuer === null ? 'nobody by name' : quoted(issuer.slice('CN='.length))
}

function otherName({ certificate, name }: Shown): string {
  const names = certificate.subjectAltName?.split(', ') ?? []
  const some = names.slice(0, 4).map((each) => quoted(each.replace(/^(DNS|IP Address):/, '')))
  const more = names.length > some.length ? ` and ${names.length - some.length} more` : ''
  return `Its certificate is for another name: it has ${some.length === 0 ? 'none' : some.join(', ')}${more}, and not ${quoted(name)}.`
}

/** Whoever answers wrote it. */
function quoted(text: string): string {
  const line = printable(text.replace(/\s+/g, ' '))
  return `“${line.length > 100 ? `${line.slice(0, 100)}…` : line}”`
}
