import { createCipheriv, createHash } from 'node:crypto'
import type { Random } from '../../src/main/ports/random.ts'

const pieceBytes = 1024 * 1024

/** Bytes that look random and are the same for the same seed, as fast as the cipher is (AES-256-CTR over zeros). */
export async function* seededBytes(seed: string, sizeBytes: number): AsyncGenerator<Uint8Array> {
  const stream = createCipheriv('aes-256-ctr', createHash('sha256').update(seed).digest(), Buffer.alloc(16))
  const zeros = Buffer.alloc(Math.min(pieceBytes, sizeBytes))
  for (let left = sizeBytes; left > 0; left -= pieceBytes) {
    yield Uint8Array.from(stream.update(left < pieceBytes ? zeros.subarray(0, left) : zeros))
  }
}

/** The generator port, repeatable: for tests and labs only. */
export function seededRandom(seed: string): Random {
  const stream = createCipheriv('aes-256-ctr', createHash('sha256').update(seed).digest(), Buffer.alloc(16))
  return { bytes: (length) => Uint8Array.from(stream.update(Buffer.alloc(length))) }
}

/** A whole number from 0 to `below - 1`. */
export function seededNumber(random: Random, below: number): number {
  return Buffer.from(random.bytes(4)).readUInt32BE(0) % below
}

export async function sha256Of(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}
