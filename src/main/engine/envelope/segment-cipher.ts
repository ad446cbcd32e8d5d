import { createHash } from 'node:crypto'
import type { OpeningKey } from '../../ports/byte-work.ts'

/** One GCM call a segment; OpenSSL's name. */
export const segmentAlgorithm = 'aes-256-gcm'

/** Associated data of every segment: SHA-256 of everything before the first one, as stored. */
export function segmentContext(opening: OpeningKey): Buffer {
  return createHash('sha256').update(opening.headerBytes).digest()
}

/** Nonces of one envelope: prefix, segment number (big-endian, 32 bits), 1 for the last segment and else 0. */
export function segmentNonces(opening: OpeningKey): (segment: number, isLast: boolean) => Buffer {
  const prefix = Buffer.from(opening.header.noncePrefix, 'base64')
  return (segment, isLast) => {
    const nonce = Buffer.alloc(12)
    prefix.copy(nonce)
    nonce.writeUInt32BE(segment, 7)
    nonce.writeUInt8(isLast ? 1 : 0, 11)
    return nonce
  }
}
