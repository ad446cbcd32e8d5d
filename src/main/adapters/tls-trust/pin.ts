import { createHash, X509Certificate } from 'node:crypto'

/** `sha256/` and the base64 of the SHA-256 of the public key, as RFC 7469 pins it. */
export function keyPin(certificate: X509Certificate): string {
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' })
  return `sha256/${createHash('sha256').update(spki).digest('base64')}`
}

/** The server's certificate does not keep what its pin promises. */
export class PinRefused extends Error {
  readonly flaw: 'other key' | 'expired' | 'not yet valid' | 'no certificate'
  readonly pin: string

  constructor(flaw: PinRefused['flaw'], pin: string) {
    super(`refused by its pin: ${flaw}`)
    this.flaw = flaw
    this.pin = pin
  }
}

/** Null where the certificate (DER) carries the pinned key and is in its time. */
export function judgePin(raw: Uint8Array | null, pin: string, nowMs: number): PinRefused | null {
  if (raw === null) return new PinRefused('no certificate', pin)
  const certificate = new X509Certificate(raw)
  if (keyPin(certificate) !== pin) return new PinRefused('other key', pin)
  if (Date.parse(certificate.validTo) < nowMs) return new PinRefused('expired', pin)
  if (Date.parse(certificate.validFrom) > nowMs) return new PinRefused('not yet valid', pin)
  return null
}
