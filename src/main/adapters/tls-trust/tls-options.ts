import { createHash, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { checkServerIdentity, type ConnectionOptions, type PeerCertificate } from 'node:tls'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { TlsTrust } from '../../ports/tls-trust.ts'

type TlsOptions = Pick<
  ConnectionOptions,
  | 'minVersion'
  | 'ca'
  | 'cert'
  | 'key'
  | 'passphrase'
  | 'rejectUnauthorized'
  | 'checkServerIdentity'
  | 'servername'
>

/**
 * What node:tls is told. Nothing is taken from the environment: `NODE_TLS_REJECT_UNAUTHORIZED` in it changes nothing. Throws `master.tls` where a file
 * cannot be read.
 */
export async function tlsOptions(trust: TlsTrust): Promise<TlsOptions> {
  const { caFile, pin, serverName, clientCertificate, unverifiedBecause } = trust
  return {
    minVersion: 'TLSv1.2',
    ...(caFile !== null && { ca: await readPem(caFile) }),
    ...(serverName !== null && { servername: serverName }),
    ...(clientCertificate !== null && {
      cert: await readPem(clientCertificate.certFile),
      key: await readPem(clientCertificate.keyFile),
      ...(clientCertificate.passphrase !== null && { passphrase: clientCertificate.passphrase }),
    }),
    // With a pin the chain and the names decide nothing; `judgePin` does, on every connection, before a byte is sent over it.
    rejectUnauthorized: pin === null && unverifiedBecause === null,
    ...(serverName !== null && {
      checkServerIdentity: (_host: string, certificate: PeerCertificate) =>
        checkServerIdentity(serverName, certificate),
    }),
  }
}

/** Null where the certificate carries the pinned key and is in its time; else why it is not believed. */
export function judgePin(raw: Uint8Array, pin: string, nowMs: number): string | null {
  const certificate = new X509Certificate(raw)
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' })
  const shown = `sha256/${createHash('sha256').update(spki).digest('base64')}`
  if (shown !== pin) return `Its key is ${shown}, and the pin is ${pin}.`
  if (Date.parse(certificate.validTo) < nowMs) return `Its certificate expired on ${certificate.validTo}.`
  if (Date.parse(certificate.validFrom) > nowMs)
    return `Its certificate is valid only from ${certificate.validFrom}.`
  return null
}

async function readPem(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (error) {
    throw new HoldfastError(
      'master.tls',
      {
        what: `The file ${file} of this connection cannot be read.`,
        unchanged: 'Nothing was sent.',
        next: 'Check its path and its permissions.',
      },
      { cause: error },
    )
  }
}
