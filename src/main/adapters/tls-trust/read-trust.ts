import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import {
  checkServerIdentity,
  createSecureContext,
  type ConnectionOptions,
  type PeerCertificate,
  type SecureContext,
  type SecureContextOptions,
} from 'node:tls'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { TlsTrust } from '../../ports/tls-trust.ts'
import { systemAuthorities } from './system-authorities.ts'

type TlsOptions = Pick<
  ConnectionOptions,
  'secureContext' | 'rejectUnauthorized' | 'checkServerIdentity' | 'servername'
>

/**
 * What node:tls is told. Nothing is taken from the environment: `NODE_TLS_REJECT_UNAUTHORIZED` in it changes nothing.
 * Throws `master.tls` where a file cannot be read or used.
 */
export async function readTrust(trust: TlsTrust): Promise<TlsOptions> {
  const { pin, serverName, unverifiedBecause } = trust
  return {
    secureContext: await contextOf(trust),
    // With a pin the chain and the names decide nothing; the key does, on every connection, before a byte is sent over it.
    rejectUnauthorized: pin === null && unverifiedBecause === null,
    ...(serverName !== null && {
      servername: serverName,
      checkServerIdentity: (_host: string, certificate: PeerCertificate) =>
        checkServerIdentity(serverName, certificate),
    }),
  }
}

let ofTheSystem: SecureContext | null = null

async function contextOf({
  caFile,
  pin,
  clientCertificate,
  unverifiedBecause,
}: TlsTrust): Promise<SecureContext> {
  const isChainLookedAt = pin === null && unverifiedBecause === null
  const base: SecureContextOptions = { minVersion: 'TLSv1.2' }
  if (caFile !== null) base.ca = await readAuthority(caFile)
  else if (isChainLookedAt) {
    // 300 certificates take 15 ms to read, so most connections share them.
    if (clientCertificate === null) {
      return (ofTheSystem ??= createSecureContext({ ...base, ca: [...systemAuthorities()] }))
    }
    base.ca = [...systemAuthorities()]
  }
  if (clientCertificate === null) return createSecureContext(base)
  const { certFile, keyFile, passphrase } = clientCertificate
  const cert = await readPem(certFile)
  const key = await readPem(keyFile)
  try {
    return createSecureContext({ ...base, cert, key, ...(passphrase !== null && { passphrase }) })
  } catch (cause) {
    throw badFile(
      `The client certificate ${certFile} and its key ${keyFile} cannot be used.`,
      whyUnusable(cause),
      'Check both files, and the passphrase of this connection.',
      cause,
    )
  }
}

/** By OpenSSL's reasons, as Node writes them into the error's code. */
function whyUnusable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (/BAD_DECRYPT|BAD_PASSWORD|MISSING_PASSPHRASE|INTERRUPTED_OR_CANCELLED/.test(code)) {
    return 'The key is encrypted, and the passphrase does not open it, or there is none.'
  }
  if (code.includes('KEY_VALUES_MISMATCH')) return 'The key is not the one of the certificate.'
  if (code.includes('NO_START_LINE') || code.includes('UNSUPPORTED')) {
    return 'One of them is not in PEM form.'
  }
  return `OpenSSL takes them not (${code === '' ? 'no code' : code}).`
}

/** Node takes a file without a certificate for an authority that has issued nothing. */
async function readAuthority(file: string): Promise<Buffer> {
  const pem = await readPem(file)
  try {
    new X509Certificate(pem)
  } catch (cause) {
    throw badFile(
      `The file ${file} of this connection holds no authority.`,
      'It begins with no certificate in PEM form that could be read.',
      "Give the file with the authority's certificates.",
      cause,
    )
  }
  return pem
}

async function readPem(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw badFile(
      `The file ${file} of this connection cannot be read.`,
      undefined,
      'Check its path and its permissions.',
      cause,
    )
  }
}

function badFile(what: string, why: string | undefined, next: string, cause: unknown): HoldfastError {
  return new HoldfastError(
    'master.tls',
    { what, ...(why !== undefined && { why }), unchanged: 'Nothing was sent.', next },
    { cause },
  )
}
