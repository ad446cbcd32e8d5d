import { createCipheriv, createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto'
import * as z from 'zod'
import { canonicalJson } from '../../../shared/domain/canonical-json.ts'
import { kdfHeader, type SealKeys } from './kdf.ts'

/**
 * The file: three lines, each ended by a line feed.
 *
 *     body      JSON, as below
 *     seal      HMAC-SHA-256 over the body, hex: no record can be taken out, put in or exchanged
 *     checksum  SHA-256 over the two lines above, hex: tells damage before a passphrase is asked for
 *
 * A record is AES-256-GCM (12-byte nonce, then ciphertext, then 16-byte tag, as base64) with the header, its id and its
 * generation as additional data.
 */
const nonceBytes = 12
const tagBytes = 16

const record = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  /** Of the file, when the record was put. */
  generation: z.number().int().min(1),
  sealed: z.base64(),
})

const header = z.strictObject({
  format: z.literal('holdfast sealed file'),
  version: z.literal(1),
  kdf: kdfHeader,
  commitment: z.base64().length(44),
})
export type Header = z.infer<typeof header>

const body = z.strictObject({
  header,
  /** Grows by one with each save: an older file put back is noticed by whoever remembers it. */
  generation: z.number().int().min(1),
  records: z.array(record),
})
export type SealedDocument = z.infer<typeof body>
export type SealedRecord = z.infer<typeof record>

/** What is wrong with a file; a sentence that holds nothing of its content. */
export class Damage extends Error {
  override readonly name = 'Damage'
}

interface ReadFile {
  readonly document: SealedDocument
  /** True where the keys are those of its passphrase. Throws `Damage` where they are and the content is not what they sealed. */
  readonly isOpenedBy: (keys: SealKeys) => boolean
}

/** Checks all that can be checked without a passphrase; throws `Damage`. */
export function readDocument(bytes: Buffer): ReadFile {
  const text = bytes.toString('latin1')
  const found = /^([^\n]+)\n([0-9a-f]{64})\n([0-9a-f]{64})\n$/.exec(text)
  const [, bodyText, seal, checksum] = found ?? []
  if (bodyText === undefined || seal === undefined || checksum === undefined) {
    throw new Damage('It does not have the three lines of a sealed file.')
  }
  if (sha256(`${bodyText}\n${seal}\n`) !== checksum)
    throw new Damage('Its checksum does not fit its content.')
  const document = parse(bodyText)
  return {
    document,
    isOpenedBy(keys) {
      if (!timingSafeEqual(Buffer.from(document.header.commitment, 'base64'), keys.commitment)) return false
      if (!timingSafeEqual(Buffer.from(seal, 'hex'), sealOf(bodyText, keys))) {
        throw new Damage('Its content is not what was sealed: it was changed by other hands.')
      }
      return true
    },
  }
}

export function writeDocument(document: SealedDocument, keys: SealKeys): Buffer {
  const bodyText = JSON.stringify(body.parse(document))
  const seal = sealOf(bodyText, keys).toString('hex')
  const lines = `${bodyText}\n${seal}\n`
  return Buffer.from(`${lines}${sha256(lines)}\n`, 'latin1')
}

export function sealRecord(
  secret: Uint8Array,
  of: { readonly header: Header; readonly id: string; readonly generation: number },
  { keys, nonce }: { readonly keys: SealKeys; readonly nonce: Uint8Array },
): SealedRecord {
  const cipher = createCipheriv('aes-256-gcm', keys.encryption, nonce, { authTagLength: tagBytes })
  cipher.setAAD(additionalData(of.header, of.id, of.generation))
  const sealed = Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()])
  return { id: of.id, generation: of.generation, sealed: sealed.toString('base64') }
}

/** Throws `Damage`. The caller wipes what it gets. */
export function openRecord(
  { id, generation, sealed }: SealedRecord,
  header: Header,
  keys: SealKeys,
): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(sealed, 'base64')
  if (bytes.byteLength < nonceBytes + tagBytes) throw new Damage('A record is too short.')
  const decipher = createDecipheriv('aes-256-gcm', keys.encryption, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  })
  decipher.setAAD(additionalData(header, id, generation))
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  const plain = decipher.update(bytes.subarray(nonceBytes, -tagBytes))
  try {
    decipher.final()
    const secret = new Uint8Array(plain.byteLength)
    secret.set(plain)
    return secret
  } catch {
    throw new Damage('A record does not open under the key of the file.')
  } finally {
    plain.fill(0)
  }
}

export const newNonceBytes = nonceBytes

function parse(text: string): SealedDocument {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Damage('Its content is not JSON.')
  }
  const parsed = body.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new Damage(
      `Its field ${issue?.path.join('.') ?? ''} is not what this version of the program writes.`,
    )
  }
  if (new Set(parsed.data.records.map(({ id }) => id)).size !== parsed.data.records.length) {
    throw new Damage('Two of its records have the same id.')
  }
  return parsed.data
}

function additionalData(header: Header, id: string, generation: number): Buffer {
  return Buffer.from(canonicalJson([header, id, generation]), 'utf8')
}

function sealOf(bodyText: string, keys: SealKeys): Buffer {
  return createHmac('sha256', keys.seal).update(bodyText, 'latin1').digest()
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'latin1').digest('hex')
}
