/** Takes out of a text what must not be written. */
export interface Redactor {
  neverWrite(secret: Uint8Array | string): void
  redact(text: string): string
}

const blot = '[withheld]'

/** Shorter ones would blot out ordinary words, and nobody's credential is that short. */
const shortestBytes = 4

/**
 * Known secrets by their value, in every spelling in which a library may repeat them; and what looks like a secret by
 * its place: headers that authorise, addresses with a query or a password, private keys.
 */
export function createRedactor(): Redactor {
  const spellings = new Set<string>()
  let known: RegExp | null = null
  return {
    neverWrite(secret) {
      const bytes = Buffer.from(secret)
      if (bytes.byteLength < shortestBytes) return
      for (const spelling of spellingsOf(bytes)) spellings.add(spelling)
      // The longest first, so that no beginning of a longer one is left.
      const sorted = [...spellings].sort((a, b) => b.length - a.length)
      known = new RegExp(sorted.map(literal).join('|'), 'g')
    },
    redact(text) {
      // First by value: a place may end in the middle of a secret.
      const rest = known === null ? text : text.replace(known, blot)
      return byPlace.reduce((left, [pattern, replacement]) => left.replace(pattern, replacement), rest)
    },
  }
}

function spellingsOf(bytes: Buffer): readonly string[] {
  const text = bytes.toString('utf8')
  const hex = bytes.toString('hex')
  const percent = hex.replace(/../g, '%$&')
  const url = new URLSearchParams({ s: text }).toString().slice(2)
  const base64 = [0, 1, 2].flatMap((shift) => shiftedBase64(bytes, shift))
  return [
    text,
    JSON.stringify(text).slice(1, -1),
    ...[hex, percent, url, url.replaceAll('+', '%20'), encoded(text)].flatMap((each) => [
      each,
      each.replace(/%[0-9a-f]{2}/gi, (code) => code.toLowerCase()),
      each.replace(/%[0-9a-f]{2}/gi, (code) => code.toUpperCase()),
    ]),
    hex.toUpperCase(),
    ...base64,
    ...base64.map((each) => each.replaceAll('+', '-').replaceAll('/', '_')),
    ...base64.map(encodeURIComponent),
  ].filter((spelling) => spelling.length >= shortestBytes)
}

/** A lone half of a surrogate pair has no percent-encoding; the bytes of the secret have. */
function encoded(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : text
}

/**
 * The letters of base64 that only the secret decides, where `shift` bytes stand before it in the encoded text
 * (`user:secret` of basic authentication).
 */
function shiftedBase64(bytes: Buffer, shift: number): readonly string[] {
  const whole = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replace(/=+$/, '')
  const begin = Math.ceil((shift * 8) / 6)
  const end = Math.floor(((shift + bytes.byteLength) * 8) / 6)
  return [whole.slice(begin, end)]
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

const secretName =
  '(?:proxy-)?authorization|(?:set-)?cookie|[a-z-]*token|(?:x-amz-)?signature|x-amz-credential|passphrase|password|secret[a-z-]*'

const byPlace: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, blot],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"'<>]*@/gi, `$1${blot}@`],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]*/gi, `$1?${blot}`],
  [/\b(Bearer|Basic|AWS4-HMAC-SHA256)\s+[^\r\n"']+/gi, `$1 ${blot}`],
  // A header or field, also as text of JSON: up to the end of its line or of its quotes.
  [
    new RegExp(
      `(["']?\\b(?:${secretName})\\\\*["']?\\s*[:=]\\s*\\\\*)(?:"[^"\\r\\n]*"?|'[^'\\r\\n]*'?|[^\\s"',;&}][^"'\\r\\n]*)`,
      'gi',
    ),
    `$1${blot}`,
  ],
]

const secretFact =
  /authori[sz]ation|token|secret|passw|passphrase|signature|cookie|credential|(?:private|master|access).?key/i

/** Facts under such a name are never written, whatever they hold. */
export function isSecretName(name: string): boolean {
  return secretFact.test(name)
}

export { blot as withheld }
