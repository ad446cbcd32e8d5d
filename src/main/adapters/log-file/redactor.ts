import { anyOf, spellingsOf, withheld } from '../redaction/spellings.ts'

/** Takes out of a text what must not be written. */
export interface Redactor {
  neverWrite(secret: Uint8Array | string): void
  redact(text: string): string
}

/**
 * Known secrets by their value, in every spelling in which a library may repeat them; and what looks like a secret by
 * its place: headers that authorise, addresses with a query or a password, private keys.
 */
export function createRedactor(): Redactor {
  const spellings = new Set<string>()
  let known: RegExp | null = null
  return {
    neverWrite(secret) {
      for (const spelling of spellingsOf(secret)) spellings.add(spelling)
      known = anyOf(spellings)
    },
    redact(text) {
      // First by value: a place may end in the middle of a secret.
      const rest = known === null ? text : text.replace(known, withheld)
      return byPlace.reduce((left, [pattern, replacement]) => left.replace(pattern, replacement), rest)
    },
  }
}

const secretName =
  '(?:proxy-)?authorization|(?:set-)?cookie|[a-z-]*token|(?:x-amz-)?signature|x-amz-credential|passphrase|password|secret[a-z-]*'

const byPlace: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, withheld],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"'<>]*@/gi, `$1${withheld}@`],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]*/gi, `$1?${withheld}`],
  [/\b(Bearer|Basic|AWS4-HMAC-SHA256)\s+[^\r\n"']+/gi, `$1 ${withheld}`],
  // A header or field, also as text of JSON: up to the end of its line or of its quotes.
  [
    new RegExp(
      `(["']?\\b(?:${secretName})\\\\*["']?\\s*[:=]\\s*\\\\*)(?:"[^"\\r\\n]*"?|'[^'\\r\\n]*'?|[^\\s"',;&}][^"'\\r\\n]*)`,
      'gi',
    ),
    `$1${withheld}`,
  ],
]
