import { envelopeLimits, segmentCount } from './envelope-sizes.ts'
import { isJsonObject, readJsonObject, type JsonObject } from './strict-json.ts'

/** The header of a `KBE1` envelope as stored; binary fields stay in base64, as they are authenticated. */
export interface EnvelopeHeader {
  /** Plain bytes in every segment but the last. */
  readonly segmentBytes: number
  readonly keyId: string
  readonly keyVersion: number
  readonly kdf: { readonly iterations: number; readonly salt: string }
  readonly wrap: { readonly iv: string; readonly ct: string }
  readonly noncePrefix: string
  readonly store: string
  readonly backupId: string
  readonly plainSizeBytes: number
}

/** What the bytes of a header say. A reason completes "The header cannot be used: …". */
export type HeaderReading =
  | { readonly outcome: 'header'; readonly header: EnvelopeHeader }
  /** Not a header of this format. */
  | { readonly outcome: 'headerInvalid'; readonly reason: string }
  /** Version, cipher or key derivation of another program. */
  | { readonly outcome: 'unknown'; readonly reason: string }

const base64Lengths = {
  salt: base64Of(16),
  iv: base64Of(12),
  ct: base64Of(32 + 16),
  noncePrefix: base64Of(7),
}
const utf8 = new TextEncoder()

/**
 * Parses the JSON header (without magic and length) from bytes that nobody vouches for. Another version, cipher or key
 * derivation is told before anything else is looked at; further fields are allowed.
 */
export function parseEnvelopeHeader(json: Uint8Array): HeaderReading {
  const reading = readJsonObject(json, envelopeLimits.headerBytes.most)
  if (!reading.ok) return invalid(reading.reason)
  const { value } = reading
  const kdf = isJsonObject(value['kdf']) ? value['kdf'] : {}
  const foreign = findForeign(value, kdf)
  if (foreign !== null) return { outcome: 'unknown', reason: foreign }
  try {
    return { outcome: 'header', header: readFields(value, kdf) }
  } catch (error) {
    if (error instanceof FieldFlaw) return invalid(error.message)
    throw error
  }
}

/** What binds a wrapped data key to its place: associated data of the wrap, from the header's own fields. */
export function wrapContext(
  header: Pick<EnvelopeHeader, 'keyId' | 'keyVersion' | 'backupId' | 'store'>,
): string {
  return `KBE1|${header.keyId}|${header.keyVersion}|${header.backupId}|${header.store}`
}

/** Values of the right type that are not known here; a wrong type is a flaw, not another program. */
function findForeign(value: JsonObject, kdf: JsonObject): string | null {
  const { v, aead } = value
  const kdfName = kdf['name']
  if (typeof v === 'number' && v !== 1) return `its version is ${v}, and only 1 is known here`
  if (typeof aead === 'string' && aead !== 'AES-256-GCM') {
    return `its cipher is ${quote(aead)}, and only AES-256-GCM is known here`
  }
  if (typeof kdfName === 'string' && kdfName !== 'PBKDF2-HMAC-SHA256') {
    return `its key derivation is ${quote(kdfName)}, and only PBKDF2-HMAC-SHA256 is known here`
  }
  return null
}

function readFields(value: JsonObject, kdf: JsonObject): EnvelopeHeader {
  if (typeof value['v'] !== 'number') throw new FieldFlaw('"v" is missing or no number')
  if (typeof value['aead'] !== 'string') throw new FieldFlaw('"aead" is missing or no text')
  if (typeof kdf['name'] !== 'string') throw new FieldFlaw('"kdf" is missing or names no derivation')
  const wrap = isJsonObject(value['wrap']) ? value['wrap'] : {}
  const segmentBytes = wholeNumber(value, 'segment', envelopeLimits.segmentBytes)
  const plainSizeBytes = wholeNumber(value, 'plainSize', { least: 0, most: Number.MAX_SAFE_INTEGER })
  if (segmentCount(plainSizeBytes, segmentBytes) > envelopeLimits.segments) {
    throw new FieldFlaw(`"plainSize" is ${plainSizeBytes}, more than 2^32 segments of ${segmentBytes} bytes`)
  }
  return {
    segmentBytes,
    keyId: name(value, 'keyId'),
    keyVersion: wholeNumber(value, 'keyVersion', { least: 1, most: Number.MAX_SAFE_INTEGER }),
    kdf: {
      iterations: wholeNumber(kdf, 'iterations', envelopeLimits.iterations),
      salt: base64(kdf, 'salt'),
    },
    wrap: { iv: base64(wrap, 'iv'), ct: base64(wrap, 'ct') },
    noncePrefix: base64(value, 'noncePrefix'),
    store: name(value, 'store'),
    backupId: name(value, 'backupId'),
    plainSizeBytes,
  }
}

/** Leaves the parser at the first field that is not as it must be; the message is the reason. */
class FieldFlaw extends Error {}

function wholeNumber(
  from: JsonObject,
  field: string,
  range: { readonly least: number; readonly most: number },
): number {
  const value = from[field]
  if (
    typeof value !== 'number' ||
    !Number.isSafeInteger(value) ||
    value < range.least ||
    value > range.most
  ) {
    throw new FieldFlaw(`"${field}" is no whole number from ${range.least} to ${range.most}`)
  }
  // A stored -0 is zero.
  return value + 0
}

/** These are joined by `|` into the wrap's context, so that character and controls are not theirs. */
function name(from: JsonObject, field: 'keyId' | 'store' | 'backupId'): string {
  const value = from[field]
  if (typeof value !== 'string' || !isContextName(value)) {
    throw new FieldFlaw(`"${field}" is no text of 1 to 255 bytes without "|" and control characters`)
  }
  return value
}

function isContextName(text: string): boolean {
  // A lone surrogate has no UTF-8 bytes of its own: two such names would be bound to the same context.
  if (text === '' || !text.isWellFormed() || /[|\p{Cc}]/u.test(text)) return false
  return utf8.encode(text).byteLength <= 255
}

function base64(from: JsonObject, field: keyof typeof base64Lengths): string {
  const value = from[field]
  const { pattern, bytes } = base64Lengths[field]
  if (typeof value !== 'string' || !pattern.test(value)) {
    throw new FieldFlaw(`"${field}" is no base64 of exactly ${bytes} bytes`)
  }
  return value
}

/**
 * RFC 4648 §4, with padding, and with the unused bits of the last character zero (§3.5): one text for the same bytes.
 * The length of the wrapped key is a security rule: a longer one could be made to test many keys in one reading.
 */
function base64Of(bytes: number): { readonly pattern: RegExp; readonly bytes: number } {
  const tails = ['', '[A-Za-z0-9+/][AQgw]==', '[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=']
  const whole = Math.floor(bytes / 3) * 4
  return { pattern: new RegExp(`^[A-Za-z0-9+/]{${whole}}${tails[bytes % 3] ?? ''}$`), bytes }
}

function invalid(reason: string): HeaderReading {
  return { outcome: 'headerInvalid', reason }
}

/** Foreign text in a message: short, and nothing but printable ASCII. */
function quote(text: string): string {
  const short = text.length > 40 ? `${text.slice(0, 40)}...` : text
  return `"${short.replace(/[^\x20-\x7e]/g, '?')}"`
}
