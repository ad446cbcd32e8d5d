import { createHash } from 'node:crypto'
import {
  createEnvelope,
  deriveSealingKey,
  type SealingKey,
} from '../../src/main/engine/envelope/new-envelope.ts'
import { sealSegments } from '../../src/main/engine/envelope/seal-segments.ts'
import { HeldMasterKey } from '../../src/main/engine/master-key.ts'
import type { OpeningKey } from '../../src/main/ports/byte-work.ts'
import type { Random } from '../../src/main/ports/random.ts'

/** The smallest segment that the format allows. */
export const segmentBytes = 65_536

/** Bytes that look random and are the same at every run: SHA-256 of the seed and a counter. */
export function bytesOf(length: number, seed: string): Uint8Array {
  const blocks: Buffer[] = []
  for (let block = 0; block * 32 < length; block += 1) {
    blocks.push(createHash('sha256').update(`${seed}:${block}`).digest())
  }
  return new Uint8Array(Buffer.concat(blocks).subarray(0, length))
}

export function seededRandom(seed: string): Random {
  let draw = 0
  return {
    bytes(length) {
      draw += 1
      return bytesOf(length, `${seed}/${draw}`)
    },
  }
}

export function masterKey(text: string): HeldMasterKey {
  return new HeldMasterKey(Buffer.from(text, 'utf8'), 'a test')
}

export const installationSecret = bytesOf(32, 'installation')

export async function sealingKey(text = 'correct horse', salt = 'salt'): Promise<SealingKey> {
  return deriveSealingKey(masterKey(text), {
    keyId: 'backup-encryption',
    keyVersion: 1,
    kdf: { salt: bytesOf(16, salt), iterations: 1000 },
  })
}

export interface SealedObject {
  readonly opening: OpeningKey
  readonly plain: Uint8Array
  /** The whole object. */
  readonly bytes: Uint8Array
}

export async function sealedObject(
  sizeBytes: number,
  { seed = 'object', sealing }: { readonly seed?: string; readonly sealing?: SealingKey } = {},
): Promise<SealedObject> {
  const plain = bytesOf(sizeBytes, `${seed} plain`)
  const opening = createEnvelope(
    sealing ?? (await sealingKey()),
    { store: 'metadata', backupId: '20261120T020000Z-1a2b3c4d', plainSizeBytes: sizeBytes, segmentBytes },
    { random: seededRandom(seed) },
  )
  return { opening, plain, bytes: await collect(sealSegments(piecesOf(plain, 50_000), opening)) }
}

/** Copies, as a reader of a network gives them. */
export async function* piecesOf(
  bytes: Uint8Array,
  pieceBytes: number,
): AsyncGenerator<Uint8Array, void, void> {
  for (let from = 0; from < bytes.byteLength; from += pieceBytes) {
    yield bytes.slice(from, from + pieceBytes)
  }
}

export async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return new Uint8Array(Buffer.concat(all))
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** An object with its header's JSON replaced; segments as they were. */
export function withHeaderText(object: SealedObject, change: (json: string) => string): Uint8Array {
  const { headerBytes } = object.opening
  const json = Buffer.from(change(Buffer.from(headerBytes.subarray(8)).toString('utf8')), 'utf8')
  const length = Buffer.alloc(4)
  length.writeUInt32BE(json.byteLength)
  return new Uint8Array(
    Buffer.concat([Buffer.from('KBE1'), length, json, object.bytes.subarray(headerBytes.byteLength)]),
  )
}
