import {
  parseEnvelopeHeader,
  type EnvelopeHeader,
  type HeaderReading,
} from '../../../shared/domain/envelope-header.ts'
import { envelopeLimits, preambleBytes } from '../../../shared/domain/envelope-sizes.ts'
import { usualStartBytes } from '../../../shared/domain/envelope-start.ts'
import type { OpeningKey } from '../../ports/byte-work.ts'
import type { Random } from '../../ports/random.ts'
import type { MasterKey } from '../../ports/master-key.ts'
import { wrapDataKey } from './data-key-wrap.ts'

/** For everything that this console seals, unless its own record of a cluster says otherwise. */
export const kdfIterations = 200_000
const usualSegmentBytes = 1024 * 1024

/** How a key version's key-encryption key is made: the console's own record, never taken from an object. */
export interface KdfRecord {
  /** 16 bytes, drawn once per cluster, key version and master key. */
  readonly salt: Uint8Array
  readonly iterations: number
}

export function newKdfRecord({ random }: { readonly random: Random }): KdfRecord {
  return { salt: random.bytes(16), iterations: kdfIterations }
}

/** What seals the data keys of one key version. `kek` belongs to exactly this `kdf`. */
export interface SealingKey {
  readonly keyId: string
  readonly keyVersion: number
  readonly kdf: KdfRecord
  readonly kek: Uint8Array
}

/** Derives the key-encryption key once; the caller keeps it for its run and clears `kek` afterwards. */
export async function deriveSealingKey(
  masterKey: MasterKey,
  record: Omit<SealingKey, 'kek'>,
): Promise<SealingKey> {
  if (record.kdf.iterations < envelopeLimits.iterations.least) {
    throw new RangeError(
      `A key is never derived with fewer than ${envelopeLimits.iterations.least} iterations.`,
    )
  }
  return { ...record, kek: await masterKey.deriveKek(record.kdf.salt, record.kdf.iterations) }
}

export interface NewEnvelope {
  readonly store: string
  readonly backupId: string
  readonly plainSizeBytes: number
  /** 1 MiB unless said otherwise. */
  readonly segmentBytes?: number
}

/**
 * The header and the data key of one new envelope. Data key, wrap.iv and noncePrefix are drawn afresh by every call: call
 * it for every attempt, a retry included. Throws a RangeError for what no header may hold.
 */
export function createEnvelope(
  sealing: SealingKey,
  { store, backupId, plainSizeBytes, segmentBytes = usualSegmentBytes }: NewEnvelope,
  { random }: { readonly random: Random },
): OpeningKey {
  const dataKey = random.bytes(32)
  const iv = random.bytes(12)
  const { keyId, keyVersion, kdf, kek } = sealing
  const ct = wrapDataKey(dataKey, { keyId, keyVersion, backupId, store }, { kek, iv })
  const json = JSON.stringify({
    v: 1,
    aead: 'AES-256-GCM',
    segment: segmentBytes,
    keyId,
    keyVersion,
    kdf: { name: 'PBKDF2-HMAC-SHA256', iterations: kdf.iterations, salt: toBase64(kdf.salt) },
    wrap: { iv: toBase64(iv), ct: toBase64(ct) },
    noncePrefix: toBase64(random.bytes(7)),
    store,
    backupId,
    plainSize: plainSizeBytes,
  })
  const headerBytes = frame(Buffer.from(json, 'utf8'))
  return { header: asRead(headerBytes), headerBytes, dataKey }
}

/** What a reader makes of it is what is returned: nothing is written that this console would refuse. */
function asRead(headerBytes: Uint8Array): EnvelopeHeader {
  const reading: HeaderReading =
    headerBytes.byteLength > usualStartBytes
      ? { outcome: 'headerInvalid', reason: `it is longer than ${usualStartBytes} bytes` }
      : parseEnvelopeHeader(headerBytes.subarray(preambleBytes))
  if (reading.outcome !== 'header') throw new RangeError(`No such envelope can be made: ${reading.reason}.`)
  return reading.header
}

function frame(json: Buffer): Uint8Array {
  const bytes = Buffer.alloc(preambleBytes + json.byteLength)
  bytes.write('KBE1', 'latin1')
  bytes.writeUInt32BE(json.byteLength, 4)
  json.copy(bytes, preambleBytes)
  return bytes
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
